/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/db.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/container.h"
#include "base/utf8.h"
#include "pool/store/db_driver.h"

struct db_value db_real(double d)
{
	return (struct db_value){.kind = DB_REAL, .null = !isfinite(d), .d = d};
}

struct db_value db_text(const char *s)
{
	return (struct db_value){
		.kind = DB_TEXT, .null = !s, .p = s, .len = s ? strlen(s) : 0};
}

struct db_value db_blob(const void *p, size_t len)
{
	return (struct db_value){
		.kind = DB_BLOB, .null = !p, .p = p, .len = len};
}

static const struct {
	const char *prefix;
	const struct db_driver *driver;
} kinds[] = {
	/* The one of files is the first. */
	{"sqlite:", &db_driver_sqlite},
	{"postgres:", &db_driver_postgres},
	{"postgresql:", &db_driver_postgres},
};

const char *db_file(const char *address)
{
	size_t len = strlen(kinds[0].prefix);

	return strncmp(address, kinds[0].prefix, len) == 0 &&
			       strcmp(address + len, ":memory:") != 0
		       ? address + len
		       : NULL;
}

static int open_any(const char *address, struct db **out, struct text *why)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		size_t len = strlen(kinds[i].prefix);

		if (strncmp(address, kinds[i].prefix, len) == 0)
			return kinds[i].driver->open(address + len, out, why);
	}
	text_add(why,
		 "%s: a database is \"sqlite:FILE\" or "
		 "\"postgres:dbname=…\"",
		 address);
	return -EINVAL;
}

int db_open(const char *address, struct db **out, struct text *why)
{
	struct db *db;
	int r = open_any(address, &db, why);

	if (r < 0)
		return r;
	r = migrate(db, why);
	if (r < 0)
		db_close(db);
	else
		*out = db;
	return r;
}

int db_open_as_is(const char *address, struct db **out, struct text *why)
{
	const char *file = db_file(address);

	if (file && access(file, F_OK) < 0) {
		text_add(why, "%s: %s", file, strerror(errno));
		return -errno;
	}
	return open_any(address, out, why);
}

void db_init(struct db *db, const struct db_driver *driver)
{
	db->driver = driver;
	for (size_t i = 0; i < DB_BUCKETS; i++)
		SLIST_INIT(&db->statements[i]);
}

void db_done(struct db *db)
{
	db_forget_all(db);
	for (size_t i = 0; i < DB_BUCKETS; i++)
		while (!SLIST_EMPTY(&db->statements[i])) {
			struct db_statement *s =
				SLIST_FIRST(&db->statements[i]);

			SLIST_REMOVE_HEAD(&db->statements[i], next);
			free(s->text);
			free(s);
		}
}

void db_close(struct db *db)
{
	if (db)
		db->driver->close(db);
}

void db_forget_all(struct db *db)
{
	struct db_statement *s = NULL;

	for (size_t i = 0; i < DB_BUCKETS; i++)
		SLIST_FOREACH(s, &db->statements[i], next)
		{
			if (s->prepared)
				db->driver->forget(s->prepared);
			s->prepared = NULL;
		}
}

struct db_statement *db_statement(struct db *db, const char *sql)
{
	struct db_bucket *bucket =
		&db->statements[((uintptr_t)sql >> 3) % DB_BUCKETS];
	struct db_statement *s;

	SLIST_FOREACH(s, bucket, next)
	if (s->sql == sql)
		break;
	if (s && strcmp(s->text, sql) == 0)
		return s;
	if (s) {
		if (s->prepared)
			db->driver->forget(s->prepared);
		s->prepared = NULL;
		free(s->text);
	} else {
		s = xcalloc(1, sizeof *s);
		s->sql = sql;
		SLIST_INSERT_HEAD(bucket, s, next);
	}
	s->text = xstrdup(sql);
	return s;
}

int db_say(struct db *db, int r, const char *text)
{
	size_t len = strcspn(text, "\n");

	if (len >= sizeof db->error)
		len = sizeof db->error - 1;
	memcpy(db->error, text, len);
	db->error[len] = '\0';
	return r;
}

/* An error inside a transaction is the end of it, as in PostgreSQL. */
static int doom(struct db *db, int r)
{
	if (r < 0 && db->depth > 0 && !db->doomed)
		db->doomed = r;
	return r;
}

static int start(struct db *db, const char *sql, const struct db_value *arg,
		 size_t n_arg, bool stream, void **cursor)
{
	if (db->doomed)
		return db->doomed;
	if (db->streaming)
		return db_say(db, -EBUSY, "rows are still to be read");
	if (n_arg > DB_MAX_ARGS)
		return db_say(db, -E2BIG, "too many arguments");
	for (size_t i = 0; i < n_arg; i++)
		if (arg[i].kind == DB_TEXT && !arg[i].null &&
		    !utf8_valid(arg[i].p, arg[i].len))
			return db_say(db, -EINVAL, "a text is not UTF-8");
	return db->driver->start(db, sql, arg, n_arg, stream, cursor);
}

int64_t db_run(struct db *db, const char *sql, const struct db_value *arg,
	       size_t n_arg)
{
	int64_t changes = 0;
	void *cursor = NULL;
	int r = start(db, sql, arg, n_arg, false, &cursor);

	if (r < 0)
		return doom(db, r);
	while ((r = db->driver->next(cursor)) > 0)
		;
	if (r == 0)
		changes = db->driver->changes(cursor);
	db->driver->finish(cursor);
	return r < 0 ? doom(db, r) : changes;
}

static void ask(struct db *db, struct db_rows *rows, const char *sql,
		const struct db_value *arg, size_t n_arg, bool stream)
{
	*rows = (struct db_rows){.db = db};
	rows->error = start(db, sql, arg, n_arg, stream, &rows->state);
	if (rows->error < 0)
		rows->state = NULL;
	else
		rows->streaming = db->streaming = stream;
}

void db_ask(struct db *db, struct db_rows *rows, const char *sql,
	    const struct db_value *arg, size_t n_arg)
{
	ask(db, rows, sql, arg, n_arg, false);
}

void db_stream(struct db *db, struct db_rows *rows, const char *sql,
	       const struct db_value *arg, size_t n_arg)
{
	ask(db, rows, sql, arg, n_arg, true);
}

bool db_next(struct db_rows *rows)
{
	int r;

	if (!rows->state || rows->ended)
		return false;
	r = rows->db->driver->next(rows->state);
	if (r < 0)
		rows->error = r;
	rows->ended = r <= 0;
	return r > 0;
}

int db_end(struct db_rows *rows)
{
	if (rows->state)
		rows->db->driver->finish(rows->state);
	rows->state = NULL;
	if (rows->streaming)
		rows->streaming = rows->db->streaming = false;
	return doom(rows->db, rows->error);
}

bool db_is_null(struct db_rows *rows, int column)
{
	return rows->db->driver->is_null(rows->state, column);
}

int64_t db_col_int(struct db_rows *rows, int column)
{
	return rows->db->driver->col_int(rows->state, column);
}

double db_col_real(struct db_rows *rows, int column)
{
	return db_is_null(rows, column)
		       ? (double)NAN
		       : rows->db->driver->col_real(rows->state, column);
}

const char *db_col_text(struct db_rows *rows, int column)
{
	const char *s = rows->db->driver->col_text(rows->state, column);

	return s ? s : "";
}

const void *db_col_blob(struct db_rows *rows, int column, size_t *len)
{
	return rows->db->driver->col_blob(rows->state, column, len);
}

int db_columns(struct db_rows *rows)
{
	return rows->db->driver->columns(rows->state);
}

const char *db_col_name(struct db_rows *rows, int column)
{
	return rows->db->driver->col_name(rows->state, column);
}

struct db_value db_col_value(struct db_rows *rows, int column)
{
	const void *p;
	size_t len;

	if (db_is_null(rows, column))
		return db_null();
	switch (rows->db->driver->col_kind(rows->state, column)) {
	case DB_INT:
		return db_int(db_col_int(rows, column));
	case DB_REAL:
		return db_real(db_col_real(rows, column));
	case DB_BLOB:
		p = db_col_blob(rows, column, &len);
		return db_blob(p ? p : "", len);
	case DB_TEXT:
		return db_text(db_col_text(rows, column));
	case DB_NULL:
		break;
	}
	return db_null();
}

void db_copy_text(struct db_rows *rows, int column, char *buf, size_t cap)
{
	const char *s = db_col_text(rows, column);
	size_t len = strlen(s);

	assert(cap > 0);
	if (len >= cap) {
		len = cap - 1;
		while (len > 0 && ((unsigned char)s[len] & 0xC0) == 0x80)
			len--; /* not in the middle of a character */
	}
	memcpy(buf, s, len);
	buf[len] = '\0';
}

int db_one_int(struct db *db, int64_t *out, const char *sql,
	       const struct db_value *arg, size_t n_arg)
{
	struct db_rows rows;
	int64_t value = 0;
	bool found;
	int r;

	db_ask(db, &rows, sql, arg, n_arg);
	found = db_next(&rows);
	if (found)
		value = db_col_int(&rows, 0);
	r = db_end(&rows);
	if (r < 0)
		return r;
	if (found)
		*out = value;
	return found;
}

int db_begin(struct db *db)
{
	int r;

	if (db->depth == 0) {
		r = (int)db_run(db, db->driver->begin, DB_NONE);
		if (r < 0)
			return r;
	} else if (db->doomed) {
		return db->doomed;
	}
	db->depth++;
	return 0;
}

/* Leave the outermost; it may have ended by itself already. */
static void undo(struct db *db)
{
	char kept[sizeof db->error];

	db->doomed = 0;
	memcpy(kept, db->error, sizeof kept);
	if (db_run(db, "ROLLBACK", DB_NONE) < 0)
		memcpy(db->error, kept, sizeof kept);
}

int db_commit(struct db *db)
{
	int r = db->doomed;

	if (db->depth > 1) {
		db->depth--;
		return r;
	}
	if (r == 0)
		r = (int)db_run(db, "COMMIT", DB_NONE);
	db->depth = 0;
	if (r < 0)
		undo(db);
	return r < 0 ? r : 0;
}

void db_rollback(struct db *db)
{
	if (db->depth > 1) {
		db->depth--;
		doom(db, -ECANCELED);
	} else if (db->depth == 1) {
		db->depth = 0;
		undo(db);
	}
}

int db_finish(struct db *db, int r)
{
	int e = r;

	if (r < 0)
		db_rollback(db);
	else
		e = db_commit(db);
	return e < 0 ? e : r;
}

int db_try_lock(struct db *db, int64_t key)
{
	return db->driver->try_lock(db, key);
}

const char *db_error(const struct db *db)
{
	return db->error;
}

const char *db_engine(const struct db *db)
{
	return db->driver->name;
}
