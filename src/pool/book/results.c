/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "pool/book/change.h"
#include "pool/book/clocks.h"
#include "pool/book/monitor.h"
#include "pool/book/monitor_caller.h"
#include "pool/book/scoring.h"
#include "pool/book/spot.h"
#include "pool/store/batch.h"
#include "pool/store/pair.h"
#include "pool/store/setting.h"

/*
 * Taking in a batch: one transaction, all of it or nothing.  The mark on the
 * batch is set in the same transaction, so a batch that is sent again because
 * the answer got lost is counted once.
 */

/* The majority is sought among what the monitor measured lately. */
#define PEERS_MAX 200
#define PEERS_AGE_MS (INT64_C(2) * 3600 * 1000)

struct intake {
	struct db *db;
	const struct pool_settings *set;
	const struct monitor_call *call;
	struct monitor monitor;
	uint8_t signature[SIGN_LEN];
	struct talk_results results;
	struct batch batch;
	int64_t taken;
};

/* Both lists ascend: is every result one that was asked for? */
static bool was_asked(const struct batch *b, const struct talk_results *results)
{
	const char *at = buf_text(&b->servers);
	char *end;

	for (size_t i = 0; i < results->n_result; i++) {
		long long id;

		do {
			id = strtoll(at, &end, 10);
			if (end == at)
				return false;
			at = end;
		} while (id < results->result[i].server_id);
		if (id != results->result[i].server_id)
			return false;
	}
	return true;
}

static struct time_interval interval_of(const struct measurement *m)
{
	return (struct time_interval){
		.offset_s = m->has_offset ? m->offset_s : (double)NAN,
		.root_dist_s =
			m->root_delay_s / 2 + m->root_disp_s + m->rtt_s / 2,
	};
}

/* The batch first, then what the same monitor found of other servers. */
static int mark_falsetickers(struct intake *in)
{
	struct talk_results *results = &in->results;
	size_t n = results->n_result;
	struct time_interval *t = xcalloc(n + PEERS_MAX, sizeof *t);
	struct pair_interval other;
	struct db_rows rows;
	int r;

	for (size_t i = 0; i < results->n_result; i++)
		t[i] = interval_of(&results->result[i].m);
	pair_ask_intervals(in->db, &rows, in->monitor.id,
			   in->call->now_ms - PEERS_AGE_MS, PEERS_MAX);
	while (pair_interval_next(&rows, &other)) {
		bool in_batch = false;

		for (size_t i = 0; i < results->n_result; i++)
			in_batch |=
				results->result[i].server_id == other.server_id;
		if (!in_batch)
			t[n++] = (struct time_interval){
				other.offset_s, other.root_dist_s, false};
	}
	r = db_end(&rows);
	score_falsetickers(t, n);
	for (size_t i = 0; i < results->n_result; i++)
		results->result[i].m.falseticker = t[i].falseticker;
	free(t);
	return r;
}

static int score_all(struct intake *in, struct scoring *s)
{
	int64_t given_ms = in->batch.given_ms, now_ms = in->call->now_ms;
	int r = 0;

	for (size_t i = 0; i < in->results.n_result && r >= 0; i++) {
		const struct talk_result *t = &in->results.result[i];

		if (!clock_time_ok(&t->m, given_ms, now_ms))
			continue;
		r = scoring_take(s, t);
		if (r > 0)
			in->taken++;
	}
	return r;
}

static int mark_taken(struct intake *in)
{
	uint8_t hash[BATCH_HASH_LEN];

	crypto_generichash(hash, sizeof hash, (const uint8_t *)in->call->body,
			   in->call->len, NULL, 0);
	return batch_set_taken(in->db, in->batch.id, in->call->now_ms,
			       (int64_t)in->results.n_result, hash,
			       in->signature);
}

/* What was found with a wrong clock is not shown either. */
static int take_spots(struct intake *in)
{
	int r = mark_taken(in);

	if (r <= 0)
		return r;
	for (size_t i = 0; i < in->results.n_result && r >= 0; i++) {
		const struct measurement *m = &in->results.result[i].m;
		struct spot_result found = {
			.monitor_id = in->monitor.id,
			.at_ms = m->at_ms,
			.offset_s = m->has_offset ? m->offset_s : (double)NAN,
			.rtt_s = m->rtt_s,
			.stratum = m->stratum,
			.leap = m->leap,
			.samples = m->samples,
			.lost = m->lost,
		};

		if (!in->results.clock.ok ||
		    !clock_time_ok(m, in->batch.given_ms, in->call->now_ms))
			continue;
		memcpy(found.error, m->error, sizeof found.error);
		r = spot_set_result(in->db, in->results.result[i].server_id,
				    &found);
		in->taken++;
	}
	return r < 0 ? r : 1;
}

/* Returns: 1, 0 when somebody else has just taken it, or -errno. */
static int take(struct intake *in)
{
	struct scoring s = {.db = in->db,
			    .set = in->set,
			    .monitor = &in->monitor,
			    .now_ms = in->call->now_ms};
	const struct talk_clock *clock = &in->results.clock;
	int r = mark_taken(in);

	if (r <= 0)
		return r;
	r = monitor_scorer(in->db, s.now_ms, &s.scorer_id);
	if (r >= 0)
		r = clock_judge(in->db, in->monitor.id, &in->results,
				in->batch.given_ms, s.now_ms);
	s.counts = clock->ok;
	if (r >= 0)
		r = mark_falsetickers(in);
	if (r >= 0)
		r = score_all(in, &s);
	if (r >= 0 && s.zones_changed)
		r = setting_set_int(in->db, SETTING_ZONES_CHANGED, s.now_ms);
	if (r >= 0)
		r = monitor_set_submit(in->db, in->monitor.id, s.now_ms);
	if (r >= 0)
		r = monitor_set_clock(in->db, in->monitor.id, clock->ok,
				      clock->offset_s, clock->why, s.now_ms);
	return r < 0 ? r : 1;
}

static int answer(const struct intake *in, bool again, struct buf *out)
{
	struct talk_taken m = {.taken = in->taken,
			       .again = again,
			       .counts = in->results.clock.ok};

	if (!m.counts)
		memcpy(m.why, in->results.clock.why, sizeof m.why);
	talk_put_taken(out, &m);
	return HTTP_OK;
}

static int check_batch(const struct intake *in, struct buf *out)
{
	if (in->batch.monitor_id != in->monitor.id)
		return caller_refuse(out, HTTP_CONFLICT, "unknown-batch",
				     "This monitor was not given a batch with "
				     "that name.");
	if (!was_asked(&in->batch, &in->results))
		return caller_refuse(out, HTTP_CONFLICT, "not-asked",
				     "A server is among them that this batch "
				     "does not ask for.");
	return HTTP_OK;
}

static int take_once(struct intake *in, struct buf *out)
{
	int r = db_begin(in->db);

	if (r < 0)
		return caller_later(out);
	r = in->batch.is_spot ? take_spots(in) : take(in);
	if (r > 0)
		r = db_commit(in->db) < 0 ? -EIO : 1;
	else
		db_rollback(in->db);
	if (r < 0)
		return caller_later(out);
	return answer(in, r == 0, out);
}

static int take_in(struct intake *in, struct buf *out)
{
	int r = batch_get(in->db, in->results.batch, &in->batch);
	int status;

	if (r < 0)
		return caller_later(out);
	status = check_batch(in, out);
	if (status != HTTP_OK)
		return status;
	if (in->batch.taken_ms)
		return answer(in, true, out);
	return take_once(in, out);
}

int book_api_results(struct db *db, const struct pool_settings *set,
		     const struct monitor_call *call, struct buf *out)
{
	char sentence[256];
	struct text why = text_init(sentence, sizeof sentence);
	struct intake in = {.db = db, .set = set, .call = call};
	int status = caller_check(db, call, SIGN_RESULTS, &in.monitor,
				  in.signature, out);

	if (status != HTTP_OK)
		return status;
	if (talk_get_results(call->body, call->len, &in.results, &why) < 0)
		return caller_refuse(out, HTTP_BAD, "bad-body", sentence);
	if (in.results.monitor_id != in.monitor.id)
		status = caller_refuse(out, HTTP_BAD, "bad-body",
				       "monitor: is not who has signed");
	else
		status = take_in(&in, out);
	buf_done(&in.batch.servers);
	talk_results_done(&in.results);
	return status;
}
