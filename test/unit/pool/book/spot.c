/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/spot.h"

#include "near.h"
#include "pool/book/candidate.h"
#include "pool_monitor.h"

#define NOW (T0 + 60000)

/* The result of one monitor; false when it is not among them. */
static bool result_of(struct db *db, int64_t id, int64_t monitor_id,
		      struct spot_result *out)
{
	struct spot_result r;
	struct db_rows rows;
	struct spot s;
	bool found = false;

	assert_int_equal(spot_by_id(db, id, &s), 1);
	book_spot_results(db, &rows, &s);
	while (spot_result_next(&rows, &r))
		if (r.monitor_id == monitor_id) {
			*out = r;
			found = true;
		}
	assert_int_equal(db_end(&rows), 0);
	return found;
}

static struct spot spot_of(struct db *db, int64_t id)
{
	struct spot s;

	assert_int_equal(spot_by_id(db, id, &s), 1);
	return s;
}

/* Given before everything else, taken once, shown, and in no score. */
static void every_monitor_checks_once(void **state)
{
	struct book_world *w = *state;
	int64_t server = add_server(w->db, w->account, "192.0.2.1"), id;
	struct fake_monitor m[2];
	struct talk_result found;
	struct spot_result r;
	struct buf out = {0};

	for (size_t i = 0; i < 2; i++)
		add_monitor(w, &m[i], i ? "m2" : "m1", T0);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(round_of(w, &m[i], NOW, 0.001), 200);
	assert_int_equal(ask_work(w, &m[0], NOW + 1000), 200);
	assert_int_equal(m[0].work.n_server, 0);
	assert_true(m[0].work.wait_s <= 5);

	assert_verdict(
		book_spot_server(w->db, &w->owner, server, NOW + 2000, &id),
		BOOK_OK);
	assert_true(result_of(w->db, id, m[0].id, &r));
	assert_true(book_spot_waits(&(struct spot){.asked_ms = NOW + 2000}, &r,
				    NOW + 2000));
	assert_int_equal(ask_work(w, &m[0], NOW + 3000), 200);
	assert_int_equal(m[0].work.n_server, 1);
	assert_int_equal(m[0].work.server[0].server_id, id);
	assert_int_equal(m[0].work.server[0].addr.port, 123);
	assert_near(m[0].work.wait_s, 0, 0);

	found = good_result(id, NOW + 3010, 0.2);
	assert_int_equal(send_results(w, &m[0], m[0].work.batch, &found, 1,
				      NOW + 4000, &out),
			 200);
	assert_non_null(strstr(buf_text(&out), "\"taken\":1"));
	assert_true(result_of(w->db, id, m[0].id, &r));
	assert_int_equal(r.at_ms, NOW + 3010);
	assert_near(r.offset_s, 0.2, 0);
	assert_int_equal(book_spot_judge(&r).rule, RULE_OFFSET_100MS);
	/* Only it has spoken, and only about this. */
	assert_true(result_of(w->db, id, m[1].id, &r));
	assert_int_equal(r.at_ms, 0);
	assert_int_equal(count_rows(w->db, "SELECT count(*) FROM log WHERE"
					   " offset_s > 0.1"),
			 0);
	assert_int_equal(ask_work(w, &m[0], NOW + 5000), 200);
	assert_int_equal(m[0].work.n_server, 0);
	/* What nobody asked for is refused as in any batch. */
	assert_int_equal(ask_work(w, &m[1], NOW + 5000), 200);
	found = good_result(id + 1, NOW + 5010, 0);
	assert_int_equal(send_results(w, &m[1], m[1].work.batch, &found, 1,
				      NOW + 6000, &out),
			 409);
	buf_done(&out);
	drop_monitors(m, 2);
}

/* A wrong clock is not asked, and its word is not shown. */
static void wrong_clocks(void **state)
{
	struct book_world *w = *state;
	int64_t server = add_server(w->db, w->account, "192.0.2.1"), id;
	struct fake_monitor m;
	struct talk_result found;
	struct spot_result r;
	struct spot s;
	struct buf out = {0};

	add_monitor(w, &m, "m1", T0);
	m.clock_ok = false;
	assert_int_equal(ask_work(w, &m, NOW), 200);
	assert_verdict(book_spot_server(w->db, &w->staff, server, NOW, &id),
		       BOOK_OK);
	s = spot_of(w->db, id);
	assert_int_equal(ask_work(w, &m, NOW + 1000), 200);
	assert_int_equal(m.work.n_server, 0);
	assert_true(result_of(w->db, id, m.id, &r));
	assert_int_equal(r.clock_ok, 0);
	assert_false(book_spot_waits(&s, &r, NOW + 1000));

	m.clock_ok = true;
	assert_int_equal(ask_work(w, &m, NOW + 2000), 200);
	assert_int_equal(m.work.n_server, 1);
	m.clock_ok = false;
	found = good_result(id, NOW + 2010, 0);
	assert_int_equal(
		send_results(w, &m, m.work.batch, &found, 1, NOW + 3000, &out),
		200);
	assert_true(result_of(w->db, id, m.id, &r));
	assert_int_equal(r.at_ms, 0);
	buf_done(&out);
	drop_monitors(&m, 1);
}

static void who_may_and_how_often(void **state)
{
	struct book_world *w = *state;
	int64_t server = add_server(w->db, w->account, "192.0.2.1");
	int64_t now = NOW, first, id;

	assert_verdict(book_spot_server(w->db, &w->stranger, server, now, &id),
		       BOOK_DENIED);
	assert_verdict(book_spot_server(w->db, &w->owner, server, now, &first),
		       BOOK_OK);
	/* Asked twice is asked once, and counts once. */
	assert_verdict(
		book_spot_server(w->db, &w->owner, server, now + 9000, &id),
		BOOK_OK);
	assert_int_equal(id, first);
	for (int i = 1; i < SPOTS_AN_HOUR; i++) {
		now += 11000;
		assert_verdict(
			book_spot_server(w->db, &w->owner, server, now, &id),
			BOOK_OK);
		assert_int_not_equal(id, first);
	}
	now += 11000;
	assert_verdict(book_spot_server(w->db, &w->owner, server, now, &id),
		       BOOK_TOO_OFTEN);
	assert_verdict(book_spot_server(w->db, &w->staff, server, now, &id),
		       BOOK_OK);
}

/* Nobody waits for ever: not for monitors that are late, nor they for us. */
static void late_monitors(void **state)
{
	struct book_world *w = *state;
	int64_t server = add_server(w->db, w->account, "192.0.2.1"), id;
	struct fake_monitor m;
	struct spot_result r;
	struct spot s;

	add_monitor(w, &m, "m1", T0);
	assert_int_equal(round_of(w, &m, NOW, 0), 200);
	assert_verdict(book_spot_server(w->db, &w->owner, server, NOW, &id),
		       BOOK_OK);
	s = spot_of(w->db, id);
	assert_true(result_of(w->db, id, m.id, &r));
	assert_true(book_spot_waits(&s, &r, NOW + SPOT_DUE_MS));
	assert_false(book_spot_waits(&s, &r, NOW + SPOT_DUE_MS + 1));
	assert_int_equal(ask_work(w, &m, NOW + SPOT_DUE_MS + 1), 200);
	assert_int_equal(m.work.n_server, 0);
	/* One that has been silent for long is not shown as missing. */
	assert_verdict(
		book_spot_server(w->db, &w->owner, server, NOW + HOUR_MS, &id),
		BOOK_OK);
	assert_false(result_of(w->db, id, m.id, &r));
	assert_int_equal(spot_forget(w->db, NOW + HOUR_MS), 0);
	assert_int_equal(count_rows(w->db, "SELECT count(*) FROM spot"), 1);
	drop_monitors(&m, 1);
}

/* The pre-check: what is typed is asked at once, a name's addresses later. */
static void candidates(void **state)
{
	struct book_world *w = *state;
	struct net_addr found[2];
	struct spot s;
	int64_t id;

	assert_verdict(book_candidate_ask(w->db, w->set, &w->owner, "8.8.8.8",
					  NOW, &id),
		       BOOK_OK);
	assert_int_equal(spot_latest(w->db, "8.8.8.8", 123, NOW, &s), 1);
	assert_int_equal(s.account_id, w->account);
	assert_int_equal(s.server_id, 0);
	assert_verdict(book_candidate_ask(w->db, w->set, &w->owner,
					  "ntp.example.org", NOW, &id),
		       BOOK_OK);
	assert_int_equal(net_addr_parse("10.0.0.1", &found[0]), 0);
	assert_int_equal(net_addr_parse("2600::1", &found[1]), 0);
	assert_verdict(book_candidate_found(w->db, w->set, id, found, 2),
		       BOOK_OK);
	assert_int_equal(spot_latest(w->db, "2600::1", 123, NOW, &s), 1);
	assert_int_equal(s.family, 6);
	/* Nobody is sent into our own network. */
	assert_int_equal(spot_latest(w->db, "10.0.0.1", 123, NOW, &s), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOOK_TEST(every_monitor_checks_once),
		BOOK_TEST(wrong_clocks),
		BOOK_TEST(who_may_and_how_often),
		BOOK_TEST(late_monitors),
		BOOK_TEST(candidates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
