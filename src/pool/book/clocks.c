/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/clocks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "pool/store/pair.h"

#define WITNESS_AGE_MS (INT64_C(2700) * 1000)
#define WITNESSES_MAX 32

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

static int judge_by_others(struct db *db, int64_t monitor_id,
			   struct talk_results *results, int64_t now_ms)
{
	double *apart_s = xcalloc(results->n_result + 1, sizeof *apart_s);
	double theirs_s = 0, apart;
	size_t n = 0;
	int r = 0;

	for (size_t i = 0; i < results->n_result && r >= 0; i++) {
		const struct talk_result *t = &results->result[i];

		if (!t->m.has_offset)
			continue;
		r = where_others_see(db, t->server_id, monitor_id, now_ms,
				     &theirs_s);
		if (r > 0)
			apart_s[n++] = t->m.offset_s - theirs_s;
	}
	if (r >= 0 && n >= CLOCK_WITNESS_SERVERS) {
		apart = median(apart_s, n);
		if (fabs(apart) > CLOCK_AGREE_S) {
			results->clock.ok = false;
			results->clock.offset_s = apart;
			snprintf(results->clock.why, sizeof results->clock.why,
				 "sees %zu servers %+.3f s away from where "
				 "the other monitors see them",
				 n, apart);
		}
	}
	free(apart_s);
	return r < 0 ? r : 0;
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
