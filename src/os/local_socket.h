/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/buf.h"
#include "os/loop.h"

/*
 * A UNIX socket on which programs of this machine ask and are answered with
 * text: connect, perhaps one line, the answer, the end.  Opening takes rights
 * and serving needs none, so they may be in different processes.
 */

/* A line longer than this is no command. */
#define LOCAL_LINE_MAX 1024
/* Connections at a time; the oldest gives way. */
#define LOCAL_CONNECTIONS 16
/* However slowly somebody writes or reads, after this it is over. */
#define LOCAL_PATIENCE_S 5

/**
 * Listen at path; the folder is made when it is missing.  What a daemon that
 * died left there is replaced.
 *
 * mode: who may connect.  group: of the socket, (gid_t)-1 for our own.
 *
 * Returns: a descriptor, or -errno: -EADDRINUSE somebody serves there,
 * -EEXIST it is something else than a socket, -ENAMETOOLONG.
 */
MUST_CHECK int os_local_socket_open(const char *path, mode_t mode, gid_t group);

struct local_service;

struct local_connection {
	struct os_watch watch;
	struct local_service *service;
	TAILQ_ENTRY(local_connection) link;
	int64_t until_ns;
	char line[LOCAL_LINE_MAX + 1];
	size_t len;
	struct buf out;
	size_t sent;
	bool answered;
};

TAILQ_HEAD(local_connections, local_connection);

/*
 * Append the answer.  line: what was asked, without its end, which may hold
 * any octet but NUL; NULL where nothing is asked.
 */
typedef void (*local_answer_fn)(void *owner, const char *line, struct buf *out);

struct local_service {
	struct os_loop *loop;
	struct os_watch watch;
	bool asks; /* a line comes first */
	local_answer_fn answer;
	void *owner;
	struct local_connections open, unused; /* open: the oldest first */
	struct timer timer;
	struct local_connection connection[LOCAL_CONNECTIONS];
};

/**
 * Serve on fd, which is taken.  asks: each connection begins with a line.
 * answer is called once a connection, and nobody waits for who does not read.
 * s must not move.
 */
void local_service_init(struct local_service *s, int fd, struct os_loop *loop,
			bool asks, local_answer_fn answer, void *owner);

/** Close all.  Fine for one that is zeroed. */
void local_service_done(struct local_service *s);
