/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/rollup.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "near.h"
#include "pool/store/log.h"
#include "pool_rows.h"

#define H ROLLUP_HOUR_MS
#define D ROLLUP_DAY_MS
#define DAY0 (20000 * D) /* a midnight */

struct fixture {
	struct db *db;
	int64_t server;
};

static int setup(void **state)
{
	struct fixture *f = test_calloc(1, sizeof *f);

	f->db = db_for_test();
	f->server = add_server(f->db, add_account(f->db, "a"), "192.0.2.1");
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	db_close(f->db);
	test_free(f);
	return 0;
}

static struct log_row row(const struct fixture *f, int64_t monitor_id,
			  int64_t at_ms)
{
	return (struct log_row){
		.server_id = f->server,
		.monitor_id = monitor_id,
		.at_ms = at_ms,
		.taken_ms = at_ms,
		.offset_s = 0.001,
		.rtt_s = 0.01,
		.stratum = 2,
		.samples = 3,
		.root_delay_s = 0,
		.root_disp_s = 0,
		.profile = "classic",
		.rule = "good",
		.step = 1,
		.score = 20,
		.counts = true,
	};
}

static void put(struct db *db, struct log_row r)
{
	assert_int_equal(log_insert(db, &r), 0);
}

static int64_t run(struct fixture *f, int64_t now_ms)
{
	return rollup_run(f->db, now_ms, 15, 400);
}

static int64_t number(struct db *db, const char *sql)
{
	int64_t n = -1;

	assert_int_equal(db_one_int(db, &n, sql, DB_NONE), 1);
	return n;
}

static void check_hour(struct db *db, int64_t monitor_id)
{
	struct db_rows r;

	db_ask(db, &r,
	       "SELECT at_ms, checks, good, samples, lost, offset_min_s, "
	       "offset_mean_s, offset_max_s, rtt_min_s, score_min, score_last "
	       "FROM log_hour WHERE monitor_id = $1",
	       DB(db_int(monitor_id)));
	assert_true(db_next(&r));
	assert_int_equal(db_col_int(&r, 0), DAY0);
	assert_int_equal(db_col_int(&r, 1), 3);
	assert_int_equal(db_col_int(&r, 2), 2);
	assert_int_equal(db_col_int(&r, 3), 9);
	assert_int_equal(db_col_int(&r, 4), 3);
	assert_near(db_col_real(&r, 5), -0.002, 0);
	assert_near(db_col_real(&r, 6), -0.0005, 1e-12);
	assert_near(db_col_real(&r, 7), 0.001, 0);
	assert_near(db_col_real(&r, 8), 0.01, 0);
	assert_near(db_col_real(&r, 9), 14, 0);
	assert_near(db_col_real(&r, 10), 14.3, 0);
	assert_false(db_next(&r));
	assert_int_equal(db_end(&r), 0);
}

/* Three checks, one of them lost; a fourth does not count. */
static void put_an_hour(struct fixture *f, int64_t monitor_id)
{
	struct log_row lost = row(f, monitor_id, DAY0 + 20 * 60000);
	struct log_row last = row(f, monitor_id, DAY0 + H - 1);
	struct log_row wrong = row(f, monitor_id, DAY0 + 30 * 60000);

	put(f->db, row(f, monitor_id, DAY0));
	lost.offset_s = lost.rtt_s = (double)NAN;
	lost.lost = 3;
	lost.step = -5;
	lost.score = 14;
	put(f->db, lost);
	last.offset_s = -0.002;
	last.rtt_s = 0.02;
	last.score = 14.3;
	put(f->db, last);
	wrong.offset_s = 5;
	wrong.counts = false;
	put(f->db, wrong);
}

static void an_hour_and_its_day(void **state)
{
	struct fixture *f = *state;

	put_an_hour(f, 1);
	put_an_hour(f, 2);
	put(f->db, row(f, 1, DAY0 + H)); /* the next hour's */
	assert_int_equal(run(f, DAY0 + H), 0);
	assert_int_equal(run(f, DAY0 + H + ROLLUP_GRACE_MS), 1);
	check_hour(f->db, 1);
	check_hour(f->db, 2);
	assert_int_equal(run(f, DAY0 + H + ROLLUP_GRACE_MS), 0);
	assert_int_equal(number(f->db, "SELECT COUNT(*) FROM log_day"), 0);
	/* The second hour, and the day. */
	assert_int_equal(run(f, DAY0 + D + ROLLUP_GRACE_MS), 2);
	assert_int_equal(number(f->db, "SELECT checks FROM log_day "
				       "WHERE monitor_id = 1"),
			 4);
	assert_int_equal(number(f->db, "SELECT at_ms FROM log_day "
				       "WHERE monitor_id = 2"),
			 DAY0);
}

/* A monitor that was cut off sends hours later what it kept. */
static void late_results_are_counted(void **state)
{
	struct fixture *f = *state;
	struct log_row late = row(f, 1, DAY0 + 5 * 60000);

	put(f->db, row(f, 1, DAY0));
	assert_int_equal(run(f, DAY0 + 3 * H), 1);
	late.taken_ms = DAY0 + 3 * H;
	put(f->db, late);
	late.at_ms = DAY0 + 2 * H;
	put(f->db, late);
	assert_int_equal(run(f, DAY0 + 3 * H + ROLLUP_GRACE_MS), 2);
	assert_int_equal(number(f->db, "SELECT checks FROM log_hour "
				       "ORDER BY at_ms LIMIT 1"),
			 2);
	assert_int_equal(number(f->db, "SELECT SUM(checks) FROM log_hour"), 3);
	/* Midnight is passed, and one more comes for the day before. */
	assert_int_equal(run(f, DAY0 + D + H), 1);
	late.at_ms = DAY0 + 23 * H;
	late.taken_ms = DAY0 + D + H;
	put(f->db, late);
	assert_int_equal(run(f, DAY0 + D + H), 2);
	assert_int_equal(number(f->db, "SELECT checks FROM log_day"), 4);
}

/* A result that comes twice is refused, and does not end the transaction. */
static void twice_is_once(void **state)
{
	struct fixture *f = *state;
	struct log_row r = row(f, 1, DAY0);

	assert_int_equal(db_begin(f->db), 0);
	assert_int_equal(log_insert(f->db, &r), 0);
	r.score = 0;
	assert_int_equal(log_insert(f->db, &r), -EEXIST);
	r.at_ms++;
	assert_int_equal(log_insert(f->db, &r), 0);
	assert_int_equal(db_commit(f->db), 0);
	assert_int_equal(number(f->db, "SELECT COUNT(*) FROM log"), 2);
	assert_int_equal(number(f->db, "SELECT SUM(score) FROM log"), 20);
}

/* Killed in the middle, or run by two: the sums are the same. */
static void again_is_the_same(void **state)
{
	struct fixture *f = *state;

	put_an_hour(f, 1);
	assert_int_equal(run(f, DAY0 + 2 * H), 1);
	assert_int_equal(db_run(f->db, "DELETE FROM setting WHERE name = $1",
				DB(db_text("rollup.hour"))),
			 1);
	assert_int_equal(run(f, DAY0 + 2 * H), 1);
	check_hour(f->db, 1);
}

static void old_rows_are_forgotten(void **state)
{
	struct fixture *f = *state;
	struct log_sample s = {1, 2, 3, 4};
	struct log_row late;

	for (int day = 0; day < 20; day++) {
		put(f->db, row(f, 1, DAY0 + day * D));
		assert_int_equal(log_insert_sample(f->db, f->server,
						   DAY0 + day * D, 1, 0, &s),
				 0);
	}
	assert_int_equal(rollup_run(f->db, DAY0 + 20 * D + H, 15, 18), 40);
	assert_int_equal(number(f->db, "SELECT COUNT(*) FROM log"), 15);
	assert_int_equal(number(f->db, "SELECT COUNT(*) FROM sample"), 15);
	assert_int_equal(number(f->db, "SELECT COUNT(*) FROM log_hour"), 18);
	assert_int_equal(number(f->db, "SELECT COUNT(*) FROM log_day"), 20);

	/* Of a day whose rows are gone the old sum stands. */
	late = row(f, 1, DAY0 + H);
	late.taken_ms = DAY0 + 20 * D + H;
	put(f->db, late);
	assert_int_equal(rollup_run(f->db, DAY0 + 20 * D + H, 15, 18), 2);
	assert_int_equal(number(f->db, "SELECT at_ms FROM log_day "
				       "ORDER BY at_ms LIMIT 1"),
			 DAY0);
	assert_int_equal(number(f->db, "SELECT SUM(checks) FROM log_day"), 20);
	assert_int_equal(number(f->db, "SELECT COUNT(*) FROM rollup_due"), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_hour_and_its_day),    TEST(late_results_are_counted),
		TEST(twice_is_once),          TEST(again_is_the_same),
		TEST(old_rows_are_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
