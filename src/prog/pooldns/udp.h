/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>

#include "os/loop.h"
#include "pool/dns/server.h"

struct responder;

/* How many datagrams one system call takes in and gives out. */
#define UDP_BATCH 64
#define UDP_QUERY_MAX 1024 /* longer questions are dropped */

struct udp_slot;
struct mmsghdr;

/* Room for a batch; one is enough for all sockets of a process. */
struct udp_batch {
	struct mmsghdr *in, *out;
	struct udp_slot *slot;
};

struct udp_service {
	struct os_watch watch;
	struct responder *responder;
	struct udp_batch *batch;
};

void udp_batch_init(struct udp_batch *b);

/** Serve on fd, which stays open for good. */
void udp_service_start(struct udp_service *s, int fd, struct os_loop *loop,
		       struct responder *r, struct udp_batch *b);
