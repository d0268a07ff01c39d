/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/net_addr.h"
#include "base/rng.h"
#include "pool/dns/server.h"

/* A server with the times and random numbers that its questions need. */
struct responder {
	struct dns_server dns;
	struct rng rng;
	/* Of the batch in hand. */
	int64_t now_s;
	uint32_t mono_ms;
};

/** Look at the clocks, once a batch. */
void responder_look(struct responder *r);

/** Answer; buf: DNS_TCP_MAX octets.  0: send nothing. */
size_t responder_answer(struct responder *r, const struct net_addr *peer,
			bool tcp, const uint8_t *data, size_t len,
			uint8_t *buf);
