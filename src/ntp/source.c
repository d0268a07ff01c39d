/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntp/source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/container.h"
#include "base/units.h"
#include "ntp/assoc.h"
#include "ntp/engine_state.h"

/* D-03: 2, 4, 8 ... 60 s for the first half hour, then up to 1024 s. */
#define LOOKUP_FIRST_S 2
#define LOOKUP_SOON_MAX_S 60
#define LOOKUP_SOON_TRIES 35
#define LOOKUP_MAX_S 1024

/* A pool line that is short of associations asks again after this. */
#define POOL_REFILL_S 64

static struct log *log_of(const struct source *s)
{
	return s->engine->in.host->log;
}

static void arm_in(struct source *s, int64_t seconds)
{
	struct loop *loop = s->engine->in.host->loop;

	timer_arm(loop, &s->timer, loop_mono(loop) + seconds * NS_PER_S);
}

static int64_t retry_s(unsigned failures)
{
	int64_t max = failures <= LOOKUP_SOON_TRIES ? LOOKUP_SOON_MAX_S
						    : LOOKUP_MAX_S;
	int64_t delay = LOOKUP_FIRST_S;

	while (failures-- > 1 && delay < max)
		delay *= 2;
	return delay < max ? delay : max;
}

/* --- associations of this line -------------------------------------------- */

static void drop_assoc(struct source *s, struct assoc *a)
{
	struct engine *e = s->engine;
	size_t i = 0;

	while (e->assoc[i] != a)
		i++;
	e->n_assoc--;
	memmove(&e->assoc[i], &e->assoc[i + 1],
		(e->n_assoc - i) * sizeof(struct assoc *));
	s->n_assoc--;
	assoc_free(a);
}

static bool has_failed(const struct assoc *a)
{
	return a->denied || (a->reach == 0 && a->unreach > 1);
}

void source_drop(struct source *s)
{
	struct engine *e = s->engine;

	for (size_t i = e->n_assoc; i-- > 0;) {
		if (e->assoc[i]->source == s)
			drop_assoc(s, e->assoc[i]);
	}
}

static void drop_failed(struct source *s)
{
	struct engine *e = s->engine;

	for (size_t i = e->n_assoc; i-- > 0;) {
		if (e->assoc[i]->source == s && has_failed(e->assoc[i]))
			drop_assoc(s, e->assoc[i]);
	}
}

static void add_assoc(struct source *s, const struct net_addr *addr)
{
	struct engine *e = s->engine;
	char text[NET_ADDR_TEXT_LEN];

	e->assoc = array_grow(e->assoc, e->n_assoc, &e->cap_assoc,
			      sizeof(struct assoc *));
	e->assoc[e->n_assoc++] = assoc_new(e, s, addr);
	s->n_assoc++;
	log_info(log_of(s), "source %s: using %s", s->conf->host,
		 net_addr_format(addr, text));
}

static size_t wanted(const struct source *s)
{
	return s->conf->kind == SOURCE_POOL ? s->engine->in.cfg->tos.max_clock
					    : 1;
}

static size_t in_use(const struct source *s)
{
	return s->conf->kind == SOURCE_POOL ? s->engine->n_assoc : s->n_assoc;
}

/* F-04, D-04: one association an address, whatever names lead to it. */
static bool is_taken(const struct source *s, const struct net_addr *addr)
{
	char text[NET_ADDR_TEXT_LEN];
	struct net_addr with_port = *addr;
	const struct assoc *a;

	with_port.port = s->conf->port;
	a = engine_find_host(s->engine, &with_port);
	if (a && s->conf->kind != SOURCE_POOL)
		log_notice(
			log_of(s),
			"source %s: %s is asked already, as %s; once is enough",
			s->conf->host, net_addr_format(addr, text),
			a->conf->host);
	return a != NULL;
}

static size_t use_addresses(struct source *s, const struct net_addr *addrs,
			    size_t n)
{
	size_t added = 0;

	if (n > SOURCE_ADDRS_PER_ANSWER)
		n = SOURCE_ADDRS_PER_ANSWER;
	for (size_t i = 0; i < n && in_use(s) < wanted(s); i++) {
		if (is_taken(s, &addrs[i]))
			continue;
		add_assoc(s, &addrs[i]);
		added++;
	}
	return added;
}

/* --- looking names up ----------------------------------------------------- */

static void lookup_failed(struct source *s, int error)
{
	s->failures++;
	/* E-05: once, not with every try. */
	if (s->failures == 1)
		log_warn(log_of(s),
			 "source %s: name not found (%s), tried again",
			 s->conf->host, strerror(-error));
	arm_in(s, retry_s(s->failures));
}

/*
 * The address in use stays while it works.  One that failed gives way to
 * another address of the answer, and comes back when there is no other (D-05).
 */
static void on_resolved(struct resolve *q, const struct net_addr *addrs,
			size_t n, int error)
{
	struct source *s = CONTAINER_OF(q, struct source, query);
	struct net_addr rotated[RESOLVE_MAX_ADDRS];
	size_t first;

	if (error || n == 0) {
		lookup_failed(s, error ? error : -ENOENT);
		return;
	}
	/* Past the address that failed, so that every one gets its turn. */
	first = s->turn++ % n;
	for (size_t i = 0; i < n; i++)
		rotated[i] = addrs[(first + i) % n];
	s->failures = 0;
	drop_failed(s);
	use_addresses(s, rotated, n);
	hosts_tell(&s->engine->hosts);
	if (s->conf->kind == SOURCE_POOL && in_use(s) < wanted(s))
		arm_in(s, POOL_REFILL_S);
}

static void on_timer(struct timer *t)
{
	struct source *s = CONTAINER_OF(t, struct source, timer);

	resolver_cancel(s->engine->in.host->resolver, &s->query);
	resolver_ask(s->engine->in.host->resolver, &s->query);
}

static int family_of(const struct conf_source *conf)
{
	switch (conf->family) {
	case FAMILY_IPV4:
		return AF_INET;
	case FAMILY_IPV6:
		return AF_INET6;
	default:
		return AF_UNSPEC;
	}
}

void source_start(struct source *s, struct engine *e,
		  const struct conf_source *conf)
{
	struct net_addr literal;

	s->engine = e;
	s->conf = conf;
	s->timer.fn = on_timer;
	s->query.family = family_of(conf);
	s->query.done = on_resolved;
	snprintf(s->query.name, sizeof s->query.name, "%s", conf->host);
	if (net_addr_parse(conf->host, &literal) == 0) {
		s->is_literal = true;
		use_addresses(s, &literal, 1);
		hosts_tell(&e->hosts);
	} else {
		resolver_ask(e->in.host->resolver, &s->query);
	}
}

void source_stop(struct source *s)
{
	timer_disarm(s->engine->in.host->loop, &s->timer);
	resolver_cancel(s->engine->in.host->resolver, &s->query);
}

void source_assoc_failed(struct source *s)
{
	if (!s->is_literal && !timer_is_armed(&s->timer))
		arm_in(s, 0);
}
