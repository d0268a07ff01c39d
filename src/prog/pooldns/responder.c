/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/pooldns/responder.h"

#include <time.h>

void responder_look(struct responder *r)
{
	struct timespec wall, mono;

	clock_gettime(CLOCK_REALTIME, &wall);
	clock_gettime(CLOCK_MONOTONIC, &mono);
	r->now_s = wall.tv_sec;
	r->mono_ms = (uint32_t)((uint64_t)mono.tv_sec * 1000 +
				(uint64_t)mono.tv_nsec / 1000000);
}

size_t responder_answer(struct responder *r, const struct net_addr *peer,
			bool tcp, const uint8_t *data, size_t len, uint8_t *buf)
{
	const struct dns_asker from = {
		.addr = net_addr_unmap(peer),
		.tcp = tcp,
		.random = rng_u64(&r->rng),
		.now_s = r->now_s,
	};

	return dns_server_handle(&r->dns, &from, r->mono_ms, data, len, buf);
}
