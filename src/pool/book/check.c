/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/check.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "pool/book/replay.h"
#include "pool/store/db_check.h"
#include "pool/store/server.h"
#include "pool/zone/snapshot.h"

/* A snapshot is written every period, and late when a machine is busy. */
#define LATE_PERIODS 10

const char *check_state_name(enum check_state state)
{
	static const char *const names[] = {"good", "doubtful", "bad"};

	return names[state];
}

PRINTF_LIKE(3, 4)
static void judge(struct check *c, enum check_state state, const char *fmt, ...)
{
	va_list ap;

	c->state = state;
	va_start(ap, fmt);
	vsnprintf(c->text, sizeof c->text, fmt, ap);
	va_end(ap);
}

/* --- the database ------------------------------------------------------------ */

static const struct {
	const char *name;
	int (*check)(struct db *db, struct db_check *out);
	const char *seen; /* of what so many were looked at */
} database[] = {
	{"database", db_check_engine, "questions to the engine"},
	{"rows", db_check_rows, "rows read"},
	{"schema", db_check_schema, "tables as this program makes them"},
	{"references", db_check_references, "kinds of references"},
	{"scores", db_check_scores, "scores as the log's last rows have them"},
};
#define DATABASE (sizeof database / sizeof *database)

static int check_database(struct db *db, struct check out[DATABASE])
{
	struct db_check c;
	int r = 0;

	for (size_t i = 0; i < DATABASE && r == 0; i++) {
		r = database[i].check(db, &c);
		out[i].name = database[i].name;
		if (c.found > 0)
			judge(&out[i], CHECK_BAD, "%" PRId64 " wrong: %s",
			      c.found, c.first);
		else
			judge(&out[i], CHECK_GOOD, "%" PRId64 " %s", c.seen,
			      database[i].seen);
	}
	return r;
}

/* --- scores ------------------------------------------------------------------- */

struct sample {
	int64_t *id; /* of servers */
	size_t n, all;
};

/* Every n-th server from a random one on, so that another run sees others. */
static int choose(struct db *db, unsigned want, struct sample *s)
{
	struct server server;
	struct db_rows rows;
	size_t cap = 0, first;
	int64_t *id = NULL;
	int r;

	*s = (struct sample){0};
	server_ask_all(db, &rows);
	while (server_next(&rows, &server)) {
		id = array_grow(id, s->all, &cap, sizeof *id);
		id[s->all++] = server.id;
	}
	r = db_end(&rows);
	s->n = want < s->all ? want : s->all;
	s->id = xcalloc(s->n + 1, sizeof *s->id);
	first = s->all ? randombytes_uniform((uint32_t)s->all) : 0;
	for (size_t i = 0; i < s->n; i++)
		s->id[i] = id[(first + i * s->all / s->n) % s->all];
	free(id);
	return r;
}

static int check_replay(struct db *db, const struct sample *s,
			struct check *out)
{
	struct replay result, sum = {0};
	char line[200] = "";
	int r = 0;

	out->name = "replay";
	for (size_t i = 0; i < s->n && r == 0; i++) {
		FILE *to = fmemopen(line, sizeof line, "w");

		r = book_replay_server(db, s->id[i], sum.wrong ? NULL : to, 1,
				       &result);
		if (to)
			fclose(to);
		sum.rows += result.rows;
		sum.wrong += result.wrong;
		if (sum.wrong)
			break;
	}
	line[strcspn(line, "\n")] = '\0';
	if (sum.wrong)
		judge(out, CHECK_BAD, "%s", line);
	else
		judge(out, CHECK_GOOD,
		      "%" PRIu64 " rows of %zu of %zu servers, the same to the "
		      "last digit",
		      sum.rows, s->n, s->all);
	return r;
}

/* --- what pooldns serves -------------------------------------------------------- */

static void judge_snapshot(const struct pool_settings *set,
			   const struct snapshot *s, bool signature,
			   int64_t now_ms, struct check *out)
{
	int64_t age_s = (now_ms - s->head->built_ms) / 1000;
	bool late = age_s > LATE_PERIODS * (int64_t)set->snapshot_period_s;

	judge(out, late || !signature ? CHECK_DOUBTFUL : CHECK_GOOD,
	      "%zu IPv4 and %zu IPv6 addresses, %" PRId64 " s old%s, %s",
	      s->n_addr4, s->n_addr6, age_s, late ? ": nobody renews it" : "",
	      signature ? "signature good" : "no key to check it with");
}

static void check_snapshot(const struct pool_settings *set, int64_t now_ms,
			   struct check *out)
{
	uint8_t public[SNAPSHOT_PUBLIC_LEN];
	bool has_key = snapshot_public_read(set->snapshot_public, public) == 0;
	struct snapshot_trust trust = {.public = has_key ? public : NULL,
				       .now_ms = now_ms};
	char why[256] = "";
	struct text t = text_init(why, sizeof why);
	struct snapshot s;
	void *data;
	int r = snapshot_read(set->snapshot, &trust, &data, &s, &t);

	out->name = "snapshot";
	if (r == 0) {
		judge_snapshot(set, &s, has_key, now_ms, out);
		free(data);
	} else {
		judge(out, r == -ENOENT ? CHECK_DOUBTFUL : CHECK_BAD, "%s: %s",
		      set->snapshot, *why ? why : strerror(-r));
	}
}

int book_check(struct db *db, const struct pool_settings *set, int64_t now_ms,
	       unsigned servers, struct check out[BOOK_CHECKS])
{
	struct sample sample = {0};
	int r = check_database(db, out);

	static_assert(BOOK_CHECKS == DATABASE + 2, "replay and snapshot");
	if (r == 0)
		r = choose(db, servers, &sample);
	if (r == 0)
		r = check_replay(db, &sample, &out[DATABASE]);
	free(sample.id);
	if (r == 0)
		check_snapshot(set, now_ms, &out[DATABASE + 1]);
	return r;
}
