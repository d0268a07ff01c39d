/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntp/hosts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/container.h"
#include "base/units.h"
#include "ntp/engine_state.h"

#define LOOKUP_RETRY_NS (60 * NS_PER_S)
#define LOOKUP_AGAIN_NS (3600 * NS_PER_S)

static size_t add_sources(const struct engine *e, struct access_host *out,
			  size_t n)
{
	for (size_t i = 0; i < e->n_assoc && n < ACCESS_HOSTS_MAX; i++)
		out[n++] = (struct access_host){.addr = e->assoc[i]->addr,
						.is_source = true};
	return n;
}

static size_t add_rule(const struct host_rule *r, struct access_host *out,
		       size_t n)
{
	for (size_t i = 0; i < r->n && n < ACCESS_HOSTS_MAX; i++)
		out[n++] = (struct access_host){.addr = r->addr[i],
						.flags = r->conf->flags};
	return n;
}

void hosts_tell(struct hosts *h)
{
	struct access_host out[ACCESS_HOSTS_MAX];
	size_t n = 0;

	memset(out, 0, sizeof out);
	/* A line of the file weighs more than what a source gets in passing. */
	for (size_t i = 0; i < h->n_rule; i++)
		n = add_rule(&h->rule[i], out, n);
	n = add_sources(h->engine, out, n);
	board_access_hosts(h->engine->in.host->board, out, n);
}

static void on_resolved(struct resolve *q, const struct net_addr *addrs,
			size_t n, int error)
{
	struct host_rule *r = CONTAINER_OF(q, struct host_rule, query);
	const struct host *host = r->engine->in.host;
	int64_t delay = error ? LOOKUP_RETRY_NS : LOOKUP_AGAIN_NS;

	timer_arm(host->loop, &r->timer, loop_mono(host->loop) + delay);
	if (error) {
		log_warn(host->log,
			 "restrict %s: name not found (%s), tried again",
			 r->conf->host, strerror(-error));
		return;
	}
	r->n = n < RESOLVE_MAX_ADDRS ? n : RESOLVE_MAX_ADDRS;
	memcpy(r->addr, addrs, r->n * sizeof *addrs);
	hosts_tell(&r->engine->hosts);
}

static void on_timer(struct timer *t)
{
	struct host_rule *r = CONTAINER_OF(t, struct host_rule, timer);

	resolver_ask(r->engine->in.host->resolver, &r->query);
}

static void start_rule(struct host_rule *r, struct engine *e,
		       const struct conf_restrict *conf)
{
	r->engine = e;
	r->conf = conf;
	r->timer.fn = on_timer;
	r->query.done = on_resolved;
	r->query.family = conf->family == FAMILY_IPV4   ? AF_INET
			  : conf->family == FAMILY_IPV6 ? AF_INET6
							: AF_UNSPEC;
	snprintf(r->query.name, sizeof r->query.name, "%s", conf->host);
	resolver_ask(e->in.host->resolver, &r->query);
}

void hosts_init(struct hosts *h, struct engine *e)
{
	const struct config *cfg = e->in.cfg;

	*h = (struct hosts){.engine = e};
	/* Timers and queries point into the array: it never moves. */
	h->rule =
		xcalloc(cfg->n_restrict ? cfg->n_restrict : 1, sizeof *h->rule);
	for (size_t i = 0; i < cfg->n_restrict; i++) {
		const struct conf_restrict *conf = &cfg->restricts[i];

		if (conf->kind == RESTRICT_HOST && !conf->remove)
			start_rule(&h->rule[h->n_rule++], e, conf);
	}
}

void hosts_done(struct hosts *h)
{
	const struct host *host = h->engine->in.host;

	for (size_t i = 0; i < h->n_rule; i++) {
		timer_disarm(host->loop, &h->rule[i].timer);
		resolver_cancel(host->resolver, &h->rule[i].query);
	}
	free(h->rule);
}
