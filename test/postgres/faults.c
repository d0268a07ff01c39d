/* SPDX-License-Identifier: BSD-2-Clause */
/* A server that restarts, is killed, or keeps one waiting; run by ./run. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pool_db.h"

static char address[400];

/* "kill", "start" or "stop" the server. */
static void server(const char *verb)
{
	char command[400];

	snprintf(command, sizeof command, "%s %s %s",
		 getenv("TEST_POSTGRES_SERVER"), getenv("TEST_POSTGRES"), verb);
	assert_int_equal(system(command), 0);
}

static struct db *open_empty(void)
{
	db_test_schema(getenv("TEST_DATABASE"), address, sizeof address);
	return db_test_open(address);
}

static int64_t add_zone(struct db *db, const char *name)
{
	return db_run(db,
		      "INSERT INTO zone (name, title, kind) "
		      "VALUES ($1, 'x', 'custom')",
		      DB(db_text(name)));
}

static int64_t zones(struct db *db)
{
	int64_t n = -1;
	int r = db_one_int(db, &n, "SELECT COUNT(*) FROM zone", DB_NONE);

	return r < 0 ? r : n;
}

/* Idle while the server restarts: the next call notices nothing. */
static void a_restart_between_calls(void **state)
{
	struct db *db = open_empty();

	(void)state;
	assert_string_equal(db_engine(db), "postgres");
	assert_int_equal(add_zone(db, "a"), 1);
	server("stop");
	server("start");
	assert_int_equal(zones(db), 1);
	assert_int_equal(add_zone(db, "b"), 1);
	server("stop");
	server("start");
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(add_zone(db, "c"), 1);
	assert_int_equal(db_commit(db), 0);
	assert_int_equal(zones(db), 3);
	db_close(db);
}

static void gone_and_back(void **state)
{
	struct db *db = open_empty();

	(void)state;
	assert_int_equal(add_zone(db, "a"), 1);
	server("kill");
	assert_int_equal(zones(db), -ENOTCONN);
	assert_true(strlen(db_error(db)) > 0);
	assert_int_equal(db_begin(db), -ENOTCONN);
	assert_int_equal(add_zone(db, "b"), -ENOTCONN);
	server("start");
	assert_int_equal(zones(db), 1);
	assert_int_equal(add_zone(db, "b"), 1);
	db_close(db);
}

/* What was acknowledged is there, what was not is not, and nothing is half. */
static void killed_inside_a_transaction(void **state)
{
	struct db *db = open_empty();

	(void)state;
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(add_zone(db, "a"), 1);
	assert_int_equal(db_commit(db), 0);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(add_zone(db, "b"), 1);
	server("kill");
	assert_int_equal(add_zone(db, "c"), -ENOTCONN);
	server("start");
	/* It does not go on in the middle, on a new connection. */
	assert_int_equal(add_zone(db, "d"), -ENOTCONN);
	assert_int_equal(db_commit(db), -ENOTCONN);
	assert_int_equal(zones(db), 1);
	assert_int_equal(add_zone(db, "b"), 1);
	db_close(db);
}

static void the_lock_goes_with_the_connection(void **state)
{
	struct db *a = open_empty(), *b = db_test_open(address);

	(void)state;
	assert_int_equal(db_try_lock(a, 1), 1);
	assert_int_equal(db_try_lock(a, 1), 1);
	assert_int_equal(db_try_lock(b, 1), 0);
	assert_int_equal(db_try_lock(b, 2), 1);
	server("kill");
	assert_int_equal(db_try_lock(a, 1), -ENOTCONN);
	server("start");
	/* Who comes first has it; the old owner finds that out. */
	assert_int_equal(db_try_lock(b, 1), 1);
	assert_int_equal(db_try_lock(a, 1), 0);
	db_close(b);
	db_close(a);
}

static void a_writer_waits_for_another(void **state)
{
	struct db *a = open_empty(), *b = db_test_open(address);

	(void)state;
	assert_int_equal(db_begin(a), 0);
	assert_int_equal(add_zone(a, "a"), 1);
	assert_int_equal(zones(b), 0);
	assert_int_equal(db_begin(b), 0);
	assert_int_equal(add_zone(b, "b"), 1);
	/* The same name waits for the other's end, but not for ever. */
	assert_int_equal(add_zone(b, "a"), -EBUSY);
	db_rollback(b);
	assert_int_equal(db_commit(a), 0);
	assert_int_equal(zones(b), 1);
	db_close(b);
	db_close(a);
}

static void nobody_there(void **state)
{
	char why[400];
	struct text t = text_init(why, sizeof why);
	struct db *db;

	(void)state;
	assert_int_equal(db_open("postgres:host=/nonexistent", &db, &t),
			 -ENOTCONN);
	assert_non_null(strstr(why, "/nonexistent"));
	t = text_init(why, sizeof why);
	assert_int_equal(db_open("postgres://u@%2Fnonexistent/x", &db, &t),
			 -ENOTCONN);
	assert_non_null(strstr(why, "/nonexistent"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_restart_between_calls),
		cmocka_unit_test(gone_and_back),
		cmocka_unit_test(killed_inside_a_transaction),
		cmocka_unit_test(the_lock_goes_with_the_connection),
		cmocka_unit_test(a_writer_waits_for_another),
		cmocka_unit_test(nobody_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
