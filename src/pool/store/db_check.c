/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/db_check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/container.h"
#include "pool/store/db_copy.h"
#include "pool/store/db_driver.h"

/*
 * The schema leaves references out of the log on purpose (they would cost a
 * look-up a row), and a database can be told to believe any: so all are asked.
 */
/* clang-format off */
const struct db_reference db_references[] = {
	{"member", "account_id", "account"},
	{"member", "person_id", "person"},
	{"second_step", "person_id", "person"},
	{"recovery_code", "person_id", "person"},
	{"session", "person_id", "person"},
	{"mail_token", "person_id", "person"},
	{"mail_token", "account_id", "account"},
	{"api_token", "account_id", "account"},
	{"api_token", "person_id", "person"},
	{"zone", "parent_id", "zone"},
	{"zone_rule", "zone_id", "zone"},
	{"zone_count", "zone_id", "zone"},
	{"server", "account_id", "account"},
	{"server_zone", "server_id", "server"},
	{"server_zone", "zone_id", "zone"},
	{"candidate", "account_id", "account"},
	{"candidate", "person_id", "person"},
	{"verification", "server_id", "server"},
	{"list_entry", "server_id", "server"},
	{"list_entry", "account_id", "account"},
	{"list_entry", "revises_id", "list_entry"},
	{"spot", "account_id", "account"},
	{"spot", "server_id", "server"},
	{"spot_result", "spot_id", "spot"},
	{"spot_result", "monitor_id", "monitor"},
	{"monitor", "account_id", "account"},
	{"batch", "monitor_id", "monitor"},
	{"pair", "server_id", "server"},
	{"pair", "monitor_id", "monitor"},
	{"log", "server_id", "server"},
	{"log", "monitor_id", "monitor"},
	{"sample", "server_id", "server"},
	{"sample", "monitor_id", "monitor"},
	{"log_hour", "server_id", "server"},
	{"log_hour", "monitor_id", "monitor"},
	{"log_day", "server_id", "server"},
	{"log_day", "monitor_id", "monitor"},
	{"rollup_due", "server_id", "server"},
	{"alert", "server_id", "server"},
	{"webhook", "account_id", "account"},
	{0},
};
/* clang-format on */

PRINTF_LIKE(3, 4)
static void found(struct db_check *c, int64_t n, const char *fmt, ...)
{
	va_list ap;

	if (c->found == 0) {
		va_start(ap, fmt);
		vsnprintf(c->first, sizeof c->first, fmt, ap);
		va_end(ap);
	}
	c->found += n;
}

/* Is it the data that is bad, not the way to it? */
static bool is_damage(int r)
{
	return r == -EBADMSG || r == -EIO || r == -EINVAL;
}

/* The end of a query: damage is a finding, another error remains one. */
static int judge_end(struct db *db, struct db_check *c, int r, const char *what)
{
	if (r >= 0 || !is_damage(r))
		return r;
	found(c, 1, "%s cannot be read: %s", what, db_error(db));
	return 0;
}

int db_check_engine(struct db *db, struct db_check *out)
{
	int r = 0;

	*out = (struct db_check){0};
	for (const char *const *sql = db->driver->check; *sql && r == 0;
	     sql++) {
		struct db_rows rows;

		out->seen++;
		db_ask(db, &rows, *sql, DB_NONE);
		while (db_next(&rows))
			if (strcmp(db_col_text(&rows, 0), "ok") != 0)
				found(out, 1, "%s", db_col_text(&rows, 0));
		r = judge_end(db, out, db_end(&rows), "the database");
	}
	return r;
}

static int read_table(struct db *db, const char *table, struct db_check *out)
{
	struct db_rows rows;
	char sql[80];
	struct text t = text_init(sql, sizeof sql);

	text_add(&t, "SELECT * FROM %s", table);
	db_stream(db, &rows, sql, DB_NONE);
	while (db_next(&rows)) {
		int n = db_columns(&rows);

		for (int i = 0; i < n; i++)
			(void)db_col_value(&rows, i);
		out->seen++;
	}
	return judge_end(db, out, db_end(&rows), table);
}

int db_check_rows(struct db *db, struct db_check *out)
{
	int r = 0;

	*out = (struct db_check){0};
	for (const char *const *t = db_copy_tables; *t && r == 0; t++)
		r = read_table(db, *t, out);
	return r;
}

/* The names of a table's columns, with a blank behind each. */
static int columns_of(struct db *db, const char *table, struct buf *names)
{
	struct db_rows rows;
	char sql[80];
	struct text t = text_init(sql, sizeof sql);

	text_add(&t, "SELECT * FROM %s LIMIT 0", table);
	db_ask(db, &rows, sql, DB_NONE);
	if (rows.state)
		for (int i = 0; i < db_columns(&rows); i++)
			buf_printf(names, "%s ", db_col_name(&rows, i));
	(void)db_next(&rows);
	return db_end(&rows);
}

static int compare_table(struct db *db, struct db *model, const char *table,
			 struct db_check *out)
{
	struct buf is = {0}, ought = {0};
	int r = columns_of(model, table, &ought), e = 0;

	if (r == 0) {
		e = columns_of(db, table, &is);
		r = judge_end(db, out, e, table);
	}
	if (r == 0 && e == 0 && strcmp(buf_text(&is), buf_text(&ought)) != 0)
		found(out, 1, "table %s has the columns %s", table,
		      buf_text(&is));
	buf_done(&is);
	buf_done(&ought);
	return r;
}

/* An empty database that this program has just made is the model. */
int db_check_schema(struct db *db, struct db_check *out)
{
	struct text ignored = text_init(out->first, sizeof out->first);
	struct db *model;
	int r = db_open("sqlite::memory:", &model, &ignored);

	*out = (struct db_check){0};
	if (r < 0)
		return r;
	for (const char *const *t = db_copy_tables; *t && r == 0; t++) {
		r = compare_table(db, model, *t, out);
		out->seen++;
	}
	db_close(model);
	return r;
}

static int check_reference(struct db *db, const struct db_reference *ref,
			   struct db_check *out)
{
	int64_t lost = 0;
	char sql[240];
	struct text t = text_init(sql, sizeof sql);
	int r;

	text_add(&t,
		 "SELECT COUNT(*) FROM %s AS c WHERE c.%s IS NOT NULL AND NOT "
		 "EXISTS (SELECT 1 FROM %s AS p WHERE p.id = c.%s)",
		 ref->child, ref->column, ref->parent, ref->column);
	r = db_one_int(db, &lost, sql, DB_NONE);
	if (lost > 0)
		found(out, lost, "%" PRId64 " rows of %s have a %s of no %s",
		      lost, ref->child, ref->column, ref->parent);
	return judge_end(db, out, r < 0 ? r : 0, ref->child);
}

int db_check_references(struct db *db, struct db_check *out)
{
	int r = 0;

	*out = (struct db_check){0};
	for (const struct db_reference *ref = db_references;
	     ref->child && r == 0; ref++) {
		r = check_reference(db, ref, out);
		out->seen++;
	}
	return r;
}

int db_check_scores(struct db *db, struct db_check *out)
{
	static const struct {
		const char *what, *wrong, *all;
	} kinds[] = {
		{"servers",
		 "SELECT COUNT(*) FROM server s JOIN log l ON l.server_id = "
		 "s.id"
		 " AND l.at_ms = s.score_ms JOIN monitor m"
		 " ON m.id = l.monitor_id WHERE m.kind = 'score'"
		 " AND l.score <> s.score",
		 "SELECT COUNT(*) FROM server WHERE score_ms IS NOT NULL"},
		{"pairs of server and monitor",
		 "SELECT COUNT(*) FROM pair p JOIN log l"
		 " ON l.server_id = p.server_id AND l.at_ms = p.score_ms"
		 " AND l.monitor_id = p.monitor_id WHERE l.counts = 1"
		 " AND l.score <> p.score",
		 "SELECT COUNT(*) FROM pair WHERE score_ms IS NOT NULL"},
	};
	int r = 0;

	*out = (struct db_check){0};
	for (size_t i = 0; i < ARRAY_LEN(kinds) && r == 0; i++) {
		int64_t wrong = 0, all = 0;

		r = db_one_int(db, &wrong, kinds[i].wrong, DB_NONE);
		if (r > 0)
			r = db_one_int(db, &all, kinds[i].all, DB_NONE);
		if (wrong > 0)
			found(out, wrong,
			      "the scores of %" PRId64
			      " %s are not those of the log",
			      wrong, kinds[i].what);
		out->seen += all;
		r = judge_end(db, out, r < 0 ? r : 0, "the log");
	}
	return r;
}
