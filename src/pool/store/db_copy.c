/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/db_copy.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "pool/store/db_driver.h"

const char *const db_copy_tables[] = {
	"account",      "person",     "second_step", "recovery_code",
	"member",       "session",    "mail_token",  "api_token",
	"throttle",     "audit",      "zone",        "zone_rule",
	"zone_count",   "server",     "server_zone", "candidate",
	"verification", "list_entry", "monitor",     "batch",
	"pair",         "log",        "sample",      "log_hour",
	"log_day",      "rollup_due", "alert",       "webhook",
	"outbox",       "setting",    "spot",        "spot_result",
	NULL,
};

static int64_t count(struct db *db, const char *table)
{
	char sql[80];
	struct text t = text_init(sql, sizeof sql);
	int64_t n = 0;
	int r;

	text_add(&t, "SELECT COUNT(*) FROM %s", table);
	r = db_one_int(db, &n, sql, DB_NONE);
	return r < 0 ? r : n;
}

static int refuse_unless_empty(struct db *to, struct text *why)
{
	for (const char *const *t = db_copy_tables; *t; t++) {
		int64_t n = count(to, *t);

		if (n > 0)
			text_add(why,
				 "the target is not empty: %" PRId64
				 " rows in table %s",
				 n, *t);
		if (n != 0)
			return n < 0 ? (int)n : -ENOTEMPTY;
	}
	return 0;
}

/* INSERT INTO table (a, b) VALUES ($1, $2), as the source names its columns. */
static void put_insert(struct buf *sql, const char *table, struct db_rows *rows)
{
	int n = db_columns(rows);

	buf_printf(sql, "INSERT INTO %s (", table);
	for (int i = 0; i < n; i++)
		buf_printf(sql, "%s%s", i ? ", " : "", db_col_name(rows, i));
	buf_printf(sql, ") VALUES (");
	for (int i = 0; i < n; i++)
		buf_printf(sql, "%s$%d", i ? ", " : "", i + 1);
	buf_printf(sql, ")");
}

static int put_row(struct db *to, const char *insert, struct db_rows *rows)
{
	struct db_value value[DB_MAX_ARGS];
	int n = db_columns(rows);

	for (int i = 0; i < n; i++)
		value[i] = db_col_value(rows, i);
	return (int)db_run(to, insert, value, (size_t)n);
}

/* Has the table numbers that the engine gives? */
static bool is_numbered(struct db_rows *rows)
{
	return strcmp(db_col_name(rows, 0), "id") == 0 &&
	       db_col_value(rows, 0).kind == DB_INT;
}

/* Returns: the number of rows, or -errno. */
static int64_t copy_table(struct db *from, struct db *to, const char *table)
{
	bool numbered = false;
	struct buf insert = {0};
	struct db_rows rows;
	char select[80];
	struct text t = text_init(select, sizeof select);
	int64_t n = 0;
	int r = 0, e;

	text_add(&t, "SELECT * FROM %s", table);
	db_stream(from, &rows, select, DB_NONE);
	while (r >= 0 && db_next(&rows)) {
		if (n == 0) {
			put_insert(&insert, table, &rows);
			numbered = is_numbered(&rows);
		}
		r = put_row(to, buf_text(&insert), &rows);
		n++;
	}
	e = db_end(&rows);
	buf_done(&insert);
	if (r >= 0)
		r = e;
	if (r >= 0 && numbered)
		r = to->driver->count_on(to, table);
	return r < 0 ? r : n;
}

/* Copy one table and look whether it arrived. */
static int64_t copy_and_count(struct db *from, struct db *to, const char *table,
			      struct text *why)
{
	int64_t n = copy_table(from, to, table);
	int64_t there = n < 0 ? n : count(to, table);

	if (there < 0)
		text_add(why, "table %s: from %s: %s; to %s: %s", table,
			 db_engine(from), db_error(from), db_engine(to),
			 db_error(to));
	else if (there != n)
		text_add(why,
			 "table %s: %" PRId64 " rows were read, %" PRId64
			 " are there",
			 table, n, there);
	return there < 0 ? there : there != n ? -EIO : n;
}

/* Everything, between two transactions that the caller ends. */
static int64_t copy_all(struct db *from, struct db *to,
			struct db_copy_report *report, struct text *why)
{
	int64_t sum = 0;
	int r = refuse_unless_empty(to, why);

	if (r < 0)
		return r;
	for (const char *const *t = db_copy_tables; *t; t++) {
		int64_t n = copy_and_count(from, to, *t, why);

		if (n < 0)
			return n;
		sum += n;
		if (report && report->table)
			report->table(report, *t, n);
	}
	return sum;
}

int64_t db_copy(struct db *from, struct db *to, struct db_copy_report *report,
		struct text *why)
{
	int64_t sum;
	int r = from->driver->script(from, from->driver->begin_copy);

	if (r < 0) {
		text_add(why, "from %s: %s", db_engine(from), db_error(from));
		return r;
	}
	from->depth = 1;
	r = db_begin(to);
	sum = r < 0 ? r : copy_all(from, to, report, why);
	if (r == 0)
		r = db_finish(to, sum < 0 ? (int)sum : 0);
	db_rollback(from);
	if (r < 0 && why->len == 0)
		text_add(why, "to %s: %s", db_engine(to), db_error(to));
	return r < 0 ? r : sum;
}
