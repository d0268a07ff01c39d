/* SPDX-License-Identifier: BSD-2-Clause */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "pool/store/db_driver.h"

#define BUSY_MS 5000
#define MOMENT_MS 20
#define TURN_MS 1

struct db_sqlite {
	struct db db;
	sqlite3 *handle;
	char *path;  /* NULL: in memory */
	int lock_fd; /* of the file beside it, -1: not open */
};

/* A statement, which is its own cursor. */
struct prepared {
	struct db_sqlite *s;
	sqlite3_stmt *stmt;
	bool busy;                          /* on its way */
	bool once;                          /* not kept after this */
	int total;                          /* of rows changed before */
	unsigned char arg[DB_MAX_ARGS + 1]; /* that each parameter takes */
};

static int fail(struct db_sqlite *s)
{
	int code = sqlite3_extended_errcode(s->handle);
	int r;

	switch (code & 0xFF) {
	case SQLITE_CONSTRAINT:
		r = code == SQLITE_CONSTRAINT_UNIQUE ||
				    code == SQLITE_CONSTRAINT_PRIMARYKEY ||
				    code == SQLITE_CONSTRAINT_ROWID
			    ? -EEXIST
			    : -EINVAL;
		break;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		r = -EBUSY;
		break;
	case SQLITE_FULL:
		r = -ENOSPC;
		break;
	case SQLITE_IOERR:
		/* What stops at a quota or a limit is told as this only. */
		r = code == SQLITE_IOERR_WRITE ? -ENOSPC : -EIO;
		break;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		r = -EBADMSG;
		break;
	case SQLITE_PERM:
	case SQLITE_AUTH:
	case SQLITE_READONLY:
		r = -EACCES;
		break;
	case SQLITE_MISMATCH:
	case SQLITE_TOOBIG:
		r = -EINVAL;
		break;
	default:
		r = -EIO;
	}
	return db_say(&s->db, r, sqlite3_errmsg(s->handle));
}

static int script(struct db *db, const char *sql)
{
	struct db_sqlite *s = (struct db_sqlite *)db;

	if (sqlite3_exec(s->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
		return fail(s);
	return 0;
}

static void close_sqlite(struct db *db)
{
	struct db_sqlite *s = (struct db_sqlite *)db;

	db_done(db);
	sqlite3_close_v2(s->handle);
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	free(s->path);
	free(s);
}

/*
 * A new file is ours alone, whatever the umask says: it holds hashes of
 * passwords.  An old one is not opened here, for closing it again would drop
 * the locks of another connection of this process.
 */
static int make_private(const char *path)
{
	const int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int fd;

	if (access(path, R_OK | W_OK) == 0)
		return 0;
	if (errno != ENOENT)
		return -errno;
	fd = open(path, flags, 0600);
	if (fd < 0)
		return errno == EEXIST ? 0 : -errno;
	close(fd);
	return 0;
}

/*
 * Going over to the write-ahead log does not wait for others that do the same
 * with a new file; so we do.
 */
static int use_log(struct db_sqlite *s)
{
	const struct timespec moment = {.tv_nsec = MOMENT_MS * 1000000};
	int waited_ms = 0;
	int r;

	while ((r = script(&s->db, "PRAGMA journal_mode = WAL")) == -EBUSY &&
	       waited_ms < BUSY_MS) {
		nanosleep(&moment, NULL);
		waited_ms += MOMENT_MS;
	}
	return r;
}

/*
 * Wait for another writer.  SQLite's own way looks ten times a second at last;
 * one that writes transaction after transaction, as the roll-ups do, leaves gaps
 * so short that this misses them all.
 */
static int wait_turn(void *ignored, int times)
{
	const struct timespec moment = {.tv_nsec = TURN_MS * 1000000};

	(void)ignored;
	nanosleep(&moment, NULL);
	return times < BUSY_MS / TURN_MS;
}

/* FULL: what a monitor was thanked for it forgets, so it has to be on disk. */
static int configure(struct db_sqlite *s)
{
	int r;

	sqlite3_extended_result_codes(s->handle, 1);
	sqlite3_busy_handler(s->handle, wait_turn, NULL);
	r = use_log(s);
	if (r < 0)
		return r;
	return script(&s->db, "PRAGMA synchronous = FULL;"
			      "PRAGMA foreign_keys = ON;"
			      "PRAGMA trusted_schema = OFF;"
			      "PRAGMA journal_size_limit = 67108864;"
			      "PRAGMA temp_store = MEMORY;");
}

static int open_sqlite(const char *path, struct db **out, struct text *why)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
			  SQLITE_OPEN_NOMUTEX;
	bool memory = strcmp(path, ":memory:") == 0;
	struct db_sqlite *s;
	int r = memory ? 0 : make_private(path);

	if (r < 0) {
		text_add(why, "%s: %s", path, strerror(-r));
		return r;
	}
	s = xcalloc(1, sizeof *s);
	db_init(&s->db, &db_driver_sqlite);
	s->lock_fd = -1;
	s->path = memory ? NULL : xstrdup(path);
	if (sqlite3_open_v2(path, &s->handle, flags, NULL) != SQLITE_OK)
		r = fail(s);
	else
		r = configure(s);
	if (r < 0) {
		text_add(why, "%s: %s", path, db_error(&s->db));
		close_sqlite(&s->db);
		return r;
	}
	*out = &s->db;
	return 0;
}

static void forget(void *prepared)
{
	struct prepared *p = prepared;

	sqlite3_finalize(p->stmt);
	free(p);
}

static int prepare(struct db_sqlite *s, const char *sql, struct prepared **out)
{
	struct prepared *p = xcalloc(1, sizeof *p);
	int count;

	if (sqlite3_prepare_v3(s->handle, sql, -1, SQLITE_PREPARE_PERSISTENT,
			       &p->stmt, NULL) != SQLITE_OK) {
		free(p);
		return fail(s);
	}
	count = sqlite3_bind_parameter_count(p->stmt);
	for (int i = 1; i <= count; i++) {
		const char *name = sqlite3_bind_parameter_name(p->stmt, i);
		long arg = name ? strtol(name + 1, NULL, 10) : 0;

		if (arg < 1 || arg > DB_MAX_ARGS || i > DB_MAX_ARGS) {
			forget(p);
			return db_say(&s->db, -EINVAL,
				      "a parameter is not $1 to $40");
		}
		p->arg[i] = (unsigned char)arg;
	}
	p->s = s;
	*out = p;
	return 0;
}

static int bind_one(sqlite3_stmt *stmt, int i, const struct db_value *v)
{
	if (v->null)
		return sqlite3_bind_null(stmt, i);
	switch (v->kind) {
	case DB_INT:
		return sqlite3_bind_int64(stmt, i, v->i);
	case DB_REAL:
		return sqlite3_bind_double(stmt, i, v->d);
	case DB_TEXT:
		return sqlite3_bind_text64(stmt, i, v->p, v->len,
					   SQLITE_TRANSIENT, SQLITE_UTF8);
	case DB_BLOB:
		if (v->len == 0)
			return sqlite3_bind_zeroblob(stmt, i, 0);
		return sqlite3_bind_blob64(stmt, i, v->p, v->len,
					   SQLITE_TRANSIENT);
	case DB_NULL:
		break;
	}
	return sqlite3_bind_null(stmt, i);
}

static int bind_all(struct db_sqlite *s, const struct prepared *p,
		    const struct db_value *arg, size_t n_arg)
{
	int count = sqlite3_bind_parameter_count(p->stmt);

	for (int i = 1; i <= count; i++) {
		if (p->arg[i] > n_arg)
			return db_say(&s->db, -EINVAL,
				      "an argument is missing");
		if (bind_one(p->stmt, i, &arg[p->arg[i] - 1]) != SQLITE_OK)
			return fail(s);
	}
	return 0;
}

static void finish(void *cursor)
{
	struct prepared *p = cursor;

	/* Of what RETURNING gives one row was read; the change is to be done. */
	if (!sqlite3_stmt_readonly(p->stmt) && sqlite3_stmt_busy(p->stmt))
		while (sqlite3_step(p->stmt) == SQLITE_ROW)
			;
	sqlite3_reset(p->stmt);
	sqlite3_clear_bindings(p->stmt);
	p->busy = false;
	if (p->once)
		forget(p);
}

static int start(struct db *db, const char *sql, const struct db_value *arg,
		 size_t n_arg, bool stream, void **cursor)
{
	struct db_sqlite *s = (struct db_sqlite *)db;
	struct db_statement *cached = db_statement(db, sql);
	struct prepared *p = cached->prepared;
	bool once = p && p->busy; /* the same query inside itself */
	int r = 0;

	(void)stream; /* rows come one by one anyway */
	if (!p || once) {
		r = prepare(s, sql, &p);
		if (r < 0)
			return r;
		assert(p);
		p->once = once;
		if (!once)
			cached->prepared = p;
	}
	p->busy = true;
	p->total = sqlite3_total_changes(s->handle);
	r = bind_all(s, p, arg, n_arg);
	if (r < 0)
		finish(p);
	else
		*cursor = p;
	return r;
}

static int next(void *cursor)
{
	struct prepared *p = cursor;

	switch (sqlite3_step(p->stmt)) {
	case SQLITE_ROW:
		return 1;
	case SQLITE_DONE:
		return 0;
	default:
		return fail(p->s);
	}
}

static int64_t changes(void *cursor)
{
	struct prepared *p = cursor;
	sqlite3 *handle = p->s->handle;

	/* What changes no rows at all leaves the last count as it was. */
	return sqlite3_total_changes(handle) == p->total
		       ? 0
		       : sqlite3_changes(handle);
}

static bool is_null(void *cursor, int column)
{
	struct prepared *p = cursor;

	return sqlite3_column_type(p->stmt, column) == SQLITE_NULL;
}

static int64_t col_int(void *cursor, int column)
{
	struct prepared *p = cursor;

	return sqlite3_column_int64(p->stmt, column);
}

static double col_real(void *cursor, int column)
{
	struct prepared *p = cursor;

	return sqlite3_column_double(p->stmt, column);
}

static const char *col_text(void *cursor, int column)
{
	struct prepared *p = cursor;

	return (const char *)sqlite3_column_text(p->stmt, column);
}

static const void *col_blob(void *cursor, int column, size_t *len)
{
	struct prepared *p = cursor;
	const void *data = sqlite3_column_blob(p->stmt, column);

	*len = (size_t)sqlite3_column_bytes(p->stmt, column);
	return data;
}

static int columns(void *cursor)
{
	struct prepared *p = cursor;

	return sqlite3_column_count(p->stmt);
}

static const char *col_name(void *cursor, int column)
{
	struct prepared *p = cursor;

	return sqlite3_column_name(p->stmt, column);
}

static enum db_kind col_kind(void *cursor, int column)
{
	struct prepared *p = cursor;

	switch (sqlite3_column_type(p->stmt, column)) {
	case SQLITE_INTEGER:
		return DB_INT;
	case SQLITE_FLOAT:
		return DB_REAL;
	case SQLITE_TEXT:
		return DB_TEXT;
	case SQLITE_BLOB:
		return DB_BLOB;
	default:
		return DB_NULL;
	}
}

/* AUTOINCREMENT sees to it. */
static int count_on(struct db *db, const char *table)
{
	(void)db;
	(void)table;
	return 0;
}

/*
 * A lock on one octet of a file beside the database; the kernel gives it back
 * when the process ends, however it does.
 */
static int try_lock(struct db *db, int64_t key)
{
	struct db_sqlite *s = (struct db_sqlite *)db;
	struct flock lock = {.l_type = F_WRLCK,
			     .l_whence = SEEK_SET,
			     .l_start = key,
			     .l_len = 1};

	if (!s->path)
		return 1;
	if (s->lock_fd < 0) {
		char path[4096];
		struct text t = text_init(path, sizeof path);

		text_add(&t, "%s-lock", s->path);
		if (t.full)
			return -ENAMETOOLONG;
		s->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		if (s->lock_fd < 0)
			return db_say(db, -errno, strerror(errno));
	}
	if (fcntl(s->lock_fd, F_OFD_SETLK, &lock) == 0)
		return 1;
	return errno == EAGAIN || errno == EACCES
		       ? 0
		       : db_say(db, -errno, strerror(errno));
}

static const char *const check[] = {
	"PRAGMA integrity_check(100)",
	"SELECT 'a row of ' || \"table\" || ' refers to no ' || parent"
	" FROM pragma_foreign_key_check",
	NULL,
};

const struct db_driver db_driver_sqlite = {
	.name = "sqlite",
	.id = "INTEGER PRIMARY KEY AUTOINCREMENT",
	.blob = "BLOB",
	.real = "REAL",
	.rowless = " WITHOUT ROWID",
	.begin = "BEGIN IMMEDIATE",
	.begin_alone = "BEGIN IMMEDIATE",
	.begin_copy = "BEGIN IMMEDIATE",
	.check = check,
	.open = open_sqlite,
	.close = close_sqlite,
	.script = script,
	.start = start,
	.next = next,
	.changes = changes,
	.finish = finish,
	.is_null = is_null,
	.col_int = col_int,
	.col_real = col_real,
	.col_text = col_text,
	.col_blob = col_blob,
	.columns = columns,
	.col_name = col_name,
	.col_kind = col_kind,
	.count_on = count_on,
	.try_lock = try_lock,
	.forget = forget,
};
