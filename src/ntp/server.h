/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/config.h"
#include "crypt/keys.h"
#include "io/board.h"
#include "io/clock.h"
#include "io/entropy.h"
#include "io/net.h"
#include "io/sys_view.h"

/*
 * The server side of one worker: a datagram in, a reply or nothing out.  It
 * opens no socket; os/ feeds it, and so do the simulator and the tests.
 */
struct server;

enum server_verdict {
	SERVER_REPLY,      /* send the reply */
	SERVER_CONTROL,    /* mode 6, allowed: hand it to the engine */
	SERVER_SHORT,      /* below 48 octets */
	SERVER_BAD_FORMAT, /* version, tail */
	SERVER_BAD_MODE,   /* modes that are never answered */
	SERVER_BAD_SOURCE, /* port 0, multicast, 0.0.0.0 ... */
	SERVER_DENIED,     /* restrict */
	SERVER_LIMITED,    /* rate, silent */
	SERVER_KISS,       /* rate, told: send the reply */
	SERVER_BAD_AUTH,   /* unknown key or wrong digest */
	SERVER_FLAKE,      /* restrict flake */
	SERVER_VERDICTS,
};

const char *server_verdict_name(enum server_verdict v);

struct server_stats {
	uint64_t received;
	uint64_t by_verdict[SERVER_VERDICTS];
	uint64_t by_version[8];
	uint64_t send_failed;
	uint64_t reply_sent_to_server_port; /* P-08: mode 4 seen */
	uint64_t clients;                   /* addresses in the table now */
	uint64_t kernel_drops; /* told by whoever has the sockets */
};

/* Room for the largest reply: header and MAC. */
#define SERVER_REPLY_MAX 128

struct server_reply {
	uint8_t buf[SERVER_REPLY_MAX];
	size_t len;
	const struct key
		*key; /* MAC to be renewed after the transmit stamp, or NULL */
};

/** cfg and keys are borrowed for the life of the server. */
struct server *server_new(const struct config *cfg, const struct keys *keys,
			  struct entropy *entropy);

/** The same with the table of clients in memory of the caller's (ntp/clients.h). */
struct server *server_new_in(void *clients_table, const struct config *cfg,
			     const struct keys *keys, struct entropy *entropy);
void server_free(struct server *s);

/**
 * Judge one datagram and compose the reply.
 *
 * view: as published, not aged.  mono_ns: now.
 * reply: written when the verdict is SERVER_REPLY or SERVER_KISS; never longer
 *     than the request.
 */
enum server_verdict server_handle(struct server *s, const struct datagram *d,
				  const struct sys_view *view, int64_t mono_ns,
				  struct server_reply *reply);

/** Write the transmit time (and the MAC that covers it) as the last act before sending. */
void server_stamp(struct server_reply *reply, int64_t wall_ns);

/** RES_* flags of a peer, for the mode 6 side. */
unsigned server_access(const struct server *s, const struct net_addr *peer);

/** The addresses of sources and of names in restrict lines, in place of those told before. */
void server_set_hosts(struct server *s, const struct access_host *hosts,
		      size_t n);

struct access;
struct clients;
struct access *server_access_list(struct server *s);
const struct clients *server_clients(const struct server *s);
struct server_stats *server_stats(struct server *s);
