/* SPDX-License-Identifier: BSD-2-Clause */
/* The layer that hides the engine: what holds for every one of them. */
#include "pool/store/db.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "pool_db.h"

static int setup(void **state)
{
	struct db *db = db_for_test();

	*state = db;
	assert_int_equal(db_run(db,
				"CREATE TABLE t (a BIGINT PRIMARY KEY, b TEXT, "
				"c DOUBLE PRECISION CHECK (c < 100))",
				DB_NONE),
			 0);
	return 0;
}

static int teardown(void **state)
{
	struct db *db = *state;

	db_rollback(db);
	assert_int_equal(db_run(db, "DROP TABLE t", DB_NONE) < 0, 0);
	db_close(db);
	return 0;
}

static int64_t put(struct db *db, int64_t a, const char *b, double c)
{
	return db_run(db, "INSERT INTO t (a, b, c) VALUES ($1, $2, $3)",
		      DB(db_int(a), db_text(b), db_real(c)));
}

static int64_t count(struct db *db)
{
	int64_t n = -1;

	assert_int_equal(db_one_int(db, &n, "SELECT COUNT(*) FROM t", DB_NONE),
			 1);
	return n;
}

static void values_come_back(void **state)
{
	static const struct {
		int64_t a;
		const char *b;
		double c;
	} rows[] = {
		{INT64_MIN, "", -0.0},
		{-1, "it's \"quoted\" \\ $1 -- ; {id}", 1e-308},
		{0, NULL, (double)NAN},
		{1, "z\xC3\xBC\xE2\x82\xAC\xF0\x9F\x95\x90", 0.1},
		{INT64_MAX, "\x01\x7F\n\r\t%s", -1.7976931348623157e308},
	};
	struct db *db = *state;
	struct db_rows r;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_int_equal(put(db, rows[i].a, rows[i].b, rows[i].c), 1);
	db_ask(db, &r, "SELECT a, b, c FROM t ORDER BY a", DB_NONE);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_true(db_next(&r));
		assert_int_equal(db_col_int(&r, 0), rows[i].a);
		assert_int_equal(db_is_null(&r, 1), !rows[i].b);
		assert_string_equal(db_col_text(&r, 1),
				    rows[i].b ? rows[i].b : "");
		if (isnan(rows[i].c))
			assert_true(isnan(db_col_real(&r, 2)));
		else
			assert_true(db_col_real(&r, 2) == rows[i].c);
	}
	assert_false(db_next(&r));
	assert_false(db_next(&r));
	assert_int_equal(db_end(&r), 0);
}

static void octets_come_back(void **state)
{
	struct db *db = *state;
	unsigned char all[256];
	struct db_rows r;
	const void *p;
	size_t len;

	for (int i = 0; i < 256; i++)
		all[i] = (unsigned char)i;
	assert_int_equal(db_run(db,
				"INSERT INTO session (hash, created_ms, "
				"seen_ms, expires_ms) VALUES ($1, 1, 1, 1)",
				DB(db_blob(all, sizeof all))),
			 1);
	db_ask(db, &r, "SELECT hash FROM session WHERE hash = $1",
	       DB(db_blob(all, sizeof all)));
	assert_true(db_next(&r));
	p = db_col_blob(&r, 0, &len);
	assert_int_equal(len, sizeof all);
	assert_memory_equal(p, all, sizeof all);
	assert_int_equal(db_end(&r), 0);
}

static void the_same_argument_twice_and_in_any_order(void **state)
{
	struct db *db = *state;
	struct db_rows r;

	assert_int_equal(put(db, 7, "seven", 7), 1);
	db_ask(db, &r,
	       "SELECT b FROM t WHERE c > $2 AND a > $2 AND b = $1 AND c < $3",
	       DB(db_text("seven"), db_int(6), db_real(7.5)));
	assert_true(db_next(&r));
	assert_string_equal(db_col_text(&r, 0), "seven");
	assert_int_equal(db_end(&r), 0);
}

/* NULL first and a number later, through the same prepared statement. */
static void null_then_number(void **state)
{
	struct db *db = *state;
	int64_t n = 0;

	assert_int_equal(put(db, 1, NULL, (double)NAN), 1);
	assert_int_equal(put(db, 2, "b", 2.5), 1);
	for (int i = 0; i < 3; i++)
		assert_int_equal(db_one_int(db, &n,
					    "SELECT COUNT(*) FROM t "
					    "WHERE $1 IS NULL OR a > $1",
					    DB(db_int_if(i == 1, 1))),
				 1);
	assert_int_equal(n, 2);
	/* One without a type takes the column's. */
	assert_int_equal(db_run(db, "UPDATE t SET b = $1", DB(db_null())), 2);
	assert_int_equal(db_run(db, "UPDATE t SET b = $1", DB(db_text("x"))),
			 2);
}

static void broken_rules(void **state)
{
	struct db *db = *state;
	int64_t n = 0;

	assert_int_equal(put(db, 1, "a", 1), 1);
	assert_int_equal(put(db, 1, "b", 1), -EEXIST);
	assert_true(strlen(db_error(db)) > 0);
	assert_int_equal(put(db, 2, "c", 100), -EINVAL);
	assert_int_equal(db_run(db,
				"INSERT INTO member (account_id, person_id) "
				"VALUES (1, 1)",
				DB_NONE),
			 -EINVAL);
	assert_int_equal(put(db, 2, "no \xFF text", 1), -EINVAL);
	assert_int_equal(put(db, 2, "\xED\xA0\x80", 1), -EINVAL);
	assert_true(db_run(db, "no SQL", DB_NONE) < 0);
	assert_true(db_one_int(db, &n, "SELECT x FROM t", DB_NONE) < 0);
	assert_int_equal(
		db_one_int(db, &n, "SELECT a FROM t WHERE a = 9", DB_NONE), 0);
	assert_int_equal(count(db), 1);
}

static void returning(void **state)
{
	struct db *db = *state;
	int64_t first = 0, second = 0;
	const char *sql = "INSERT INTO zone (name, title, kind) "
			  "VALUES ($1, 'x', 'custom') RETURNING id";

	assert_int_equal(db_one_int(db, &first, sql, DB(db_text("a"))), 1);
	assert_int_equal(db_one_int(db, &second, sql, DB(db_text("b"))), 1);
	assert_true(second > first);
	assert_int_equal(db_run(db, "DELETE FROM zone WHERE id = $1",
				DB(db_int(second))),
			 1);
	/* A number is never given again. */
	assert_int_equal(db_one_int(db, &first, sql, DB(db_text("c"))), 1);
	assert_true(first > second);
}

static void transactions(void **state)
{
	struct db *db = *state;

	assert_int_equal(db_begin(db), 0);
	assert_int_equal(put(db, 1, "a", 1), 1);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(put(db, 2, "b", 1), 1);
	assert_int_equal(db_commit(db), 0);
	db_rollback(db);
	assert_int_equal(count(db), 0);

	assert_int_equal(db_begin(db), 0);
	assert_int_equal(put(db, 1, "a", 1), 1);
	assert_int_equal(db_commit(db), 0);
	assert_int_equal(count(db), 1);
	db_rollback(db); /* without one: nothing */
}

static void an_error_dooms_the_transaction(void **state)
{
	struct db *db = *state;
	struct db_rows r;
	int64_t n = 0;

	assert_int_equal(db_begin(db), 0);
	assert_int_equal(put(db, 1, "a", 1), 1);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(put(db, 1, "b", 1), -EEXIST);
	db_rollback(db);
	assert_int_equal(put(db, 2, "c", 1), -EEXIST);
	assert_int_equal(db_one_int(db, &n, "SELECT 1", DB_NONE), -EEXIST);
	db_ask(db, &r, "SELECT 1", DB_NONE);
	assert_false(db_next(&r));
	assert_int_equal(db_end(&r), -EEXIST);
	assert_int_equal(db_begin(db), -EEXIST);
	assert_int_equal(db_commit(db), -EEXIST);
	assert_int_equal(count(db), 0);

	/* The inner one given up: the whole is. */
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(put(db, 1, "a", 1), 1);
	assert_int_equal(db_begin(db), 0);
	db_rollback(db);
	assert_int_equal(db_commit(db), -ECANCELED);
	assert_int_equal(count(db), 0);
}

/* Several queries at once, the same one too. */
static void queries_inside_queries(void **state)
{
	const char *sql = "SELECT a FROM t ORDER BY a";
	struct db *db = *state;
	struct db_rows outer, inner;
	int64_t sum = 0;

	for (int i = 1; i <= 3; i++)
		assert_int_equal(put(db, i, "x", i), 1);
	db_ask(db, &outer, sql, DB_NONE);
	while (db_next(&outer)) {
		db_ask(db, &inner, sql, DB_NONE);
		while (db_next(&inner))
			sum += db_col_int(&outer, 0) * db_col_int(&inner, 0);
		assert_int_equal(db_end(&inner), 0);
	}
	assert_int_equal(db_end(&outer), 0);
	assert_int_equal(sum, 36);
}

/* Row by row, with nothing beside it; giving up early does no harm. */
static void streams(void **state)
{
	struct db *db = *state;
	struct db_rows r;
	int64_t n = 0, sum = 0;

	for (int i = 0; i < 100; i++)
		assert_int_equal(put(db, i, "x", 1), 1);
	db_stream(db, &r, "SELECT a FROM t WHERE a >= $1 ORDER BY a",
		  DB(db_int(50)));
	assert_int_equal(put(db, 100, "x", 1), -EBUSY);
	assert_int_equal(db_one_int(db, &n, "SELECT 1", DB_NONE), -EBUSY);
	while (db_next(&r))
		sum += db_col_int(&r, 0);
	assert_int_equal(db_end(&r), 0);
	assert_int_equal(sum, (50 + 99) * 25);
	for (int in_transaction = 0; in_transaction < 2; in_transaction++) {
		if (in_transaction)
			assert_int_equal(db_begin(db), 0);
		db_stream(db, &r, "SELECT a FROM t ORDER BY a", DB_NONE);
		assert_true(db_next(&r));
		assert_int_equal(db_columns(&r), 1);
		assert_string_equal(db_col_name(&r, 0), "a");
		assert_int_equal(db_end(&r), 0);
		assert_int_equal(count(db), 100);
	}
	assert_int_equal(db_commit(db), 0);
	db_stream(db, &r, "SELECT a / (a - 50) FROM t ORDER BY a / 0", DB_NONE);
	while (db_next(&r))
		;
	n = db_end(&r);
	assert_true(n == 0 || n == -EINVAL); /* SQLite: NULL */
	assert_int_equal(count(db), 100);
}

/* The address of a statement may be used again for another one. */
static void a_text_that_changes(void **state)
{
	struct db *db = *state;
	char sql[40];
	int64_t n = 0;

	for (int i = 0; i < 5; i++) {
		snprintf(sql, sizeof sql, "SELECT %d", i);
		assert_int_equal(db_one_int(db, &n, sql, DB_NONE), 1);
		assert_int_equal(n, i);
	}
}

static void copy_text_cuts_between_characters(void **state)
{
	struct db *db = *state;
	struct db_rows r;
	char buf[6];

	assert_int_equal(put(db, 1, "abc\xE2\x82\xAC", 1), 1);
	db_ask(db, &r, "SELECT b FROM t", DB_NONE);
	assert_true(db_next(&r));
	db_copy_text(&r, 0, buf, sizeof buf);
	assert_string_equal(buf, "abc");
	db_copy_text(&r, 0, buf, 3);
	assert_string_equal(buf, "ab");
	assert_int_equal(db_end(&r), 0);
}

static void addresses(void **state)
{
	char why[200];
	struct text t = text_init(why, sizeof why);
	struct db *db;

	(void)state;
	assert_int_equal(db_open("mysql:x", &db, &t), -EINVAL);
	assert_non_null(strstr(why, "sqlite:FILE"));
	t = text_init(why, sizeof why);
	assert_int_equal(db_open("sqlite:/nonexistent/x.db", &db, &t), -ENOENT);
	assert_non_null(strstr(why, "/nonexistent/x.db"));
	db_close(NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(values_come_back),
		TEST(octets_come_back),
		TEST(the_same_argument_twice_and_in_any_order),
		TEST(null_then_number),
		TEST(broken_rules),
		TEST(returning),
		TEST(transactions),
		TEST(an_error_dooms_the_transaction),
		TEST(queries_inside_queries),
		TEST(streams),
		TEST(a_text_that_changes),
		TEST(copy_text_cuts_between_characters),
		cmocka_unit_test(addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
