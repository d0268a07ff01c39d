/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "pool/book/monitor.h"
#include "pool/book/monitor_caller.h"
#include "pool/book/spot.h"
#include "pool/store/batch.h"
#include "pool/store/pair.h"
#include "pool/talk/talk.h"

/*
 * What a monitor is to measure, and when: every pair has its own next time, and
 * who asks gets what is due.  The times are spread at random around the period,
 * so that the monitors do not march in step.
 */

#define SLOW_SCORE (-90.0) /* a server that has been dead for hours */
#define JITTER 0.1         /* share of the period, to either side */
#define WAIT_MIN_S 0.5
#define WAIT_MAX_S 5.0 /* so long somebody who wants a spot check waits */
#define CLOCK_APART_MAX_S 300.0 /* between a monitor and poold */

static double period_s(const struct pool_settings *set, const struct monitor *m,
		       const struct pair_due *due)
{
	bool is_slow = due->score <= SLOW_SCORE;

	if (due->state == PAIR_ACTIVE && m->state == MONITOR_ACTIVE && !is_slow)
		return set->check_active_s;
	if (due->state >= PAIR_TESTING && !is_slow)
		return set->check_testing_s;
	return set->check_candidate_s;
}

static int64_t next_ms(double period, int64_t now_ms)
{
	double u = randombytes_random() / (double)UINT32_MAX; /* 0 to 1 */

	return now_ms + llround(1000 * period * (1 + JITTER * (2 * u - 1)));
}

static void new_batch_id(char id[BATCH_ID_LEN], int64_t now_ms)
{
	uint64_t random[2];

	randombytes_buf(random, sizeof random);
	snprintf(id, BATCH_ID_LEN, "%012llx%04x%016llx",
		 (unsigned long long)now_ms & 0xFFFFFFFFFFFF,
		 (unsigned)(random[0] & 0xFFFF), (unsigned long long)random[1]);
}

/* What is due, as the monitor gets it; each is told when it comes again. */
static int hand_out(struct db *db, const struct pool_settings *set,
		    const struct monitor *m, const struct talk_ask *ask,
		    int64_t now_ms, struct talk_work *work)
{
	struct pair_due *due = xcalloc(set->batch, sizeof *due);
	struct db_rows rows;
	size_t n = 0;
	int r;

	pair_ask_due(db, &rows, m->id, ask->families, now_ms, set->batch);
	while (n < set->batch && pair_due_next(&rows, &due[n]))
		n++;
	r = db_end(&rows);
	for (size_t i = 0; i < n && r >= 0; i++) {
		struct talk_server *s = &work->server[work->n_server];

		r = pair_set_given(db, due[i].server_id, m->id, now_ms,
				   next_ms(period_s(set, m, &due[i]), now_ms));
		if (net_addr_parse(due[i].address, &s->addr) < 0)
			continue;
		s->server_id = due[i].server_id;
		s->addr.port = due[i].port;
		work->n_server++;
	}
	free(due);
	return r;
}

/* Spot checks come first, in a batch of their own: they are not scored. */
static int hand_out_spots(struct db *db, const struct pool_settings *set,
			  const struct monitor *m, const struct talk_ask *ask,
			  int64_t now_ms, struct talk_work *work)
{
	struct db_rows rows;
	struct spot spot;
	int r;

	work->server = xcalloc(set->batch, sizeof *work->server);
	spot_ask_due(db, &rows, m->id, ask->families, now_ms - SPOT_DUE_MS,
		     set->batch);
	while (spot_next(&rows, &spot)) {
		struct talk_server *s = &work->server[work->n_server];

		if (net_addr_parse(spot.address, &s->addr) < 0)
			continue;
		s->server_id = spot.id;
		s->addr.port = spot.port;
		work->n_server++;
	}
	r = db_end(&rows);
	for (size_t i = 0; i < work->n_server && r >= 0; i++)
		r = spot_set_given(db, work->server[i].server_id, m->id,
				   now_ms);
	return r;
}

static int compare_ids(const void *a, const void *b)
{
	const struct talk_server *x = a, *y = b;

	return (x->server_id > y->server_id) - (x->server_id < y->server_id);
}

/* The list is kept: nothing that was not asked is taken in later. */
static int write_batch(struct db *db, int64_t monitor_id, int64_t now_ms,
		       bool is_spot, struct talk_work *work)
{
	struct batch b = {.monitor_id = monitor_id,
			  .given_ms = now_ms,
			  .is_spot = is_spot};
	int r;

	if (work->n_server == 0)
		return 0;
	new_batch_id(b.id, now_ms);
	memcpy(work->batch, b.id, sizeof work->batch);
	qsort(work->server, work->n_server, sizeof *work->server, compare_ids);
	for (size_t i = 0; i < work->n_server; i++)
		buf_printf(&b.servers, "%s%lld", i ? " " : "",
			   (long long)work->server[i].server_id);
	r = batch_insert(db, &b);
	buf_done(&b.servers);
	return r;
}

/* A full batch: there may be more at once. */
static int set_wait(struct db *db, const struct pool_settings *set,
		    const struct monitor *m, const struct talk_ask *ask,
		    int64_t now_ms, struct talk_work *work)
{
	int64_t due_ms = 0;
	int r;

	work->wait_s = WAIT_MAX_S;
	if (!ask->clock.ok)
		return 0;
	r = pair_first_due(db, m->id, ask->families, &due_ms);
	if (r > 0)
		work->wait_s =
			fmin((double)(due_ms - now_ms) / 1000, WAIT_MAX_S);
	if (work->n_server < set->batch)
		work->wait_s = fmax(work->wait_s, WAIT_MIN_S);
	work->wait_s = fmax(work->wait_s, 0);
	return r;
}

/* Its own word, and what poold sees: both have to say that the clock is right. */
static void check_clock(struct talk_ask *ask, int64_t now_ms)
{
	double apart_s = (double)(ask->at_ms - now_ms) / 1000;

	if (fabs(apart_s) <= CLOCK_APART_MAX_S)
		return;
	ask->clock.ok = false;
	ask->clock.offset_s = -apart_s;
	snprintf(ask->clock.why, sizeof ask->clock.why,
		 "%+.0f s away from the clock of poold", apart_s);
}

static int plan(struct db *db, const struct pool_settings *set,
		const struct monitor_call *call, const struct monitor *m,
		const struct talk_ask *ask, struct talk_work *work)
{
	bool is_spot = false;
	int r = db_begin(db);

	if (r < 0)
		return r;
	r = monitor_set_seen(db, m->id, call->now_ms, call->address,
			     ask->version, ask->families);
	if (r >= 0)
		r = monitor_set_clock(db, m->id, ask->clock.ok,
				      ask->clock.offset_s, ask->clock.why,
				      call->now_ms);
	if (r >= 0 && ask->clock.ok)
		r = hand_out_spots(db, set, m, ask, call->now_ms, work);
	is_spot = work->n_server > 0;
	if (r >= 0 && ask->clock.ok && !is_spot)
		r = hand_out(db, set, m, ask, call->now_ms, work);
	if (r >= 0)
		r = write_batch(db, m->id, call->now_ms, is_spot, work);
	if (r >= 0 && !is_spot) /* else it comes again at once */
		r = set_wait(db, set, m, ask, call->now_ms, work);
	if (r >= 0)
		return db_commit(db);
	db_rollback(db);
	return r;
}

int book_api_work(struct db *db, const struct pool_settings *set,
		  const struct monitor_call *call, struct buf *out)
{
	char sentence[256];
	struct text why = text_init(sentence, sizeof sentence);
	struct talk_work work = {.samples = set->samples,
				 .gap_s = set->sample_gap_s,
				 .timeout_s = set->sample_timeout_s};
	uint8_t signature[SIGN_LEN];
	struct talk_ask ask;
	struct monitor m;
	int status = caller_check(db, call, SIGN_WORK, &m, signature, out);

	if (status != HTTP_OK)
		return status;
	if (talk_get_ask(call->body, call->len, &ask, &why) < 0)
		return caller_refuse(out, HTTP_BAD, "bad-body", sentence);
	if (ask.monitor_id != m.id)
		return caller_refuse(out, HTTP_BAD, "bad-body",
				     "monitor: is not who has signed");
	check_clock(&ask, call->now_ms);
	if (plan(db, set, call, &m, &ask, &work) < 0)
		status = caller_later(out);
	else
		talk_put_work(out, &work);
	talk_work_done(&work);
	return status;
}
