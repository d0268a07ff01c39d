/* SPDX-License-Identifier: BSD-2-Clause */
/* From SQLite to the engine under test and back: nothing may be lost. */
#include "pool/store/db_copy.h"

#include <errno.h>
#include <math.h>

#include "pool/store/log.h"
#include "pool/store/setting.h"
#include "pool_rows.h"

#define HOSTILE "it's \"a\" \\ $1 -- ; %s {id}\n\t<b>\x01 \xE2\x82\xAC"

static void run(struct db *db, const char *sql, const struct db_value *arg,
		size_t n_arg)
{
	if (db_run(db, sql, arg, n_arg) != 1)
		fail_msg("%s: %s", sql, db_error(db));
}

static void put_people(struct db *db)
{
	int64_t account = add_account(db, "it's");
	int64_t person = add_person(db, account, "a@example.org", HOSTILE);
	unsigned char octets[256];

	for (int i = 0; i < 256; i++)
		octets[i] = (unsigned char)(255 - i);
	run(db,
	    "INSERT INTO session (hash, person_id, created_ms, seen_ms, "
	    "expires_ms) VALUES ($1, $2, 1, 2, 3)",
	    DB(db_blob(octets, sizeof octets), db_int(person)));
	run(db,
	    "INSERT INTO session (hash, created_ms, seen_ms, expires_ms) "
	    "VALUES ($1, 1, 2, 3)",
	    DB(db_blob("", 0)));
	run(db,
	    "INSERT INTO monitor (name, kind, created_ms, code_hash, "
	    "public_key, clock_offset_s) VALUES ($1, 'monitor', 1, $2, $3, $4)",
	    DB(db_text(HOSTILE), db_blob(octets, 32), db_blob(octets + 32, 32),
	       db_real(4e-324)));
	run(db,
	    "INSERT INTO batch (id, monitor_id, given_ms, hash, signature) "
	    "SELECT 'b', MAX(id), 1, $1, $2 FROM monitor",
	    DB(db_blob(octets, 32), db_blob(octets + 64, 64)));
}

static void put_servers(struct db *db)
{
	int64_t server = add_server(db, 1, "2001:db8::1");
	struct log_row row = {
		.server_id = server,
		.monitor_id = 1,
		.offset_s = 0.1,
		.rtt_s = 1.0 / 3,
		.refid = 0xFFFFFFFF,
		.profile = "classic",
		.rule = "good",
		.error = HOSTILE,
		.counts = true,
	};
	struct log_sample sample = {INT64_MAX, INT64_MIN, 0, -1};

	/* A parent with a higher number than its child. */
	add_zone(db, "child", "custom", 0);
	add_zone(db, "parent", "custom", 0);
	run(db,
	    "UPDATE zone SET parent_id = (SELECT id FROM zone "
	    "WHERE name = 'parent') WHERE name = 'child'",
	    DB_NONE);
	for (int i = 0; i < 1000; i++) {
		row.at_ms = row.taken_ms = T0 + i;
		row.offset_s =
			i % 3 ? sin(i) * pow(10, i % 600 - 300) : (double)NAN;
		row.score = cos(i);
		assert_int_equal(log_insert(db, &row), 0);
	}
	assert_int_equal(log_insert_sample(db, server, T0, 1, 0, &sample), 0);
	assert_int_equal(setting_set(db, "x", HOSTILE), 0);
}

static void assert_same_value(const char *table, struct db_rows *a,
			      struct db_rows *b, int column)
{
	struct db_value x = db_col_value(a, column);
	struct db_value y = db_col_value(b, column);

	if (x.kind != y.kind || x.i != y.i || memcmp(&x.d, &y.d, sizeof x.d) ||
	    x.len != y.len || (x.len > 0 && memcmp(x.p, y.p, x.len) != 0))
		fail_msg("table %s, column %s differs", table,
			 db_col_name(a, column));
}

/* Returns: the number of rows. */
static int64_t assert_same_table(struct db *a, struct db *b, const char *table)
{
	struct db_rows x, y;
	int64_t n = 0;
	char sql[80];

	snprintf(sql, sizeof sql, "SELECT * FROM %s ORDER BY 1, 2", table);
	db_ask(a, &x, sql, DB_NONE);
	db_ask(b, &y, sql, DB_NONE);
	for (; db_next(&x); n++) {
		assert_true(db_next(&y));
		assert_int_equal(db_columns(&x), db_columns(&y));
		for (int i = 0; i < db_columns(&x); i++)
			assert_same_value(table, &x, &y, i);
	}
	assert_false(db_next(&y));
	assert_int_equal(db_end(&x), 0);
	assert_int_equal(db_end(&y), 0);
	return n;
}

static int64_t copy(struct db *from, struct db *to)
{
	char why[300];
	struct text t = text_init(why, sizeof why);
	int64_t n = db_copy(from, to, NULL, &t);

	if (n < 0)
		fail_msg("%s", why);
	return n;
}

static void there_and_back(void **state)
{
	struct db *first = db_test_open("sqlite::memory:");
	struct db *middle = db_for_test();
	struct db *last = db_test_open("sqlite::memory:");
	int64_t n, rows = 0;

	(void)state;
	put_people(first);
	put_servers(first);
	n = copy(first, middle);
	assert_int_equal(copy(middle, last), n);
	for (const char *const *t = db_copy_tables; *t; t++)
		rows += assert_same_table(first, last, *t);
	assert_int_equal(rows, n);
	assert_true(n > 1010);
	/* The numbers go on. */
	assert_true(add_account(middle, "next") > 1);
	assert_true(add_account(last, "next") > 1);
	db_close(first);
	db_close(middle);
	db_close(last);
}

static void not_onto_others(void **state)
{
	struct db *from = db_test_open("sqlite::memory:");
	struct db *to = db_for_test();
	char why[300];
	struct text t = text_init(why, sizeof why);

	(void)state;
	add_account(from, "a");
	add_account(to, "b");
	assert_int_equal(db_copy(from, to, NULL, &t), -ENOTEMPTY);
	assert_non_null(strstr(why, "account"));
	/* Both can go on. */
	add_account(from, "c");
	add_account(to, "d");
	db_close(from);
	db_close(to);
}

/* A row that does not fit leaves nothing behind. */
static void all_or_nothing(void **state)
{
	struct db *from = db_test_open("sqlite::memory:");
	struct db *to = db_for_test();
	char why[300];
	struct text t = text_init(why, sizeof why);

	(void)state;
	add_account(from, "a");
	run(from, "INSERT INTO setting VALUES ('a', CAST(x'FF' AS TEXT))",
	    DB_NONE);
	assert_int_equal(db_copy(from, to, NULL, &t), -EINVAL);
	assert_non_null(strstr(why, "setting"));
	add_account(to, "a");
	db_close(from);
	db_close(to);
}

/* A table that a migration adds has to be in the list. */
static void no_table_is_forgotten(void **state)
{
	struct db *db = db_test_open("sqlite::memory:");
	struct db_rows rows;
	size_t n = 0, listed = 0;

	(void)state;
	db_ask(db, &rows,
	       "SELECT name FROM sqlite_schema WHERE type = 'table' AND name "
	       "NOT IN ('migration', 'sqlite_sequence')",
	       DB_NONE);
	for (; db_next(&rows); n++) {
		size_t i = 0;

		while (db_copy_tables[i] &&
		       strcmp(db_copy_tables[i], db_col_text(&rows, 0)) != 0)
			i++;
		if (!db_copy_tables[i])
			fail_msg("table %s is not copied",
				 db_col_text(&rows, 0));
	}
	assert_int_equal(db_end(&rows), 0);
	while (db_copy_tables[listed])
		listed++;
	assert_int_equal(n, listed);
	db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(not_onto_others),
		cmocka_unit_test(all_or_nothing),
		cmocka_unit_test(no_table_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
