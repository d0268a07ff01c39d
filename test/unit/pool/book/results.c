/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/monitor_api.h"

#include "near.h"
#include "pool/book/change.h"
#include "pool/score/score.h"
#include "pool/store/setting.h"
#include "pool_monitor.h"

#define PERIOD_MS (INT64_C(600) * 1000)

static int64_t count_log(struct db *db, int counts)
{
	int64_t n = -1;

	assert_int_equal(db_one_int(db, &n,
				    "SELECT count(*) FROM log WHERE"
				    " rule <> 'median' AND counts = $1",
				    DB(db_int(counts))),
			 1);
	return n;
}

/* Everything due is handed out once a period, spread by a tenth. */
static void work(void **state)
{
	struct book_world *w = *state;
	struct fake_monitor m;
	int64_t now = T0 + 60000, server[3];
	struct pair p;

	for (int i = 0; i < 3; i++) {
		char address[32];

		snprintf(address, sizeof address, "192.0.2.%d", i + 1);
		server[i] = add_server(w->db, w->account, address);
	}
	add_monitor(w, &m, "m1", T0);
	assert_int_equal(ask_work(w, &m, now), 200);
	assert_int_equal(m.work.n_server, 3);
	assert_int_equal(m.work.samples, 3);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(m.work.server[i].server_id, server[i]);
		assert_int_equal(m.work.server[i].addr.port, 123);
		assert_int_equal(pair_get(w->db, server[i], m.id, &p), 1);
		assert_near((double)(p.next_ms - now), 540e3, 54e3);
		assert_int_equal(p.given_ms, now);
	}
	assert_near(m.work.wait_s, 5, 0);
	assert_int_equal(ask_work(w, &m, now + 1000), 200);
	assert_int_equal(m.work.n_server, 0);
	assert_string_equal(m.work.batch, "");

	/* in batches of two there is more at once */
	w->set->batch = 2;
	now += PERIOD_MS;
	assert_int_equal(ask_work(w, &m, now), 200);
	assert_int_equal(m.work.n_server, 2);
	assert_near(m.work.wait_s, 0, 0);
	assert_int_equal(ask_work(w, &m, now), 200);
	assert_int_equal(m.work.n_server, 1);
	drop_monitors(&m, 1);
}

static void who_speaks(void **state)
{
	struct book_world *w = *state;
	struct fake_monitor m[2], forged;
	struct buf body = {0}, out = {0};
	struct monitor_call call = {.address = "", .now_ms = T0};

	add_monitor(w, &m[0], "m1", T0);
	add_monitor(w, &m[1], "m2", T0);
	assert_int_equal(ask_work(w, &m[0], T0), 200);

	/* with another one's number, with its own number in the body */
	forged = m[0];
	forged.work = (struct talk_work){0};
	forged.id = m[1].id;
	assert_int_equal(ask_work(w, &forged, T0), 401);
	forged.id = 77;
	assert_int_equal(ask_work(w, &forged, T0), 401);
	call.body = "{}";
	call.len = 2;
	assert_int_equal(book_api_work(w->db, w->set, &call, &out), 401);
	call.monitor = "1; DROP TABLE";
	assert_int_equal(book_api_work(w->db, w->set, &call, &out), 401);

	/* a signature for work is none for results */
	buf_printf(&body, "{}");
	assert_int_equal(call_signed(w, &m[0], book_api_results, SIGN_WORK,
				     &body, T0, &out),
			 401);
	assert_int_equal(call_signed(w, &m[0], book_api_results, SIGN_RESULTS,
				     &body, T0, &out),
			 400);
	buf_done(&body);

	/* 10 MB */
	body.data = calloc(1, 10 << 20);
	body.len = 10 << 20;
	assert_int_equal(call_signed(w, &m[0], book_api_results, SIGN_RESULTS,
				     &body, T0, &out),
			 413);
	buf_done(&body);
	buf_done(&out);
	drop_monitors(m, 2);
}

/* 14 good checks lead from 0 into the pool. */
static void climbing(void **state)
{
	struct book_world *w = *state;
	struct fake_monitor m;
	double offset_s = 0.001;
	struct server s;
	int64_t id = add_server(w->db, w->account, "192.0.2.1");
	int64_t now = T0 + 60000, changed;

	add_monitor(w, &m, "m1", T0);
	now = rounds(w, &m, &offset_s, 1, 13, now, PERIOD_MS);
	s = get_server(w->db, id);
	assert_true(s.score < 10);
	assert_true(s.out_since_ms > 0);
	assert_int_equal(
		setting_get_int(w->db, SETTING_ZONES_CHANGED, &changed), 0);
	assert_int_equal(changed, 0);
	rounds(w, &m, &offset_s, 1, 1, now, PERIOD_MS);
	s = get_server(w->db, id);
	assert_near(s.score, 10.2465, 5e-5);
	assert_near(s.strict_score, 10.2465, 5e-5);
	assert_int_equal(s.out_since_ms, 0);
	assert_int_equal(s.stratum, 2);
	assert_int_equal(s.score_ms, now + 100);
	assert_int_equal(
		setting_get_int(w->db, SETTING_ZONES_CHANGED, &changed), 0);
	assert_int_equal(changed, now + 100);
	assert_int_equal(count_log(w->db, 1), 14);
	assert_int_equal(count_rows(w->db, "SELECT count(*) FROM log WHERE"
					   " rule = 'median'"),
			 14);
	assert_int_equal(count_rows(w->db, "SELECT count(*) FROM sample"), 14);
	drop_monitors(&m, 1);
}

static void sent_twice_is_counted_once(void **state)
{
	struct book_world *w = *state;
	struct fake_monitor m;
	struct talk_result r;
	struct buf out = {0};
	int64_t id = add_server(w->db, w->account, "192.0.2.1");
	int64_t now = T0 + 60000;

	add_monitor(w, &m, "m1", T0);
	assert_int_equal(ask_work(w, &m, now), 200);
	r = good_result(id, now, 0);
	assert_int_equal(send_results(w, &m, m.work.batch, &r, 1, now, &out),
			 200);
	assert_string_equal(buf_text(&out),
			    "{\"taken\":1,\"again\":false,\"counts\":true,"
			    "\"why\":\"\"}");
	buf_done(&out);
	assert_int_equal(
		send_results(w, &m, m.work.batch, &r, 1, now + 5000, &out),
		200);
	assert_string_equal(buf_text(&out),
			    "{\"taken\":0,\"again\":true,\"counts\":true,"
			    "\"why\":\"\"}");
	buf_done(&out);
	assert_int_equal(count_log(w->db, 1), 1);
	assert_near(get_server(w->db, id).score, 1, 0);
	drop_monitors(&m, 1);
}

static void only_what_was_asked(void **state)
{
	struct book_world *w = *state;
	struct fake_monitor m[2];
	struct talk_result r[2];
	struct buf out = {0};
	int64_t now = T0 + 60000,
		id = add_server(w->db, w->account, "192.0.2.1");
	int64_t other;

	add_monitor(w, &m[0], "m1", T0);
	add_monitor(w, &m[1], "m2", T0);
	assert_int_equal(ask_work(w, &m[0], now), 200);
	other = add_server(w->db, w->account, "192.0.2.2");
	r[0] = good_result(id, now, 0);
	r[1] = good_result(other, now, 0);
	/* a server that was not in it, one that does not exist */
	assert_int_equal(
		send_results(w, &m[0], m[0].work.batch, r, 2, now, &out), 409);
	r[1].server_id = 12345;
	assert_int_equal(
		send_results(w, &m[0], m[0].work.batch, r, 2, now, &out), 409);
	/* another monitor's batch, one that never was */
	assert_int_equal(
		send_results(w, &m[1], m[0].work.batch, r, 1, now, &out), 409);
	assert_int_equal(send_results(w, &m[0], "deadbeef", r, 1, now, &out),
			 409);
	assert_int_equal(count_log(w->db, 1), 0);
	/* nothing of that has spoilt it */
	assert_int_equal(
		send_results(w, &m[0], m[0].work.batch, r, 1, now, &out), 200);
	assert_int_equal(count_log(w->db, 1), 1);
	buf_done(&out);
	drop_monitors(m, 2);
}

/* It says itself that its clock is wrong: logged, scored nowhere, and shown. */
static void a_wrong_clock_counts_nowhere(void **state)
{
	struct book_world *w = *state;
	struct fake_monitor m;
	struct talk_result r;
	struct buf out = {0};
	struct monitor got;
	int64_t now = T0 + 60000,
		id = add_server(w->db, w->account, "192.0.2.1");

	add_monitor(w, &m, "m1", T0);
	assert_int_equal(ask_work(w, &m, now), 200);
	r = good_result(id, now, 5);
	m.clock_ok = false;
	assert_int_equal(send_results(w, &m, m.work.batch, &r, 1, now, &out),
			 200);
	assert_int_equal(count_log(w->db, 0), 1);
	assert_int_equal(count_log(w->db, 1), 0);
	assert_int_equal(get_server(w->db, id).score_ms, 0);
	assert_near(get_server(w->db, id).score, 0, 0);
	assert_int_equal(monitor_by_id(w->db, m.id, &got), 1);
	assert_int_equal(got.clock_ok, 0);

	/* and it gets no work until it is right again */
	assert_int_equal(ask_work(w, &m, now + PERIOD_MS), 200);
	assert_int_equal(m.work.n_server, 0);
	m.clock_ok = true;
	assert_int_equal(ask_work(w, &m, now + PERIOD_MS), 200);
	assert_int_equal(m.work.n_server, 1);
	buf_done(&out);
	drop_monitors(&m, 1);
}

/* Times before it was asked, and times that have not come yet. */
static void impossible_times(void **state)
{
	struct book_world *w = *state;
	struct fake_monitor m;
	struct talk_result r;
	struct buf out = {0};
	struct monitor got;
	int64_t now = T0 + 60000,
		id = add_server(w->db, w->account, "192.0.2.1");
	static const int64_t wrong_ms[] = {3600000, -3600000, 6000, -6000};

	add_monitor(w, &m, "m1", T0);
	for (size_t i = 0; i < 4; i++, now += PERIOD_MS) {
		assert_int_equal(ask_work(w, &m, now), 200);
		assert_int_equal(m.work.n_server, 1);
		r = good_result(id, now + wrong_ms[i], 0);
		assert_int_equal(
			send_results(w, &m, m.work.batch, &r, 1, now, &out),
			200);
		assert_int_equal(monitor_by_id(w->db, m.id, &got), 1);
		assert_int_equal(got.clock_ok, 0);
	}
	assert_int_equal(count_log(w->db, 0) + count_log(w->db, 1), 0);
	/* a little in the future is only a little */
	assert_int_equal(ask_work(w, &m, now), 200);
	r = good_result(id, now + 3000, 0);
	assert_int_equal(send_results(w, &m, m.work.batch, &r, 1, now, &out),
			 200);
	assert_near(get_server(w->db, id).score, 1, 0);
	buf_done(&out);
	drop_monitors(&m, 1);
}

/* It swears that its clock is right, but nobody else sees what it sees. */
static void the_others_know_better(void **state)
{
	struct book_world *w = *state;
	struct fake_monitor m[3];
	double offset_s[3] = {0.001, 0.002, 0.001};
	struct monitor got;
	int64_t now = T0 + 60000, checks;

	for (int i = 1; i <= 4; i++) {
		char address[32];

		snprintf(address, sizeof address, "192.0.2.%d", i);
		add_server(w->db, w->account, address);
	}
	for (int i = 0; i < 3; i++) {
		char name[8];

		snprintf(name, sizeof name, "m%d", i);
		add_monitor(w, &m[i], name, T0);
	}
	now = rounds(w, m, offset_s, 3, 2, now, PERIOD_MS);
	checks = count_log(w->db, 1);
	assert_int_equal(count_log(w->db, 0), 0);
	offset_s[2] = 0.3;
	rounds(w, m, offset_s, 3, 1, now, PERIOD_MS);
	assert_int_equal(count_log(w->db, 0), 4);
	assert_int_equal(count_log(w->db, 1), checks + 8);
	assert_int_equal(monitor_by_id(w->db, m[2].id, &got), 1);
	assert_int_equal(got.clock_ok, 0);
	assert_non_null(strstr(got.clock_why, "sees 4 servers +0.29"));
	assert_int_equal(monitor_by_id(w->db, m[0].id, &got), 1);
	assert_int_equal(got.clock_ok, 1);
	drop_monitors(m, 3);
}

/* A small pool's batches hold one server: what it saw before counts with it. */
static void the_others_know_better_bit_by_bit(void **state)
{
	struct book_world *w = *state;
	struct fake_monitor m[3];
	double offset_s[3] = {0.001, 0.002, 0.001};
	int64_t now = T0 + 60000, mute = 0;
	struct monitor got;

	for (int i = 1; i <= 4; i++) {
		char address[32];

		snprintf(address, sizeof address, "192.0.2.%d", i);
		add_server(w->db, w->account, address);
	}
	for (int i = 0; i < 3; i++) {
		char name[8];

		snprintf(name, sizeof name, "m%d", i);
		add_monitor(w, &m[i], name, T0);
	}
	w->set->batch = 1;
	rounds(w, m, offset_s, 3, 4, now, 5000);
	offset_s[2] = 0.3;
	for (int i = 0; i < 2; i++)
		rounds(w, m, offset_s, 3, 4, now += PERIOD_MS, 5000);
	assert_int_equal(monitor_by_id(w->db, m[2].id, &got), 1);
	assert_int_equal(got.clock_ok, 0);
	assert_non_null(strstr(got.clock_why, "sees 4 servers +0.29"));
	/* Nor has it a voice by what it said before that was found. */
	assert_int_equal(db_one_int(w->db, &mute,
				    "SELECT count(*) FROM pair WHERE mute = 1"
				    " AND monitor_id = $1",
				    DB(db_int(m[2].id))),
			 1);
	assert_int_equal(mute, 4);
	/* Right again, it is believed again. */
	offset_s[2] = 0.001;
	for (int i = 0; i < 2; i++)
		rounds(w, m, offset_s, 3, 4, now += PERIOD_MS, 5000);
	assert_int_equal(monitor_by_id(w->db, m[2].id, &got), 1);
	assert_int_equal(got.clock_ok, 1);
	assert_int_equal(
		count_rows(w->db, "SELECT count(*) FROM pair WHERE mute = 1"),
		0);
	drop_monitors(m, 3);
}

/* Two of five say that a good server is dead: the median does not follow. */
static void two_liars(void **state)
{
	struct book_world *w = *state;
	struct fake_monitor m[5];
	int64_t now = T0 + 60000,
		id = add_server(w->db, w->account, "192.0.2.1");
	struct pair p;

	for (int i = 0; i < 5; i++) {
		char name[8];

		snprintf(name, sizeof name, "m%d", i);
		add_monitor(w, &m[i], name, T0);
	}
	for (int turn = 0; turn < 20; turn++, now += PERIOD_MS) {
		for (int i = 0; i < 5; i++) {
			struct talk_result r;
			struct buf out = {0};

			assert_int_equal(ask_work(w, &m[i], now + i), 200);
			r = good_result(id, now + i, 0.001);
			if (i < 2)
				r = (struct talk_result){
					.server_id = id,
					.m = {.at_ms = now + i,
					      .stratum = -1,
					      .leap = -1,
					      .rtt_s = (double)NAN,
					      .samples = 3,
					      .lost = 3}};
			assert_int_equal(send_results(w, &m[i], m[i].work.batch,
						      &r, 1, now + i, &out),
					 200);
			buf_done(&out);
		}
	}
	assert_int_equal(pair_get(w->db, id, m[0].id, &p), 1);
	assert_true(p.score < -60);
	assert_near(get_server(w->db, id).score, 20 * (1 - pow(0.95, 20)),
		    1e-9);
	drop_monitors(m, 5);
}

/* The majority of all servers, seen by one monitor, marks the one that strays. */
static void falsetickers(void **state)
{
	struct book_world *w = *state;
	struct fake_monitor m;
	struct talk_result r[5];
	struct buf out = {0};
	int64_t now = T0 + 60000, marked = -1;
	struct server s;

	free(w->set->profile);
	w->set->profile = strdup("strict");
	for (int i = 0; i < 5; i++) {
		char address[32];
		int64_t id;

		snprintf(address, sizeof address, "192.0.2.%d", i + 1);
		id = add_server(w->db, w->account, address);
		r[i] = good_result(id, now, i == 3 ? 0.09 : 0.001);
	}
	add_monitor(w, &m, "m1", T0);
	assert_int_equal(ask_work(w, &m, now), 200);
	assert_int_equal(send_results(w, &m, m.work.batch, r, 5, now, &out),
			 200);
	assert_int_equal(db_one_int(w->db, &marked,
				    "SELECT server_id FROM log WHERE"
				    " falseticker = 1",
				    DB_NONE),
			 1);
	assert_int_equal(marked, r[3].server_id);
	s = get_server(w->db, marked);
	assert_near(s.score, -2, 0);
	assert_near(s.strict_score, -2, 0);
	assert_near(get_server(w->db, r[0].server_id).score, 1, 0);
	buf_done(&out);
	drop_monitors(&m, 1);
}

/* Hours late from a spool: the pair's history goes on, the public score stays. */
static void late_but_not_lost(void **state)
{
	struct book_world *w = *state;
	struct fake_monitor m[2];
	double offset_s[2] = {0, 0};
	struct talk_result r;
	struct buf out = {0};
	struct pair p;
	int64_t id = add_server(w->db, w->account, "192.0.2.1");
	int64_t now = T0 + 60000, given = now;
	char batch[TALK_BATCH_LEN];

	add_monitor(w, &m[0], "m1", T0);
	add_monitor(w, &m[1], "m2", T0);
	assert_int_equal(ask_work(w, &m[1], given), 200);
	memcpy(batch, m[1].work.batch, sizeof batch);
	now = rounds(w, m, offset_s, 1, 20, now, PERIOD_MS);
	r = good_result(id, given + 10, 0);
	assert_int_equal(send_results(w, &m[1], batch, &r, 1, now, &out), 200);
	assert_int_equal(pair_get(w->db, id, m[1].id, &p), 1);
	assert_near(p.score, 1, 0);
	assert_int_equal(p.score_ms, given + 10);
	assert_near(get_server(w->db, id).score, 20 * (1 - pow(0.95, 20)),
		    1e-9);
	buf_done(&out);
	drop_monitors(m, 2);
}

static void deleted_meanwhile(void **state)
{
	struct book_world *w = *state;
	struct fake_monitor m;
	struct talk_result r;
	struct buf out = {0};
	int64_t id = add_server(w->db, w->account, "192.0.2.1");
	int64_t now = T0 + 60000;

	add_monitor(w, &m, "m1", T0);
	assert_int_equal(ask_work(w, &m, now), 200);
	assert_int_equal(server_set_deleted(w->db, id, now), 0);
	r = good_result(id, now, 0);
	assert_int_equal(send_results(w, &m, m.work.batch, &r, 1, now, &out),
			 200);
	assert_string_equal(buf_text(&out),
			    "{\"taken\":0,\"again\":false,\"counts\":true,"
			    "\"why\":\"\"}");
	assert_int_equal(count_log(w->db, 1), 0);
	buf_done(&out);
	drop_monitors(&m, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOOK_TEST(work),
		BOOK_TEST(who_speaks),
		BOOK_TEST(climbing),
		BOOK_TEST(sent_twice_is_counted_once),
		BOOK_TEST(only_what_was_asked),
		BOOK_TEST(a_wrong_clock_counts_nowhere),
		BOOK_TEST(impossible_times),
		BOOK_TEST(the_others_know_better),
		BOOK_TEST(the_others_know_better_bit_by_bit),
		BOOK_TEST(two_liars),
		BOOK_TEST(falsetickers),
		BOOK_TEST(late_but_not_lost),
		BOOK_TEST(deleted_meanwhile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
