/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>
#include <sys/queue.h>

#include "os/loop.h"
#include "prog/pooldns/responder.h"

/*
 * Questions by TCP (RFC 7766): any number of them on one connection, answered
 * in order, also when they come at once.  Connections are bounded: a new one
 * takes the place of whoever has said nothing for the longest time.
 */
#define TCP_CONNECTIONS 256
#define TCP_IDLE_NS (10 * NS_PER_S)

struct tcp_connection;
TAILQ_HEAD(tcp_list, tcp_connection);

struct tcp_service {
	struct os_loop *loop;
	struct responder *responder;
	struct tcp_connection *connection;
	struct tcp_list idle; /* the one silent for the longest time first */
	struct tcp_list unused;
	struct timer timer;
};

/* A socket that listens. */
struct tcp_listener {
	struct os_watch watch;
	struct tcp_service *service;
};

void tcp_service_init(struct tcp_service *s, struct os_loop *loop,
		      struct responder *r);

/** Serve on fd, which listens and stays open for good. */
void tcp_listener_start(struct tcp_listener *l, int fd, struct tcp_service *s);
