/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "io/clock.h"
#include "io/sys_view.h"
#include "ntp/server.h"
#include "os/loop.h"
#include "os/server_socket.h"
#include "prog/ntpd/listen.h"

/*
 * Sockets and a struct server put together: what a worker does, and what the
 * one process of --single does beside its other work.
 */
struct serving;

struct serving_ops {
	/* What we tell the world now; borrowed until the next call. */
	const struct sys_view *(*view)(struct serving *s);
	/* A mode 6 request that may be answered; to be answered by
	 * serving_send_control(), at once or later. */
	void (*control)(struct serving *s, unsigned socket,
			const struct datagram *d, unsigned restrict_flags);
};

struct serving {
	const struct serving_ops *ops;
	struct server *server;
	struct clock *clock;
	struct os_loop *loop;
	struct os_batch *batch;
	struct os_server_socket socket[LISTEN_MAX];
	unsigned n_socket;
	struct timer *dirty; /* armed when a counter has moved; may be NULL */
};

/**
 * server, clock and loop are borrowed; the n descriptors are taken.  0, or
 * -errno with some of them closed.
 */
MUST_CHECK int serving_init(struct serving *s, const struct serving_ops *ops,
			    struct server *server, struct clock *clock,
			    struct os_loop *loop, const int *fd, size_t n);
void serving_done(struct serving *s);

/** Bring those counters up to date that are not counted by server_handle(). */
void serving_count(struct serving *s);

/** Send one fragment of a mode 6 response from a socket of ours. */
void serving_send_control(struct serving *s, unsigned socket,
			  const struct net_addr *peer,
			  const struct net_addr *local, const uint8_t *data,
			  size_t len);
