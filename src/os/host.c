/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/host.h"

#include "os/entropy.h"

/* As long as a boot may take to gather randomness. */
#define ENTROPY_TIMEOUT_S 60

static int start_clock(struct os_clock *c, const struct os_host_params *p)
{
	switch (p->clock) {
	case OS_CLOCK_NONE:
		os_clock_none_init(c);
		return 0;
	case OS_CLOCK_VIRTUAL:
		os_clock_virtual_init(c, p->clock_offset_s, p->clock_freq);
		return 0;
	default:
		return os_clock_kernel_init(c);
	}
}

int os_host_init(struct os_host *h, const struct os_host_params *p)
{
	int r = os_entropy_init(&h->entropy, ENTROPY_TIMEOUT_S);

	if (r == 0)
		r = start_clock(&h->clock, p);
	if (r < 0)
		return r;
	os_loop_init(&h->loop);
	os_net_init(&h->net, &h->loop, &h->clock.clock, p->dscp);
	h->net.source4 = p->source4;
	h->net.source6 = p->source6;
	os_resolver_init(&h->resolver, &h->loop.loop);
	h->resolver.servers = p->name_servers;
	h->host = (struct host){
		.clock = &h->clock.clock,
		.loop = &h->loop.loop,
		.net = &h->net.net,
		.resolver = &h->resolver.resolver,
		.entropy = &h->entropy,
		.board = p->board,
		.log = p->log,
	};
	return 0;
}

void os_host_done(struct os_host *h)
{
	os_resolver_done(&h->resolver);
	os_net_done(&h->net);
	os_loop_done(&h->loop);
}
