/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/clocks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "pool/store/history.h"
#include "pool/store/pair.h"

#define WITNESS_AGE_MS (INT64_C(2700) * 1000)
#define WITNESSES_MAX 32
#define SIGHTS_MAX 16 /* servers that are enough for a judgement */

bool clock_time_ok(const struct measurement *m, int64_t given_ms,
		   int64_t now_ms)
{
	return m->at_ms >= given_ms - CLOCK_SKEW_MAX_MS &&
	       m->at_ms <= now_ms + CLOCK_SKEW_MAX_MS;
}

static int compare_reals(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double median(double *v, size_t n)
{
	qsort(v, n, sizeof *v, compare_reals);
	return v[(n - 1) / 2];
}

/* Where the other monitors see this server.  1 with *out, 0: too few, -errno. */
static int where_others_see(struct db *db, int64_t server_id,
			    int64_t monitor_id, int64_t now_ms, double *out)
{
	double offset_s[WITNESSES_MAX];
	struct pair_voice v;
	struct db_rows rows;
	size_t n = 0;
	int r;

	pair_ask_voices(db, &rows, server_id, now_ms - WITNESS_AGE_MS);
	while (n < WITNESSES_MAX && pair_voice_next(&rows, &v))
		if (v.monitor_id != monitor_id && !isnan(v.offset_s))
			offset_s[n++] = v.offset_s;
	r = db_end(&rows);
	if (r < 0 || n < CLOCK_WITNESS_MONITORS)
		return r;
	*out = median(offset_s, n);
	return 1;
}

/* Where this monitor saw servers last, one entry each. */
struct sights {
	struct {
		int64_t server_id;
		double offset_s;
	} list[SIGHTS_MAX];
	size_t n;
};

static void add_sight(struct sights *s, int64_t server_id, double offset_s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->list[i].server_id == server_id)
			return; /* the newer one is there */
	if (s->n == SIGHTS_MAX)
		return;
	s->list[s->n].server_id = server_id;
	s->list[s->n++].offset_s = offset_s;
}

/*
 * What it has just measured, and before: the batches of a small pool hold one
 * or two servers.  What did not count belongs to it, or a wrong clock would be
 * forgotten as soon as it was found.
 */
static int gather(struct db *db, int64_t monitor_id,
		  const struct talk_results *results, int64_t now_ms,
		  struct sights *s)
{
	struct db_rows rows;
	double offset_s;
	int64_t id;

	s->n = 0;
	for (size_t i = 0; i < results->n_result; i++)
		if (results->result[i].m.has_offset)
			add_sight(s, results->result[i].server_id,
				  results->result[i].m.offset_s);
	if (s->n == 0 || s->n == SIGHTS_MAX)
		return 0;
	history_ask_seen(db, &rows, monitor_id, now_ms - WITNESS_AGE_MS,
			 4 * SIGHTS_MAX);
	while (history_seen_next(&rows, &id, &offset_s))
		add_sight(s, id, offset_s);
	return db_end(&rows);
}

static int judge_by_others(struct db *db, int64_t monitor_id,
			   struct talk_results *results, int64_t now_ms)
{
	double apart_s[SIGHTS_MAX], theirs_s = 0, apart;
	struct sights s;
	size_t n = 0;
	int r = gather(db, monitor_id, results, now_ms, &s);

	for (size_t i = 0; i < s.n && r >= 0; i++) {
		r = where_others_see(db, s.list[i].server_id, monitor_id,
				     now_ms, &theirs_s);
		if (r > 0)
			apart_s[n++] = s.list[i].offset_s - theirs_s;
	}
	if (r < 0 || n < CLOCK_WITNESS_SERVERS)
		return r < 0 ? r : 0;
	apart = median(apart_s, n);
	if (fabs(apart) <= CLOCK_AGREE_S)
		return 0;
	results->clock.ok = false;
	results->clock.offset_s = apart;
	snprintf(results->clock.why, sizeof results->clock.why,
		 "sees %zu servers %+.3f s away from where the other monitors "
		 "see them",
		 n, apart);
	return 0;
}

int clock_judge(struct db *db, int64_t monitor_id, struct talk_results *results,
		int64_t given_ms, int64_t now_ms)
{
	if (!results->clock.ok)
		return 0;
	for (size_t i = 0; i < results->n_result; i++) {
		if (clock_time_ok(&results->result[i].m, given_ms, now_ms))
			continue;
		results->clock.ok = false;
		snprintf(results->clock.why, sizeof results->clock.why,
			 "sent a measurement from outside the time between "
			 "asking and answering");
		return 0;
	}
	return judge_by_others(db, monitor_id, results, now_ms);
}
