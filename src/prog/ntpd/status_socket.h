/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "ctl/status_doc.h"
#include "os/local_socket.h"
#include "os/loop.h"
#include "prog/ntpd/setup.h"

/*
 * Where programs of this machine read the status document: connect, one
 * document, the end.  Opened by the process that may, served by the one that
 * knows.
 */

/**
 * Open the socket that the configuration names and complain in the log when it
 * cannot be; the daemon goes on without it.
 *
 * group: who may read besides the owner, (gid_t)-1: our own.
 *
 * Returns a descriptor, or -1: none.
 */
int status_socket_open(const struct setup *s, gid_t group, struct log *log);

/** Take the socket out of its folder, where that is allowed. */
void status_socket_unlink(const struct setup *s, int fd);

/** Is descriptor fd a socket that listens?  Children are handed none as a gap. */
bool status_socket_is_open(int fd);

/* What the document is made from; all borrowed. */
struct status_inputs {
	const struct setup *setup;
	const struct engine *engine;
	/* What the daemon's other processes know now. */
	const struct daemon_facts *(*daemon)(void *arg);
	const struct server_stats *(*stats)(void *arg);
	void *arg;
};

/* Instants of the last minute, to tell the rate of requests. */
#define STATUS_RATE_LEN 7
#define STATUS_RATE_STEP_S 10

struct status_socket {
	struct status_inputs in;
	struct os_loop *loop;
	struct local_service service;
	struct snapshot now;
	struct timer rate_timer;
	struct {
		uint64_t received;
		int64_t mono_ns;
	} past[STATUS_RATE_LEN];
	unsigned n_past; /* ever noted */
};

/** Serve on fd, which is taken; -1 does nothing.  s must not move. */
void status_socket_init(struct status_socket *s, int fd, struct os_loop *loop,
			const struct status_inputs *in);
void status_socket_done(struct status_socket *s);
