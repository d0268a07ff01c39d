/* SPDX-License-Identifier: BSD-2-Clause */
/* Damage of every kind, done to an empty pool's books. */
#include "pool/store/db_check.h"

#include "pool/store/db_copy.h"
#include "pool/store/log.h"
#include "pool/store/pair.h"
#include "pool_rows.h"
#include "scratch.h"

typedef int (*check_fn)(struct db *db, struct db_check *out);

static bool is_sqlite(const struct db *db)
{
	return strcmp(db_engine(db), "sqlite") == 0;
}

static void change(struct db *db, const char *sql)
{
	if (db_run(db, sql, DB_NONE) < 0)
		fail_msg("%s: %s", sql, db_error(db));
}

static void assert_finds(struct db *db, check_fn check, int64_t n,
			 const char *word)
{
	struct db_check c;

	assert_int_equal(check(db, &c), 0);
	if (c.found != n || !strstr(c.first, word))
		fail_msg("%d found, not %d: %s", (int)c.found, (int)n, c.first);
}

/* A server, a monitor, the scorer, and what was measured once. */
static struct db *books(void)
{
	struct db *db = db_for_test();
	int64_t account = add_account(db, "a");
	int64_t server = add_server(db, account, "192.0.2.1");
	struct log_row row = {.server_id = server,
			      .monitor_id = 1,
			      .at_ms = T0,
			      .taken_ms = T0,
			      .profile = "classic",
			      .rule = "good",
			      .score = 1,
			      .counts = true};

	change(db, "INSERT INTO monitor (id, kind, name, created_ms) VALUES"
		   " (1, 'monitor', 'm', 0), (2, 'score', 's', 0)");
	assert_int_equal(log_insert(db, &row), 0);
	row.monitor_id = 2;
	assert_int_equal(log_insert(db, &row), 0);
	change(db, "UPDATE server SET score = 1, score_ms = "
		   "(SELECT MAX(at_ms) FROM log)");
	change(db, "INSERT INTO pair (server_id, monitor_id, score, score_ms)"
		   " SELECT id, 1, score, score_ms FROM server");
	return db;
}

static void whole(void **state)
{
	static const check_fn all[] = {db_check_engine, db_check_rows,
				       db_check_schema, db_check_references,
				       db_check_scores};
	struct db *db = books();
	struct db_check c;

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		assert_finds(db, all[i], 0, "");
		assert_int_equal(all[i](db, &c), 0);
		assert_true(c.seen > 0);
	}
	db_close(db);
}

/* What the schema promises is in the table of references. */
static void every_reference_is_asked_for(void **state)
{
	struct db *db = db_test_open("sqlite::memory:");
	unsigned n = 0;

	(void)state;
	for (const char *const *t = db_copy_tables; *t; t++) {
		struct db_rows rows;

		db_ask(db, &rows,
		       "SELECT \"from\", \"table\" FROM"
		       " pragma_foreign_key_list($1)",
		       DB(db_text(*t)));
		while (db_next(&rows)) {
			const struct db_reference *r = db_references;

			while (r->child &&
			       (strcmp(r->child, *t) != 0 ||
				strcmp(r->column, db_col_text(&rows, 0)) != 0 ||
				strcmp(r->parent, db_col_text(&rows, 1)) != 0))
				r++;
			if (!r->child)
				fail_msg("%s.%s", *t, db_col_text(&rows, 0));
			n++;
		}
		assert_int_equal(db_end(&rows), 0);
	}
	assert_in_range(n, 20, 100);
	db_close(db);
}

static void rows_of_nobody(void **state)
{
	struct db *db = books();

	(void)state;
	change(db, "INSERT INTO log_hour SELECT 77, at_ms, 1, 1, 1, 1, 1, 0, 0,"
		   " 0, 0, 0, 0 FROM log WHERE monitor_id = 1");
	change(db, "INSERT INTO sample VALUES (1, 1, 78, 0, 0, 0, 0, 0),"
		   " (1, 2, 78, 0, 0, 0, 0, 0)");
	assert_finds(db, db_check_references, 3,
		     "2 rows of sample have a monitor_id of no monitor");
	assert_finds(db, db_check_engine, 0, "");
	db_close(db);
}

static void a_reference_that_was_forced(void **state)
{
	struct db *db = books();

	(void)state;
	if (is_sqlite(db)) {
		change(db, "PRAGMA foreign_keys = OFF");
	} else {
		change(db, "ALTER TABLE member DISABLE TRIGGER ALL");
	}
	change(db, "INSERT INTO member (account_id, person_id) VALUES (1, 9)");
	assert_finds(db, db_check_references, 1,
		     "1 rows of member have a person_id of no person");
	if (is_sqlite(db))
		assert_finds(db, db_check_engine, 1,
			     "a row of member refers to no person");
	else
		assert_finds(db, db_check_engine, 4, "of member is off");
	db_close(db);
}

static void scores_that_the_log_does_not_know(void **state)
{
	struct db *db = books();

	(void)state;
	change(db, "UPDATE pair SET score = 2");
	assert_finds(db, db_check_scores, 1, "1 pairs of server and monitor");
	change(db, "UPDATE server SET score = 2");
	assert_finds(db, db_check_scores, 2, "1 servers");
	db_close(db);
}

static void another_schema(void **state)
{
	struct db *db = books();

	(void)state;
	change(db, "DROP TABLE setting");
	assert_finds(db, db_check_schema, 1, "setting cannot be read");
	change(db, "ALTER TABLE webhook ADD COLUMN extra BIGINT");
	assert_finds(db, db_check_schema, 2, "secret created_ms extra");
	db_close(db);
}

/* Many octets in the middle of the file, such as a failing disk gives. */
static void a_damaged_file(void **state)
{
	static const char noise[6000] = "noise";
	struct db *db = db_test_open("sqlite:pool.db");
	struct db_check c;
	FILE *f;

	(void)state;
	for (int i = 0; i < 500; i++) {
		char slug[400];

		snprintf(slug, sizeof slug, "%0390d", i);
		add_account(db, slug);
	}
	db_close(db);
	f = fopen("pool.db", "r+b");
	assert_non_null(f);
	assert_int_equal(fseek(f, -100000, SEEK_END), 0);
	assert_int_equal(fwrite(noise, sizeof noise, 1, f), 1);
	fclose(f);
	db = db_test_open("sqlite:pool.db");
	assert_int_equal(db_check_engine(db, &c), 0);
	assert_true(c.found > 0);
	assert_int_equal(db_check_rows(db, &c), 0);
	assert_true(c.found > 0);
	db_close(db);
}

static void an_index_that_is_not_valid(void **state)
{
	struct db *db = books();

	(void)state;
	if (!is_sqlite(db)) {
		change(db, "UPDATE pg_index SET indisvalid = false WHERE"
			   " indexrelid = 'log_monitor'::regclass");
		assert_finds(db, db_check_engine, 1,
			     "index log_monitor is not valid");
	}
	db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),
		cmocka_unit_test(every_reference_is_asked_for),
		cmocka_unit_test(rows_of_nobody),
		cmocka_unit_test(a_reference_that_was_forced),
		cmocka_unit_test(scores_that_the_log_does_not_know),
		cmocka_unit_test(another_schema),
		cmocka_unit_test_setup_teardown(a_damaged_file, scratch_enter,
						scratch_leave),
		cmocka_unit_test(an_index_that_is_not_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
