/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/score/score.h"

/* Whose word counts, and for how long. */
struct window {
	int64_t ms;
	bool counts[4]; /* by enum pair_state */
};

/* clang-format off */
static const struct window windows[] = {
	{1200 * 1000, {[PAIR_ACTIVE] = true}},
	{2700 * 1000, {[PAIR_ACTIVE] = true, [PAIR_TESTING] = true}},
	{7200 * 1000, {[PAIR_TESTING] = true, [PAIR_CANDIDATE] = true}},
};
/* clang-format on */

static bool is_within(const struct window *w, const struct monitor_score *s,
		      int64_t now_ms)
{
	return w->counts[s->state] && s->at_ms <= now_ms &&
	       s->at_ms >= now_ms - w->ms;
}

typedef bool (*precedes_fn)(const struct monitor_score *a,
			    const struct monitor_score *b);

static bool is_older(const struct monitor_score *a,
		     const struct monitor_score *b)
{
	if (a->at_ms != b->at_ms)
		return a->at_ms < b->at_ms;
	return a->monitor_id < b->monitor_id;
}

static bool is_lower(const struct monitor_score *a,
		     const struct monitor_score *b)
{
	if (a->score < b->score || a->score > b->score)
		return a->score < b->score;
	if (a->rtt_s < b->rtt_s || a->rtt_s > b->rtt_s)
		return a->rtt_s < b->rtt_s;
	return is_older(a, b);
}

/*
 * The one that has exactly `rank` others before it.  Quadratic, which for the
 * monitors of one server costs less than a sorted copy.
 */
static const struct monitor_score *pick(const struct monitor_score *scores,
					size_t n, const struct window *w,
					int64_t now_ms, size_t rank,
					precedes_fn precedes)
{
	for (size_t i = 0; i < n; i++) {
		size_t before = 0;

		if (!is_within(w, &scores[i], now_ms))
			continue;
		for (size_t j = 0; j < n; j++)
			before += is_within(w, &scores[j], now_ms) &&
				  precedes(&scores[j], &scores[i]);
		if (before == rank)
			return &scores[i];
	}
	return NULL;
}

bool score_median(const struct monitor_score *scores, size_t n, int64_t now_ms,
		  struct monitor_score *out)
{
	for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
		const struct window *w = &windows[i];
		const struct monitor_score *found;
		size_t voices = 0;

		for (size_t k = 0; k < n; k++)
			voices += is_within(w, &scores[k], now_ms);
		if (voices == 0)
			continue;
		found = voices < 3 ? pick(scores, n, w, now_ms, 0, is_older)
				   : pick(scores, n, w, now_ms,
					  (voices - 1) / 2, is_lower);
		if (!found)
			return false; /* a score was no number */
		*out = *found;
		return true;
	}
	return false;
}
