/* SPDX-License-Identifier: BSD-2-Clause */
/* What is SQLite's own: files, and two connections to one. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "pool/store/db.h"
#include "scratch.h"

static struct db *open_file(const char *address)
{
	char why[400];
	struct text t = text_init(why, sizeof why);
	struct db *db;

	if (db_open(address, &db, &t) < 0)
		fail_msg("%s: %s", address, why);
	return db;
}

static int try_open(const char *address, char *why, size_t cap)
{
	struct text t = text_init(why, cap);
	struct db *db;
	int r = db_open(address, &db, &t);

	if (r >= 0)
		db_close(db);
	return r;
}

static int64_t zones(struct db *db)
{
	int64_t n = -1;

	assert_int_equal(
		db_one_int(db, &n, "SELECT COUNT(*) FROM zone", DB_NONE), 1);
	return n;
}

static int64_t add_zone(struct db *db, const char *name)
{
	return db_run(db,
		      "INSERT INTO zone (name, title, kind) "
		      "VALUES ($1, 'x', 'custom')",
		      DB(db_text(name)));
}

static void kept_and_private(void **state)
{
	struct db *db = open_file("sqlite:pool.db");
	struct stat st;

	(void)state;
	assert_int_equal(add_zone(db, "a"), 1);
	assert_int_equal(stat("pool.db", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat("pool.db-wal", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	db_close(db);
	db = open_file("sqlite:pool.db");
	assert_int_equal(zones(db), 1);
	db_close(db);
}

static void no_database(void **state)
{
	char why[400];
	char junk[4096];

	(void)state;
	memset(junk, 'x', sizeof junk);
	scratch_put("junk.db", junk, sizeof junk);
	assert_int_equal(try_open("sqlite:junk.db", why, sizeof why), -EBADMSG);
	assert_non_null(strstr(why, "junk.db"));
	assert_int_equal(try_open("sqlite:.", why, sizeof why) < 0, 1);
}

static void a_newer_schema(void **state)
{
	struct db *db = open_file("sqlite:pool.db");
	char why[400];

	(void)state;
	assert_int_equal(
		db_run(db, "INSERT INTO migration VALUES (9000, 0)", DB_NONE),
		1);
	db_close(db);
	assert_int_equal(try_open("sqlite:pool.db", why, sizeof why), -EPROTO);
	assert_non_null(strstr(why, "9000"));
}

/* A writer waits for another; readers see the old state and never wait. */
static void two_connections(void **state)
{
	struct db *a = open_file("sqlite:pool.db");
	struct db *b = open_file("sqlite:pool.db");

	(void)state;
	assert_int_equal(db_begin(a), 0);
	assert_int_equal(add_zone(a, "a"), 1);
	assert_int_equal(zones(b), 0);
	assert_int_equal(db_commit(a), 0);
	assert_int_equal(zones(b), 1);
	assert_int_equal(add_zone(b, "b"), 1);
	assert_int_equal(zones(a), 2);
	db_close(a);
	db_close(b);
}

static void one_has_the_lock(void **state)
{
	struct db *a = open_file("sqlite:pool.db");
	struct db *b = open_file("sqlite:pool.db");

	(void)state;
	assert_int_equal(db_try_lock(a, 1), 1);
	assert_int_equal(db_try_lock(a, 1), 1);
	assert_int_equal(db_try_lock(b, 1), 0);
	assert_int_equal(db_try_lock(b, 2), 1);
	db_close(a);
	assert_int_equal(db_try_lock(b, 1), 1);
	db_close(b);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_enter, scratch_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(kept_and_private), TEST(no_database),
		TEST(a_newer_schema),   TEST(two_connections),
		TEST(one_has_the_lock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
