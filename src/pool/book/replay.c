/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/replay.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "pool/book/scoring.h"
#include "pool/store/log.h"

/* The log of one server, and how far each of its monitors has come. */
struct history {
	struct log_row *row;
	size_t n, cap;
	struct monitor_score *voice; /* the last word of each monitor */
	size_t n_voice, voice_cap;
	bool whole; /* nothing has been dropped: scores start from 0 */

	FILE *out;
	unsigned lines;
	struct replay *result;
};

/* The median comes after the row that it was taken for. */
static int compare_rows(const void *a, const void *b)
{
	const struct log_row *x = a, *y = b;
	bool x_median = strcmp(x->rule, LOG_RULE_MEDIAN) == 0;
	bool y_median = strcmp(y->rule, LOG_RULE_MEDIAN) == 0;

	if (x->taken_ms != y->taken_ms)
		return x->taken_ms < y->taken_ms ? -1 : 1;
	return x_median - y_median;
}

static bool is_same(double a, double b)
{
	uint64_t x, y;

	memcpy(&x, &a, sizeof x);
	memcpy(&y, &b, sizeof y);
	return x == y;
}

static void compare(struct history *h, const struct log_row *row,
		    const char *what, double written, double computed)
{
	/* 0 and -0 are one number to a database. */
	if (is_same(written + 0.0, computed + 0.0))
		return;
	h->result->wrong++;
	if (!h->out || h->lines == 0)
		return;
	h->lines--;
	fprintf(h->out,
		"server %" PRId64 " monitor %" PRId64 " at %" PRId64
		" ms: %s is %.17g, should be %.17g\n",
		row->server_id, row->monitor_id, row->at_ms, what, written,
		computed);
}

static struct monitor_score *voice_of(struct history *h, int64_t monitor_id)
{
	for (size_t i = 0; i < h->n_voice; i++)
		if (h->voice[i].monitor_id == monitor_id)
			return &h->voice[i];
	return NULL;
}

static struct monitor_score *add_voice(struct history *h, int64_t monitor_id)
{
	h->voice = array_grow(h->voice, h->n_voice, &h->voice_cap,
			      sizeof *h->voice);
	h->voice[h->n_voice] = (struct monitor_score){.monitor_id = monitor_id,
						      .at_ms = INT64_MIN};
	return &h->voice[h->n_voice++];
}

static struct score_step judge(const struct log_row *row)
{
	bool is_strict = strcmp(row->profile, "strict") == 0;
	struct measurement m;

	scoring_measurement(row, &m);
	return score_judge(is_strict ? PROFILE_STRICT : PROFILE_CLASSIC, &m);
}

static void replay_row(struct history *h, const struct log_row *row)
{
	struct monitor_score *v = voice_of(h, row->monitor_id);
	bool known = v || h->whole;
	struct score_step step = judge(row);
	double score;

	if (!v)
		v = add_voice(h, row->monitor_id);
	compare(h, row, "step", row->step, step.step);
	if (strcmp(row->rule, score_rule_name(step.rule)) != 0)
		compare(h, row, "rule", (double)NAN, step.step);
	score = row->counts ? score_apply(v->score, &step) : v->score;
	if (known)
		compare(h, row, "score", row->score, score);
	v->score = row->score;
	/* See pair_mute(): what it said before has no voice now. */
	v->at_ms = row->counts ? row->at_ms : INT64_MIN;
	if (!row->counts)
		return;
	v->state = (enum pair_state)row->voice;
	v->step = row->step;
	v->rtt_s = isnan(row->rtt_s) ? 0 : row->rtt_s;
}

static void replay_median(struct history *h, const struct log_row *row)
{
	struct monitor_score median;

	h->result->medians++;
	if (!h->whole)
		return;
	if (!score_median(h->voice, h->n_voice, row->at_ms, &median)) {
		compare(h, row, "median", row->score, (double)NAN);
		return;
	}
	compare(h, row, "median", row->score, median.score);
	compare(h, row, "step", row->step, median.step);
}

/* A score that starts from 0 has its whole history in the log; at a cap it may
 * have come from anywhere. */
static bool starts_from_zero(const struct log_row *row)
{
	struct score_step step = judge(row);

	if (row->counts && step.capped)
		return false;
	return is_same(row->score, row->counts ? score_apply(0, &step) : 0);
}

static void replay_server(struct history *h)
{
	if (h->n == 0)
		return;
	qsort(h->row, h->n, sizeof *h->row, compare_rows);
	h->whole = starts_from_zero(&h->row[0]);
	h->n_voice = 0;
	h->result->servers++;
	for (size_t i = 0; i < h->n; i++) {
		h->result->rows++;
		if (strcmp(h->row[i].rule, LOG_RULE_MEDIAN) == 0)
			replay_median(h, &h->row[i]);
		else
			replay_row(h, &h->row[i]);
	}
	h->n = 0;
}

/* All the rows of a query, which come server by server. */
static int replay_rows(struct db_rows *rows, FILE *out, unsigned lines,
		       struct replay *result)
{
	struct history h = {.out = out, .lines = lines, .result = result};
	struct log_row row;
	int r;

	*result = (struct replay){0};
	while (log_next(rows, &row)) {
		if (h.n > 0 && h.row[0].server_id != row.server_id)
			replay_server(&h);
		h.row = array_grow(h.row, h.n, &h.cap, sizeof *h.row);
		h.row[h.n++] = row;
	}
	r = db_end(rows);
	replay_server(&h);
	free(h.row);
	free(h.voice);
	return r;
}

int book_replay(struct db *db, FILE *out, unsigned lines, struct replay *result)
{
	struct db_rows rows;

	log_ask_replay(db, &rows);
	return replay_rows(&rows, out, lines, result);
}

int book_replay_server(struct db *db, int64_t server_id, FILE *out,
		       unsigned lines, struct replay *result)
{
	struct db_rows rows;

	log_ask_replay_server(db, &rows, server_id);
	return replay_rows(&rows, out, lines, result);
}
