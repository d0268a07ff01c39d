/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

/*
 * One connection to the pool's database: SQLite or PostgreSQL, the same SQL for
 * both, chosen by the address alone.  Everything else in pool/store/ is written
 * with this header; nothing outside pool/store/ holds a line of SQL.
 *
 * SQL is written with $1, $2, ... and ought to be a string literal: statements
 * are prepared once and found again by the literal's address.  What both engines
 * understand: RETURNING, ON CONFLICT, partial indexes, window functions.
 * PostgreSQL is strict about types: db_int() for BIGINT, db_real() for {real}.
 *
 * Times are milliseconds since 1970 UTC (…_ms), names and texts UTF-8.  A
 * connection belongs to the process that opened it: open after fork().
 */
struct db;

enum db_kind { DB_NULL, DB_INT, DB_REAL, DB_TEXT, DB_BLOB };

/* One argument of a statement. */
struct db_value {
	enum db_kind kind;
	bool null; /* NULL, but of this kind */
	int64_t i;
	double d;
	const void *p; /* text or octets, borrowed for the call */
	size_t len;
};

static inline struct db_value db_int(int64_t i)
{
	return (struct db_value){.kind = DB_INT, .i = i};
}

/** A number, or NULL when there is none. */
static inline struct db_value db_int_if(bool has, int64_t i)
{
	return (struct db_value){.kind = DB_INT, .null = !has, .i = i};
}

/** Not finite becomes NULL. */
struct db_value db_real(double d);

/** NULL becomes NULL; what is not UTF-8 makes the call fail with -EINVAL. */
struct db_value db_text(const char *s);

/** NULL becomes NULL. */
struct db_value db_blob(const void *p, size_t len);

/** Of no type: only where a column beside it says which. */
static inline struct db_value db_null(void)
{
	return (struct db_value){.kind = DB_NULL, .null = true};
}

/* The arguments of a call: DB(db_int(id), db_text(name)), or DB_NONE. */
#define DB(...)                                                  \
	(const struct db_value[]){__VA_ARGS__},                  \
		sizeof((const struct db_value[]){__VA_ARGS__}) / \
			sizeof(struct db_value)
#define DB_NONE NULL, 0

/**
 * Open a database and bring its schema up to date.
 *
 * address: "sqlite:/var/lib/pool/pool.db", "sqlite::memory:", or
 *     "postgres:dbname=pool host=…" (what follows the colon is libpq's).
 * why: on failure, what is wrong and what to do, for a person.
 *
 * Returns: 0, -ENOENT, -EACCES, -ENOTCONN when no server answers, -EBADMSG for
 * a file that is no database, -EPROTO for a schema that is newer than this
 * program, -EINVAL for an address of an unknown kind, or another -errno.
 */
MUST_CHECK int db_open(const char *address, struct db **out, struct text *why);

/**
 * The same of a database that is there, leaving its schema as it is: to look
 * into one that others use.  A file that is missing is -ENOENT.
 */
MUST_CHECK int db_open_as_is(const char *address, struct db **out,
			     struct text *why);

/** The file that such an address means; NULL when it is none. */
const char *db_file(const char *address);

/** NULL does nothing. */
void db_close(struct db *db);

/**
 * Run a statement that returns no rows.
 *
 * Returns: the number of rows changed, or -EEXIST for a broken UNIQUE rule,
 * -EBUSY when another writer holds it for too long, -ENOSPC for a full disk,
 * -ENOTCONN when the server has gone (the next call tries to connect anew),
 * -EINVAL for any other rule of the schema, -EBADMSG for a damaged file,
 * -EIO for the rest.
 */
MUST_CHECK int64_t db_run(struct db *db, const char *sql,
			  const struct db_value *arg, size_t n_arg);

/* The rows of one query; several may be open at once. */
struct db_rows {
	struct db *db;
	void *state;
	int error;
	bool ended, streaming;
};

/** Start a query; the error, if any, is told by db_end(). */
void db_ask(struct db *db, struct db_rows *rows, const char *sql,
	    const struct db_value *arg, size_t n_arg);

/**
 * The same for more rows than memory should hold.  Until db_end() nothing else
 * may be asked of this connection: -EBUSY.
 */
void db_stream(struct db *db, struct db_rows *rows, const char *sql,
	       const struct db_value *arg, size_t n_arg);

/** Go to the next row; false at the end or after an error. */
bool db_next(struct db_rows *rows);

/** Always called, once.  0 or -errno as db_run() returns it. */
MUST_CHECK int db_end(struct db_rows *rows);

/* Columns of the row in hand, from 0.  Texts are valid until the next db_next(). */
bool db_is_null(struct db_rows *rows, int column);
int64_t db_col_int(struct db_rows *rows, int column);      /* NULL: 0 */
double db_col_real(struct db_rows *rows, int column);      /* NULL: NaN */
const char *db_col_text(struct db_rows *rows, int column); /* NULL: "" */
const void *db_col_blob(struct db_rows *rows, int column, size_t *len);

/** Of the row in hand: how many columns, their names, one as an argument. */
int db_columns(struct db_rows *rows);
const char *db_col_name(struct db_rows *rows, int column);
struct db_value db_col_value(struct db_rows *rows, int column);

/** Copy a text column into buf, cut at cap; always terminated. */
void db_copy_text(struct db_rows *rows, int column, char *buf, size_t cap);

/**
 * One value of one row.  *out stays as it is when there is no row.
 * Returns: 1, 0 when there is no row, or -errno.
 */
MUST_CHECK int db_one_int(struct db *db, int64_t *out, const char *sql,
			  const struct db_value *arg, size_t n_arg);

/*
 * Transactions.  Nested ones are part of the outermost.  After an error inside
 * one, every further call returns that error until the outermost is left: write
 * ON CONFLICT where a conflict is expected.  db_commit() can fail; everything
 * has then been undone, but for -ENOTCONN, when nobody knows: what must be done
 * once only needs a key that says whether it was.
 *
 * db_begin() takes the right to write at once, so a page that only reads needs none.
 */
MUST_CHECK int db_begin(struct db *db);
MUST_CHECK int db_commit(struct db *db);
void db_rollback(struct db *db);

/** Commit when r is 0 or more, else roll back.  Returns: 0 or more, or the error. */
MUST_CHECK int db_finish(struct db *db, int r);

/**
 * Be the only one: an advisory lock that lives as long as the connection, in
 * PostgreSQL pg_try_advisory_lock(), with SQLite a lock on a file beside the
 * database.  Returns: 1 when it is ours (also when it was already), 0, -errno.
 */
MUST_CHECK int db_try_lock(struct db *db, int64_t key);

/** What the engine said last, one line; never NULL. */
const char *db_error(const struct db *db);

/** "sqlite" or "postgres" */
const char *db_engine(const struct db *db);
