/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/zone/lists.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/container.h"
#include "base/siphash.h"
#include "pool/zone/shares.h"

/*
 * Who is on which list.  All servers stand in one random order in which those
 * of one account are neighbours, and so are those of one network within it:
 * pooldns draws at equal distances along a list, so that neighbours with
 * together no more than one place never meet in one answer.
 */

/* Fewer servers than this, and 0 to 3 are all the whole zone. */
#define DEAL_MIN 8
#define GROUPS (SNAPSHOT_SUBSETS - 1)
#define NO_GROUP GROUPS

/* Of a place too small to draw from. */
#define TINY 1e-9

struct maker {
	const struct zone_input *in;
	struct zone_lists *lists;
	uint32_t *place;  /* of each server in the common order */
	uint32_t *server; /* the other way round */
	uint8_t *group;   /* of each server in the zone and family at hand */
	uint32_t *marked; /* round in which a server was last marked */
	uint32_t round;
	struct share *share; /* room for all servers */
};

/* What is common to the five lists of a zone and family. */
struct family_work {
	const struct zone_row *zone;
	int family;
	bool dealt;
	bool minimum; /* heed min_servers and min_kbit */
	unsigned k;   /* addresses in an answer */
	size_t n;
	double weight;
	uint32_t *own;       /* servers in the common order */
	double scale_max[2]; /* strict: of the plain name and of 0 to 3 */
};

unsigned zone_max_hosts(const struct zone_input *in,
			const struct zone_row *zone)
{
	unsigned k = zone->max_hosts ? zone->max_hosts : in->origin.max_hosts;

	return k < 1 ? 1 : k > SNAPSHOT_HOSTS_MAX ? SNAPSHOT_HOSTS_MAX : k;
}

static unsigned min_servers(const struct maker *m, const struct zone_row *zone)
{
	return zone->min_servers ? zone->min_servers
				 : m->in->origin.min_servers;
}

static double min_kbit(const struct maker *m, const struct zone_row *zone)
{
	return zone->min_kbit > 0 ? zone->min_kbit : m->in->origin.min_kbit;
}

/* --- the common order -------------------------------------------------------- */

struct rank {
	uint64_t account_key, prefix_key, server_key;
	uint32_t server;
};

static uint64_t key_of(uint64_t seed, uint64_t kind, const void *data,
		       size_t len)
{
	const uint64_t key[2] = {seed, kind};

	return siphash(key, data, len);
}

/* /24 or /48 */
static uint64_t prefix_key(uint64_t seed, const struct net_addr *addr)
{
	return key_of(seed, addr->family, addr->ip,
		      addr->family == AF_INET ? 3 : 6);
}

static int compare_u64(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_ranks(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;
	int c = compare_u64(x->account_key, y->account_key);

	if (c == 0)
		c = compare_u64(x->prefix_key, y->prefix_key);
	if (c == 0)
		c = compare_u64(x->server_key, y->server_key);
	return c ? c : compare_u64(x->server, y->server);
}

static void put_in_order(struct maker *m)
{
	const struct zone_input *in = m->in;
	struct rank *rank = xcalloc(in->n_server + 1, sizeof *rank);

	for (size_t i = 0; i < in->n_server; i++) {
		const struct zone_server *s = &in->server[i];

		rank[i] = (struct rank){
			key_of(in->seed, 1, &s->account_id,
			       sizeof s->account_id),
			prefix_key(in->seed, &s->addr),
			key_of(in->seed, 2, &s->id, sizeof s->id),
			(uint32_t)i,
		};
	}
	qsort(rank, in->n_server, sizeof *rank, compare_ranks);
	for (uint32_t i = 0; i < in->n_server; i++) {
		m->server[i] = rank[i].server;
		m->place[rank[i].server] = i;
	}
	free(rank);
}

static int compare_places(const void *a, const void *b)
{
	return compare_u64(*(const uint32_t *)a, *(const uint32_t *)b);
}

/* The zone's own servers of a family, in the common order. */
static void collect(const struct maker *m, struct family_work *w)
{
	int af = w->family == SNAPSHOT_V4 ? AF_INET : AF_INET6;

	for (size_t i = 0; i < w->zone->n_member; i++) {
		uint32_t server = w->zone->member[i];
		const struct zone_server *s = &m->in->server[server];

		if (s->addr.family != af || !(s->weight > 0))
			continue;
		w->weight += s->weight;
		w->own[w->n++] = m->place[server];
	}
	qsort(w->own, w->n, sizeof *w->own, compare_places);
	for (size_t i = 0; i < w->n; i++)
		w->own[i] = m->server[w->own[i]];
}

/* --- 0 to 3 ------------------------------------------------------------------ */

struct dealt_server {
	double weight;
	uint32_t server;
};

/* The heaviest first; equal ones as they came. */
static int compare_weights(const void *a, const void *b)
{
	const struct dealt_server *x = a, *y = b;

	return x->weight > y->weight ? -1 : x->weight < y->weight;
}

/* Each of the next four goes to another group, the heaviest to the lightest. */
static void deal_round(struct maker *m, const struct dealt_server *next,
		       size_t n, double sum[GROUPS])
{
	bool taken[GROUPS] = {false};

	for (size_t i = 0; i < n; i++) {
		unsigned best = GROUPS;

		for (unsigned g = 0; g < GROUPS; g++)
			if (!taken[g] && (best == GROUPS || sum[g] < sum[best]))
				best = g;
		taken[best] = true;
		sum[best] += next[i].weight;
		m->group[next[i].server] = (uint8_t)best;
	}
}

static void deal(struct maker *m, struct family_work *w)
{
	struct dealt_server *all = xcalloc(w->n + 1, sizeof *all);
	double sum[GROUPS] = {0};

	w->dealt = w->n >= DEAL_MIN;
	for (size_t i = 0; i < w->n; i++) {
		all[i].server = w->own[i];
		all[i].weight = m->in->server[w->own[i]].weight;
		m->group[w->own[i]] = NO_GROUP;
	}
	qsort(all, w->n, sizeof *all, compare_weights);
	for (size_t i = 0; w->dealt && i < w->n; i += GROUPS)
		deal_round(m, &all[i], w->n - i < GROUPS ? w->n - i : GROUPS,
			   sum);
	free(all);
}

static bool belongs(const struct maker *m, const struct family_work *w,
		    uint32_t server, int subset)
{
	return subset == SNAPSHOT_ALL || !w->dealt ||
	       m->group[server] == subset;
}

/* --- shares ------------------------------------------------------------------ */

/*
 * Strict: p = k * weight / demand, where demand is at least the zone's own
 * weight and large enough that no p exceeds 1 and no minimum is missed.  The
 * same for all of 0 to 3, so that a server gets the same whichever it is in.
 */
static double demand_of(const struct maker *m, const struct family_work *w,
			int subset)
{
	double weight = 0, most = 0, demand;
	double part = subset != SNAPSHOT_ALL && w->dealt ? GROUPS : 1;

	for (size_t i = 0; i < w->n; i++) {
		double x = m->in->server[w->own[i]].weight;

		if (!belongs(m, w, w->own[i], subset))
			continue;
		weight += x;
		most = x > most ? x : most;
	}
	demand = fmax(weight, w->k * most);
	if (!w->minimum || w->n == 0)
		return demand;
	demand = fmax(demand, min_kbit(m, w->zone) / part);
	return fmax(demand,
		    w->weight / part * min_servers(m, w->zone) / (double)w->n);
}

static void find_demand(const struct maker *m, struct family_work *w)
{
	double all = demand_of(m, w, SNAPSHOT_ALL), numbered = 0;

	for (int g = 0; g < GROUPS; g++)
		numbered = fmax(numbered, demand_of(m, w, g));
	w->scale_max[0] = all > 0 ? w->k / all : 0;
	w->scale_max[1] = numbered > 0 ? w->k / numbered : 0;
}

/* How much of an answer may come from the zone itself, 0 to 1. */
static double own_part(const struct maker *m, const struct family_work *w)
{
	double part = 1;

	if (!w->minimum || w->zone->policy == ZONE_CLASSIC)
		return part;
	if (min_servers(m, w->zone) > 0)
		part = fmin(part, (double)w->n / min_servers(m, w->zone));
	if (min_kbit(m, w->zone) > 0)
		part = fmin(part, w->weight / min_kbit(m, w->zone));
	return part;
}

/* Where nobody takes the rest, as many as there are may share all of it. */
static double cap_of(const struct family_work *w, double share, size_t groups)
{
	if (share >= 1 || share <= 0)
		return 0;
	if (w->zone->parent < 0 || w->zone->policy == ZONE_CLASSIC)
		share = fmax(share, 1 / (double)groups);
	return share * w->k;
}

/* Neighbours have the same account. */
static size_t number_accounts(const struct maker *m, size_t n)
{
	const struct zone_server *server = m->in->server;
	size_t accounts = 1;

	for (size_t i = 1; i < n; i++) {
		accounts += server[m->share[i - 1].server].account_id !=
			    server[m->share[i].server].account_id;
		m->share[i].account = (uint32_t)accounts - 1;
	}
	return accounts;
}

/* One network may be with several accounts, so these are sorted. */
static size_t number_prefixes(const struct maker *m, size_t n)
{
	struct rank *rank = xcalloc(n, sizeof *rank);
	size_t prefixes = 1;

	for (uint32_t i = 0; i < n; i++) {
		rank[i].prefix_key = prefix_key(
			m->in->seed, &m->in->server[m->share[i].server].addr);
		rank[i].server = i;
	}
	qsort(rank, n, sizeof *rank, compare_ranks);
	for (size_t i = 1; i < n; i++) {
		prefixes += rank[i - 1].prefix_key != rank[i].prefix_key;
		m->share[rank[i].server].prefix = (uint32_t)prefixes - 1;
	}
	free(rank);
	return prefixes;
}

static double find_own(struct maker *m, const struct family_work *w, int subset)
{
	struct share_rule rule = {.sum = (double)INFINITY};
	size_t n = 0;
	double least = (double)INFINITY;

	for (size_t i = 0; i < w->n; i++) {
		double weight = m->in->server[w->own[i]].weight;

		if (!belongs(m, w, w->own[i], subset))
			continue;
		least = fmin(least, weight);
		m->share[n++] =
			(struct share){.server = w->own[i], .weight = weight};
	}
	if (n == 0)
		return 0;
	rule.account_max =
		cap_of(w, m->in->account_share, number_accounts(m, n));
	rule.prefix_max = cap_of(w, m->in->prefix_share, number_prefixes(m, n));
	rule.scale_max = 1 / least;
	if (w->zone->policy == ZONE_STRICT)
		rule.scale_max = w->scale_max[subset != SNAPSHOT_ALL];
	else
		rule.sum = w->k * own_part(m, w);
	return shares_find(m->share, n, &rule);
}

/* --- lists ------------------------------------------------------------------- */

static void append(struct maker *m, struct list *list, size_t n)
{
	list->entry = xreallocarray(list->entry, list->n + n + 1,
				    sizeof *list->entry);
	for (size_t i = 0; i < n; i++) {
		m->marked[m->share[i].server] = m->round;
		list->entry[list->n++] =
			(struct list_entry){m->share[i].server, m->share[i].p};
	}
}

static const struct list *resolve(const struct list *list)
{
	return list->same_as ? list->same_as : list;
}

/* What is left of an answer, from an ancestor's list without who is marked. */
static double take_from(struct maker *m, struct list *list,
			const struct list *from, double rest)
{
	struct share_rule rule = {.sum = rest};
	double least = (double)INFINITY, sum;
	size_t n = 0;

	from = resolve(from);
	for (size_t i = 0; i < from->n; i++) {
		const struct list_entry *e = &from->entry[i];

		if (m->marked[e->server] == m->round || e->p < TINY)
			continue;
		least = fmin(least, e->p);
		m->share[n++] =
			(struct share){.server = e->server, .weight = e->p};
	}
	if (n == 0)
		return 0;
	rule.scale_max = 1 / least;
	sum = shares_find(m->share, n, &rule);
	append(m, list, n);
	return sum;
}

/* The zone's own servers that are in another of 0 to 3. */
static void mark_others(struct maker *m, const struct family_work *w,
			int subset, uint32_t round)
{
	for (size_t i = 0; i < w->n; i++)
		if (!belongs(m, w, w->own[i], subset))
			m->marked[w->own[i]] = round;
}

/* What remains of an answer that nobody fills. */
static double try_list(struct maker *m, const struct family_work *w,
		       struct zone_lists *out, int subset)
{
	struct list *list = &out->list[w->family][subset];
	double rest = w->k - find_own(m, w, subset);
	bool filled = w->zone->policy != ZONE_CLASSIC || w->n == 0;
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++)
		n += belongs(m, w, w->own[i], subset);
	if ((rest < TINY || !filled || w->zone->parent < 0) && !w->dealt &&
	    subset != SNAPSHOT_ALL) {
		list->same_as = &out->list[w->family][SNAPSHOT_ALL];
		return 0;
	}
	m->round++;
	list->n = 0;
	append(m, list, n);
	mark_others(m, w, subset, m->round); /* 0 to 3 stay disjoint ... */
	for (int up = w->zone->parent; filled && up >= 0 && rest > TINY;
	     up = m->in->zone[up].parent)
		rest -= take_from(m, list,
				  &m->lists[up].list[w->family][subset], rest);
	if (w->zone->policy != ZONE_LOCAL_FIRST || rest < TINY)
		return rest;
	mark_others(m, w, subset, 0); /* ... unless there is nobody else */
	return rest -
	       take_from(m, list, &out->list[w->family][SNAPSHOT_ALL], rest);
}

/* A minimum is for when there are others who take the rest. */
static void make_list(struct maker *m, struct family_work *w,
		      struct zone_lists *out, int subset)
{
	w->minimum = w->zone->parent >= 0;
	find_demand(m, w);
	if (try_list(m, w, out, subset) < TINY || !w->minimum)
		return;
	w->minimum = false;
	find_demand(m, w);
	try_list(m, w, out, subset);
}

static void make_family(struct maker *m, size_t zone, int family)
{
	struct zone_lists *out = &m->lists[zone];
	struct family_work w = {
		.zone = &m->in->zone[zone],
		.family = family,
		.k = zone_max_hosts(m->in, &m->in->zone[zone]),
		.own = xcalloc(m->in->zone[zone].n_member + 1, sizeof *w.own),
	};

	collect(m, &w);
	deal(m, &w);
	out->own[family] = (uint32_t)w.n;
	make_list(m, &w, out, SNAPSHOT_ALL);
	for (int subset = 0; subset < GROUPS; subset++)
		make_list(m, &w, out, subset);
	free(w.own);
}

void zone_lists_make(const struct zone_input *in, struct zone_lists *out)
{
	struct maker m = {
		.in = in,
		.lists = out,
		.place = xcalloc(in->n_server + 1, sizeof *m.place),
		.server = xcalloc(in->n_server + 1, sizeof *m.server),
		.group = xcalloc(in->n_server + 1, sizeof *m.group),
		.marked = xcalloc(in->n_server + 1, sizeof *m.marked),
		.share = xcalloc(in->n_server + 1, sizeof *m.share),
	};

	put_in_order(&m);
	for (size_t zone = 0; zone < in->n_zone; zone++)
		for (int family = 0; family < SNAPSHOT_FAMILIES; family++)
			if (in->zone[zone].kind != ZONE_VENDOR)
				make_family(&m, zone, family);
	free(m.place);
	free(m.server);
	free(m.group);
	free(m.marked);
	free(m.share);
}

void zone_lists_done(struct zone_lists *lists, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (int f = 0; f < SNAPSHOT_FAMILIES; f++)
			for (int s = 0; s < SNAPSHOT_SUBSETS; s++)
				free(lists[i].list[f][s].entry);
	memset(lists, 0, n * sizeof *lists);
}
