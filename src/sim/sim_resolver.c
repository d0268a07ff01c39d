/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/container.h"
#include "base/units.h"
#include "sim/internal.h"
#include "sim/world.h"

/* A question that waits for its answer; the answer is made when it is due. */
struct sim_query {
	struct timer answer;
	struct sim_host *host;
	struct resolve *q;
	struct sim_query *next;
};

struct sim_name *world_name(struct world *w, const char *name)
{
	struct sim_name *n = w->names;

	while (n && strcmp(n->name, name) != 0)
		n = n->next;
	if (n)
		return n;
	n = xcalloc(1, sizeof *n);
	snprintf(n->name, sizeof n->name, "%s", name);
	n->delay_s = 0.01;
	n->next = w->names;
	w->names = n;
	return n;
}

void sim_name_add(struct sim_name *n, const char *addr)
{
	n->addr = array_grow(n->addr, n->n, &n->cap, sizeof *n->addr);
	n->addr[n->n++] = sim_addr(addr, 0);
}

void sim_resolver_free_names(struct world *w)
{
	while (w->names) {
		struct sim_name *n = w->names;

		w->names = n->next;
		free(n->addr);
		free(n);
	}
}

static void query_free(struct sim_query *query)
{
	timer_disarm(&query->host->world->events, &query->answer);
	query->q->id = 0;
	free(query);
}

static void forget(struct sim_query *query)
{
	struct sim_query **at = &query->host->queries;

	while (*at != query)
		at = &(*at)->next;
	*at = query->next;
	query_free(query);
}

static void answer(struct timer *t)
{
	struct sim_query *query = CONTAINER_OF(t, struct sim_query, answer);
	struct sim_host *h = query->host;
	struct resolve *q = query->q;
	const struct sim_name *name = world_name(h->world, q->name);
	struct net_addr addr[RESOLVE_MAX_ADDRS];
	int error = name->error;
	size_t n = 0;

	for (size_t i = 0; i < name->n && n < RESOLVE_MAX_ADDRS; i++)
		if (q->family == AF_UNSPEC || q->family == name->addr[i].family)
			addr[n++] = name->addr[i];
	if (error)
		n = 0;
	else if (n == 0)
		error = -ENOENT;
	forget(query);
	q->done(q, addr, n, error);
	sim_host_plan(h);
}

static void ask(struct resolver *r, struct resolve *q)
{
	struct sim_host *h = CONTAINER_OF(r, struct sim_host, resolver);
	struct sim_name *name = world_name(h->world, q->name);
	struct sim_query *query = xcalloc(1, sizeof *query);

	name->asked++;
	q->id = ++h->next_query;
	query->host = h;
	query->q = q;
	query->answer.fn = answer;
	query->next = h->queries;
	h->queries = query;
	timer_arm(&h->world->events, &query->answer,
		  h->world->now_ns + ns_from_s(name->delay_s));
}

static void cancel(struct resolver *r, struct resolve *q)
{
	struct sim_host *h = CONTAINER_OF(r, struct sim_host, resolver);
	struct sim_query *query = h->queries;

	while (query && query->q != q)
		query = query->next;
	if (query)
		forget(query);
}

static const struct resolver_ops resolver_ops = {ask, cancel};

void sim_resolver_init(struct sim_host *h)
{
	h->resolver.ops = &resolver_ops;
}

void sim_resolver_done(struct sim_host *h)
{
	while (h->queries) {
		struct sim_query *query = h->queries;

		h->queries = query->next;
		query_free(query);
	}
}
