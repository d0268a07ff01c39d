/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <errno.h>
#include <string.h>

#include "base/units.h"
#include "io/host.h"

/* A world in which nothing ever happens, for an engine that is only talked to. */
struct still_host {
	struct host host;
	struct clock clock;
	struct loop loop;
	struct net net;
	struct resolver resolver;
	struct entropy entropy;
	struct board board;
};

static inline int64_t still_now(struct clock *c)
{
	(void)c;
	return INT64_C(1795409318) * NS_PER_S;
}

static inline int still_set_freq(struct clock *c, double freq)
{
	c->freq = freq;
	return 0;
}

static inline int still_step(struct clock *c, double offset_s)
{
	(void)c;
	(void)offset_s;
	return 0;
}

static inline int still_announce(struct clock *c, const struct clock_status *s)
{
	(void)c;
	(void)s;
	return 0;
}

static inline int64_t still_mono(struct loop *l)
{
	(void)l;
	return 1000 * NS_PER_S;
}

static inline int still_wait(struct loop *l, int64_t until_ns)
{
	(void)l;
	(void)until_ns;
	return 0;
}

static inline int still_connect(struct net *n, const struct net_addr *peer,
				const struct udp_events *events, void *owner,
				struct udp **out)
{
	(void)n;
	(void)peer;
	(void)events;
	(void)owner;
	(void)out;
	return -ENETUNREACH;
}

static inline void still_ask(struct resolver *r, struct resolve *q)
{
	(void)r;
	(void)q;
}

static inline void still_fill(struct entropy *e, void *buf, size_t len)
{
	(void)e;
	memset(buf, 7, len);
}

static inline void still_publish(struct board *b, const struct sys_view *v)
{
	(void)b;
	(void)v;
}

static inline void still_event(struct board *b, enum engine_event e,
			       const char *text)
{
	(void)b;
	(void)e;
	(void)text;
}

static inline void still_drift(struct board *b, const struct drift *d)
{
	(void)b;
	(void)d;
}

static inline void still_stats(struct board *b, const char *name,
			       const char *line)
{
	(void)b;
	(void)name;
	(void)line;
}

static inline void still_hosts(struct board *b, const struct access_host *h,
			       size_t n)
{
	(void)b;
	(void)h;
	(void)n;
}

static inline void still_host_init(struct still_host *s)
{
	static const struct clock_ops clock = {still_now, still_set_freq,
					       still_step, still_announce};
	static const struct loop_ops loop = {still_mono, still_wait};
	static const struct net_ops net = {still_connect};
	static const struct resolver_ops resolver = {still_ask, still_ask};
	static const struct board_ops board = {still_publish, still_event,
					       still_drift, still_stats,
					       still_hosts};

	*s = (struct still_host){
		.clock = {.ops = &clock,
			  .precision_log2 = -24,
			  .max_freq = 500e-6},
		.loop = {.ops = &loop},
		.net = {&net},
		.resolver = {&resolver},
		.entropy = {still_fill},
		.board = {&board},
	};
	s->host = (struct host){&s->clock,   &s->loop,  &s->net, &s->resolver,
				&s->entropy, &s->board, NULL};
}
