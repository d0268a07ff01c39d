/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/replay.h"

#include "base/rng.h"
#include "near.h"
#include "pool_monitor.h"

#define MONITORS 4
#define SERVERS 3
#define TURNS 40

static struct talk_result any_result(struct rng *r, int64_t server_id,
				     int64_t at_ms)
{
	struct talk_result t =
		good_result(server_id, at_ms, 0.03 * rng_normal(r));

	t.m.rtt_s = 0.01 * rng_exponential(r);
	t.m.lost = (unsigned)(rng_u64(r) % 3);
	t.m.root_disp_s = rng_exponential(r);
	switch (rng_u64(r) % 12) {
	case 0:
		t.m.has_offset = false;
		t.m.stratum = -1;
		t.m.leap = -1;
		t.m.rtt_s = (double)NAN;
		t.n_times = 0;
		break;
	case 1:
		t.m.has_offset = false;
		t.m.stratum = 0;
		snprintf(t.m.error, sizeof t.m.error, "RATE");
		break;
	case 2:
		t.m.offset_s = 4;
		break;
	}
	return t;
}

/* Monitors that measure this and that, one with a wrong clock at times. */
static void make_history(struct book_world *w)
{
	struct fake_monitor m[MONITORS];
	int64_t now = T0 + 60000;
	struct rng r;

	rng_seed(&r, 11);
	for (int i = 0; i < SERVERS; i++) {
		char address[32];

		snprintf(address, sizeof address, "192.0.2.%d", i + 1);
		add_server(w->db, w->account, address);
	}
	for (int i = 0; i < MONITORS; i++) {
		char name[8];

		snprintf(name, sizeof name, "m%d", i);
		add_monitor(w, &m[i], name, T0);
	}
	for (int turn = 0; turn < TURNS; turn++, now += 600000) {
		for (int i = 0; i < MONITORS; i++) {
			struct talk_result t[SERVERS];
			struct buf out = {0};

			m[i].clock_ok = true;
			assert_int_equal(ask_work(w, &m[i], now + i), 200);
			m[i].clock_ok = i != 3 || turn % 7 != 3;
			for (size_t k = 0; k < m[i].work.n_server; k++)
				t[k] = any_result(&r,
						  m[i].work.server[k].server_id,
						  now + i);
			if (m[i].work.n_server)
				assert_int_equal(
					send_results(w, &m[i], m[i].work.batch,
						     t, m[i].work.n_server,
						     now + 3000, &out),
					200);
			buf_done(&out);
		}
	}
	drop_monitors(m, MONITORS);
}

static uint64_t wrong(struct db *db, char *text, size_t cap)
{
	struct replay result;
	FILE *out = fmemopen(text, cap, "w");

	assert_int_equal(book_replay(db, out, 10, &result), 0);
	fclose(out);
	return result.wrong;
}

static void to_the_last_digit(void **state)
{
	struct book_world *w = *state;
	struct replay result;

	make_history(w);
	assert_int_equal(book_replay(w->db, stderr, 10, &result), 0);
	assert_int_equal(result.wrong, 0);
	assert_int_equal(result.servers, SERVERS);
	assert_true(result.rows >
		    MONITORS * SERVERS * TURNS); /* with the medians */
	assert_true(result.medians > SERVERS * TURNS);
}

/* The smallest change there is, of any number of any row, is found. */
static void one_changed_digit(void **state)
{
	struct book_world *w = *state;
	static const struct {
		const char *change, *undo;
	} one[] = {
		{"UPDATE log SET score = score + 1e-13 WHERE rule = 'good'"
		 " AND at_ms = (SELECT min(at_ms) FROM log"
		 " WHERE rule = 'good')",
		 "UPDATE log SET score = score - 1e-13 WHERE rule = 'good'"
		 " AND at_ms = (SELECT min(at_ms) FROM log"
		 " WHERE rule = 'good')"},
		{"UPDATE log SET offset_s = offset_s + 1e-9"
		 " WHERE rule = 'offset-25ms' AND server_id = 2 AND at_ms ="
		 " (SELECT max(at_ms) FROM log WHERE rule = 'offset-25ms'"
		 " AND server_id = 2)",
		 NULL},
	};
	char text[4096] = "";

	make_history(w);
	assert_int_equal(wrong(w->db, text, sizeof text), 0);
	assert_true(db_run(w->db, one[0].change, DB_NONE) >= 1);
	assert_true(wrong(w->db, text, sizeof text) >= 1);
	assert_non_null(strstr(text, "score is"));
	assert_true(db_run(w->db, one[0].undo, DB_NONE) >= 1);
	assert_true(db_run(w->db, one[1].change, DB_NONE) >= 1);
	assert_true(wrong(w->db, text, sizeof text) >= 1);
	assert_non_null(strstr(text, "server 2 "));
}

static void a_changed_median(void **state)
{
	struct book_world *w = *state;
	char text[4096] = "";

	make_history(w);
	assert_int_equal(db_run(w->db,
				"UPDATE log SET score = 20 WHERE"
				" rule = 'median' AND server_id = 1 AND at_ms"
				" = (SELECT max(at_ms) FROM log WHERE"
				" rule = 'median' AND server_id = 1)",
				DB_NONE),
			 1);
	assert_int_equal(wrong(w->db, text, sizeof text), 1);
	assert_non_null(strstr(text, "median is 20, should be "));
}

static void a_wrong_rule(void **state)
{
	struct book_world *w = *state;
	char text[4096] = "";

	make_history(w);
	assert_true(db_run(w->db,
			   "UPDATE log SET rule = 'good' WHERE"
			   " rule = 'kiss-rate' AND server_id = 1",
			   DB_NONE) > 0);
	assert_true(wrong(w->db, text, sizeof text) > 0);
	assert_non_null(strstr(text, "rule is"));
}

/* Old rows are dropped some day: what is left still fits together. */
static void without_the_beginning(void **state)
{
	struct book_world *w = *state;
	char text[4096] = "";

	make_history(w);
	assert_true(db_run(w->db, "DELETE FROM log WHERE at_ms < $1",
			   DB(db_int(T0 + 5 * 3600 * 1000))) > 0);
	assert_int_equal(wrong(w->db, text, sizeof text), 0);
	assert_true(db_run(w->db,
			   "UPDATE log SET step = step + 1 WHERE at_ms >= $1"
			   " AND rule = 'good'",
			   DB(db_int(T0 + 6 * 3600 * 1000))) > 0);
	assert_true(wrong(w->db, text, sizeof text) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOOK_TEST(to_the_last_digit),     BOOK_TEST(one_changed_digit),
		BOOK_TEST(a_changed_median),      BOOK_TEST(a_wrong_rule),
		BOOK_TEST(without_the_beginning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
