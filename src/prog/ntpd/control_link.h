/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/net_addr.h"
#include "os/ipc.h"
#include "os/loop.h"

/*
 * Mode 6 between a worker, which has the sockets, and the engine, which knows
 * the answers.  The engine never learns where an answer goes: it names the
 * request by its number, and the worker sends to whoever asked, for a while.
 */
#define CONTROL_LINK_OPEN \
	64 /* requests that wait at a time; the oldest gives way */
#define CONTROL_LINK_MAX 1280 /* octets of a request or fragment */

/* --- the worker's end ------------------------------------------------------ */

struct control_asker {
	int fd;
	uint32_t last_number;
	struct {
		uint32_t number; /* 0: free */
		unsigned socket;
		struct net_addr peer, local;
		int64_t until_mono_ns;
	} open[CONTROL_LINK_OPEN];
};

struct control_way {
	unsigned socket;
	struct net_addr peer, local;
};

/** Hand a request over; what does not fit is dropped. */
void control_asker_ask(struct control_asker *a, unsigned socket,
		       const struct net_addr *peer,
		       const struct net_addr *local, unsigned restrict_flags,
		       const uint8_t *data, size_t len, int64_t mono_ns);

/**
 * One fragment from the engine: where it goes and what it is.  *data points
 * into msg.  0, or -EPROTO for what answers no open request.
 */
MUST_CHECK int control_asker_take(const struct control_asker *a,
				  const struct ipc_message *msg, size_t msg_len,
				  int64_t mono_ns, struct control_way *way,
				  const uint8_t **data, size_t *len);

/** Is it the engine's word that the page of hosts is another one? */
bool control_link_is_hosts(const struct ipc_message *msg, size_t msg_len);

/* --- the engine's end ------------------------------------------------------ */

struct control_request {
	uint32_t number;
	struct net_addr peer;
	unsigned restrict_flags;
	const uint8_t *data; /* in the message */
	size_t len;
};

/** 0 or -EPROTO. */
MUST_CHECK int control_link_read(const struct ipc_message *msg, size_t msg_len,
				 struct control_request *out);

/** Send one fragment back; what does not fit is dropped. */
void control_link_answer(int fd, uint32_t number, const uint8_t *data,
			 size_t len);

/** Tell a worker that the page of hosts is another one. */
void control_link_tell_hosts(int fd);
