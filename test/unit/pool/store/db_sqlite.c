/* SPDX-License-Identifier: BSD-2-Clause */
/* What is SQLite's own: files, and two connections to one. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

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

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
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

static int64_t pragma(struct db *db, const char *name)
{
	char sql[60];
	int64_t value = -1;

	snprintf(sql, sizeof sql, "PRAGMA %s", name);
	assert_int_equal(db_one_int(db, &value, sql, DB_NONE), 1);
	return value;
}

/* What was committed survives the machine, and references hold. */
static void durable(void **state)
{
	struct db *db = open_file("sqlite:pool.db");

	(void)state;
	assert_int_equal(pragma(db, "synchronous"), 2); /* FULL */
	assert_int_equal(pragma(db, "foreign_keys"), 1);
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

static void limit_files(rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* One more, of a page and a half. */
static int64_t add_much(struct db *db, int i)
{
	char name[24], title[6001];

	snprintf(name, sizeof name, "z%d", i);
	memset(title, 't', sizeof title - 1);
	title[sizeof title - 1] = '\0';
	return db_run(db,
		      "INSERT INTO zone (name, title, kind) "
		      "VALUES ($1, $2, 'custom')",
		      DB(db_text(name), db_text(title)));
}

/*
 * No file may grow past a limit, which is what a full disk looks like from
 * here: writing fails and says so, reading goes on, nothing is half written,
 * and when there is room again, writing goes on too.
 */
static void a_full_disk(void **state)
{
	struct db *db = open_file("sqlite:pool.db");
	struct db *reader = open_file("sqlite:pool.db");
	char check[8] = "";
	struct db_rows rows;
	int n = 0;
	int64_t r;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	limit_files(1 << 20);
	while ((r = add_much(db, n)) == 1)
		assert_in_range(++n, 1, 10000);
	assert_int_equal(r, -ENOSPC);
	assert_true(n > 10);
	assert_int_equal(zones(reader), n);
	assert_int_equal(zones(db), n);
	/* Of a transaction all goes or nothing; it is written at its end. */
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(add_zone(db, "small"), 1);
	assert_int_equal(add_much(db, n), 1);
	assert_int_equal(db_commit(db), -ENOSPC);
	assert_int_equal(zones(db), n);

	limit_files(RLIM_INFINITY);
	assert_int_equal(add_much(db, n), 1);
	assert_int_equal(zones(reader), n + 1);
	db_ask(db, &rows, "PRAGMA integrity_check", DB_NONE);
	assert_true(db_next(&rows));
	db_copy_text(&rows, 0, check, sizeof check);
	assert_int_equal(db_end(&rows), 0);
	assert_string_equal(check, "ok");
	db_close(db);
	db_close(reader);
}

/* Count up in a transaction, reading first: the two must not lose a step. */
static void count_up(int steps)
{
	struct db *db = open_file("sqlite:pool.db");
	int64_t n = 0;

	for (int i = 0; i < steps; i++)
		if (db_begin(db) < 0 ||
		    db_one_int(db, &n, "SELECT min_servers FROM zone",
			       DB_NONE) != 1 ||
		    db_run(db, "UPDATE zone SET min_servers = $1",
			   DB(db_int(n + 1))) != 1 ||
		    db_commit(db) < 0)
			_exit(1);
	db_close(db);
	_exit(0);
}

static void two_writers(void **state)
{
	struct db *db = open_file("sqlite:pool.db");
	int64_t n = 0;
	int status;

	(void)state;
	assert_int_equal(add_zone(db, "a"), 1);
	db_close(db); /* SQLite's connections do not survive a fork */
	for (int i = 0; i < 2; i++)
		if (fork() == 0)
			count_up(300);
	for (int i = 0; i < 2; i++) {
		assert_true(wait(&status) > 0);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
	db = open_file("sqlite:pool.db");
	assert_int_equal(
		db_one_int(db, &n, "SELECT min_servers FROM zone", DB_NONE), 1);
	assert_int_equal(n, 600);
	db_close(db);
}

/* All workers of a new installation at once: one makes it, the others wait. */
static void many_open_a_new_one(void **state)
{
	char why[200];
	int status;

	(void)state;
	for (int i = 0; i < 8; i++)
		if (fork() == 0)
			_exit(try_open("sqlite:pool.db", why, sizeof why) < 0);
	for (int i = 0; i < 8; i++) {
		assert_true(wait(&status) > 0);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
}

/* A writer that dies takes its half transaction and its locks with it. */
static void a_writer_is_killed(void **state)
{
	struct db *db;
	int ready[2], go[2];
	pid_t pid;
	char c;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(go), 0);
	pid = fork();
	if (pid == 0) {
		struct db *own;

		/* Opening takes the writer's place, too: not before the other
		 * has done so. */
		close(go[1]);
		if (read(go[0], &c, 1) != 1)
			_exit(1);
		own = open_file("sqlite:pool.db");
		if (db_try_lock(own, 1) != 1 || db_begin(own) < 0 ||
		    add_zone(own, "half") != 1 || write(ready[1], "x", 1) != 1)
			_exit(1);
		pause();
	}
	close(ready[1]);
	close(go[0]);
	db = open_file("sqlite:pool.db");
	assert_int_equal(write(go[1], "x", 1), 1);
	close(go[1]);
	assert_int_equal(read(ready[0], &c, 1), 1);
	close(ready[0]);
	assert_int_equal(db_try_lock(db, 1), 0);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(db_try_lock(db, 1), 1);
	assert_int_equal(zones(db), 0);
	assert_int_equal(add_zone(db, "whole"), 1);
	db_close(db);
}

/* One that writes all the time leaves room for another, which soon has it. */
static void everybody_has_a_turn(void **state)
{
	struct db *db = open_file("sqlite:pool.db");
	int64_t waited_ms = 0, worst_ms = 0;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		db = open_file("sqlite:pool.db");
		for (int i = 0; i < 100000; i++) {
			char name[20];

			snprintf(name, sizeof name, "busy%d", i);
			if (add_zone(db, name) != 1)
				_exit(1);
		}
		_exit(0);
	}
	while (zones(db) < 50)
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	for (int i = 0; i < 30; i++) {
		char name[20];
		int64_t from_ms = now_ms();

		snprintf(name, sizeof name, "turn%d", i);
		assert_int_equal(add_zone(db, name), 1);
		waited_ms = now_ms() - from_ms;
		worst_ms = waited_ms > worst_ms ? waited_ms : worst_ms;
	}
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	print_message("waited at most %d ms\n", (int)worst_ms);
	assert_true(worst_ms < 4000);
	db_close(db);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_enter, scratch_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(kept_and_private),     TEST(no_database),
		TEST(a_newer_schema),       TEST(two_connections),
		TEST(one_has_the_lock),     TEST(a_full_disk),
		TEST(two_writers),          TEST(many_open_a_new_one),
		TEST(a_writer_is_killed),   TEST(durable),
		TEST(everybody_has_a_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
