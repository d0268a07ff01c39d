/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <sys/queue.h>

#include "pool/store/db.h"

/*
 * What an engine has to offer, and the part of a connection that is the same
 * for all of them.  Only db*.c and migrate.c include this.
 */

#define DB_MAX_ARGS 40

/* A prepared statement, found by the address of its text. */
struct db_statement {
	SLIST_ENTRY(db_statement) next;
	const char *sql; /* the address it was asked with */
	char *text;      /* own copy, so that a reused address is noticed */
	void *prepared;  /* the engine's */
};

#define DB_BUCKETS 128
SLIST_HEAD(db_bucket, db_statement);

struct db {
	const struct db_driver *driver;
	struct db_bucket statements[DB_BUCKETS];
	unsigned depth; /* of transactions */
	int doomed;     /* what went wrong in this one */
	bool streaming; /* no other statement can run now */
	char error[256];
};

struct db_driver {
	const char *name;
	/* What the words in braces stand for in migrations. */
	const char *id, *blob, *real, *rowless;
	const char *begin;
	const char *begin_alone; /* nobody else is in such a one */
	const char *begin_copy;  /* all is read as it is now */
	/* Questions whose rows say what is damaged, or "ok"; NULL ends them. */
	const char *const *check;

	int (*open)(const char *address, struct db **out, struct text *why);
	void (*close)(struct db *db);

	/* Several statements without arguments. */
	int (*script)(struct db *db, const char *sql);

	/* A cursor is a statement on its way; next: 1 row, 0 end, -errno. */
	int (*start)(struct db *db, const char *sql, const struct db_value *arg,
		     size_t n_arg, bool stream, void **cursor);
	int (*next)(void *cursor);
	int64_t (*changes)(void *cursor); /* after the last row */
	void (*finish)(void *cursor);

	bool (*is_null)(void *cursor, int column);
	int64_t (*col_int)(void *cursor, int column);
	double (*col_real)(void *cursor, int column);
	const char *(*col_text)(void *cursor, int column);
	const void *(*col_blob)(void *cursor, int column, size_t *len);
	int (*columns)(void *cursor);
	const char *(*col_name)(void *cursor, int column);
	enum db_kind (*col_kind)(void *cursor, int column);

	/* The next id of a table is larger than all that are in it. */
	int (*count_on)(struct db *db, const char *table);
	int (*try_lock)(struct db *db, int64_t key);
	void (*forget)(void *prepared); /* free a prepared statement */
};

extern const struct db_driver db_driver_sqlite, db_driver_postgres;

/** Common part of a connection. */
void db_init(struct db *db, const struct db_driver *driver);
void db_done(struct db *db);

/** The statement's entry, made when it is new; NULL prepared: not yet. */
struct db_statement *db_statement(struct db *db, const char *sql);

/** Throw away all that was prepared, because the connection is a new one. */
void db_forget_all(struct db *db);

/** Keep the first line of what an engine said; returns r. */
int db_say(struct db *db, int r, const char *text);

/** Bring the schema up to date (migrate.c); as db_open() returns it. */
MUST_CHECK int migrate(struct db *db, struct text *why);
