/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "pool/book/monitor.h"
#include "pool/score/score.h"
#include "pool/store/pair.h"
#include "pool/store/server.h"

#define PREFIX_BITS_4 24
#define PREFIX_BITS_6 48
#define FIRST_CHECK_WITHIN_S 60u

#define NO_PAIR (-1)

/* A monitor as one server sees it. */
struct choice {
	const struct monitor *monitor;
	int was; /* enum pair_state or NO_PAIR */
	bool able;
};

struct monitors {
	struct monitor *m;
	size_t n, cap;
};

static int load_monitors(struct db *db, struct monitors *out)
{
	struct db_rows rows;
	struct monitor m;

	monitor_ask_all(db, &rows);
	while (monitor_next(&rows, &m)) {
		out->m = array_grow(out->m, out->n, &out->cap, sizeof m);
		out->m[out->n++] = m;
	}
	return db_end(&rows);
}

static bool is_healthy(const struct monitor *m, int64_t now_ms)
{
	return (m->state == MONITOR_ACTIVE || m->state == MONITOR_TESTING) &&
	       m->clock_ok != 0 && m->seen_ms >= now_ms - MONITOR_SILENT_MS;
}

/* Who pays for both, or sits next door, is no witness. */
static bool is_apart(const struct monitor *m, const struct server *s)
{
	struct net_addr ours, theirs;

	if (m->account_id && m->account_id == s->account_id)
		return false;
	if (net_addr_parse(m->address, &ours) < 0 ||
	    net_addr_parse(s->address, &theirs) < 0)
		return true;
	return !net_addr_same_prefix(
		&ours, &theirs, s->family == 4 ? PREFIX_BITS_4 : PREFIX_BITS_6);
}

static bool is_able(const struct monitor *m, const struct server *s,
		    const struct pool_settings *set, int64_t now_ms)
{
	unsigned family = s->family == 4 ? MONITOR_IPV4 : MONITOR_IPV6;

	return is_healthy(m, now_ms) && (m->families & family) &&
	       (set->private_addresses || is_apart(m, s));
}

/* Those who have the most voice now keep it. */
static int compare_choices(const void *a, const void *b)
{
	const struct choice *x = a, *y = b;
	int rank_x = x->was == PAIR_PAUSED ? PAIR_CANDIDATE : x->was;
	int rank_y = y->was == PAIR_PAUSED ? PAIR_CANDIDATE : y->was;

	if (rank_x != rank_y)
		return rank_y - rank_x;
	return (x->monitor->id > y->monitor->id) -
	       (x->monitor->id < y->monitor->id);
}

static int load_pairs(struct db *db, const struct monitors *all,
		      int64_t server_id, struct choice *choice)
{
	struct db_rows rows;
	struct pair p;

	for (size_t i = 0; i < all->n; i++)
		choice[i] = (struct choice){&all->m[i], NO_PAIR, false};
	pair_ask_server(db, &rows, server_id);
	while (pair_next(&rows, &p)) {
		for (size_t i = 0; i < all->n; i++)
			if (all->m[i].id == p.monitor_id)
				choice[i].was = p.state;
	}
	return db_end(&rows);
}

static int write_state(struct db *db, const struct pool_settings *set,
		       int64_t server_id, const struct choice *c, int state,
		       int64_t now_ms)
{
	unsigned spread_s = set->check_active_s;

	if (state == c->was || (state == PAIR_PAUSED && c->was == NO_PAIR))
		return 0;
	if (spread_s > FIRST_CHECK_WITHIN_S)
		spread_s = FIRST_CHECK_WITHIN_S;
	return pair_set_state(db, server_id, c->monitor->id, state,
			      now_ms + randombytes_uniform(spread_s * 1000));
}

static int select_for(struct db *db, const struct pool_settings *set,
		      const struct monitors *all, const struct server *s,
		      struct choice *choice, int64_t now_ms)
{
	unsigned active = 0, testing = 0;
	int r = load_pairs(db, all, s->id, choice);

	qsort(choice, all->n, sizeof *choice, compare_choices);
	for (size_t i = 0; i < all->n && r >= 0; i++) {
		const struct monitor *m = choice[i].monitor;
		int state = PAIR_CANDIDATE;

		if (!is_able(m, s, set, now_ms))
			state = PAIR_PAUSED;
		else if (m->state == MONITOR_ACTIVE &&
			 active++ < MONITORS_ACTIVE_MAX)
			state = PAIR_ACTIVE;
		else if (testing++ < MONITORS_TESTING_MAX)
			state = PAIR_TESTING;
		r = write_state(db, set, s->id, &choice[i], state, now_ms);
	}
	return r;
}

int book_select_server(struct db *db, const struct pool_settings *set,
		       int64_t server_id, int64_t now_ms)
{
	struct monitors all = {0};
	struct choice *choice = NULL;
	struct server s;
	int r = server_by_id(db, server_id, &s);

	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	r = load_monitors(db, &all);
	if (r == 0 && s.deleted_ms == 0) {
		choice = xcalloc(all.n + 1, sizeof *choice);
		r = select_for(db, set, &all, &s, choice, now_ms);
	}
	free(choice);
	free(all.m);
	return r;
}

int book_select_all(struct db *db, const struct pool_settings *set,
		    int64_t now_ms)
{
	struct monitors all = {0};
	struct choice *choice;
	struct db_rows rows;
	struct server s;
	int r, end;

	r = db_begin(db);
	if (r < 0)
		return r;
	r = load_monitors(db, &all);
	choice = xcalloc(all.n + 1, sizeof *choice);
	server_ask_all(db, &rows);
	while (r >= 0 && server_next(&rows, &s))
		r = select_for(db, set, &all, &s, choice, now_ms);
	end = db_end(&rows);
	free(choice);
	free(all.m);
	if (r >= 0)
		r = end;
	if (r >= 0)
		return db_commit(db);
	db_rollback(db);
	return r;
}
