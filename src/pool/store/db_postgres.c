/* SPDX-License-Identifier: BSD-2-Clause */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/container.h"
#include "pool/store/db_driver.h"

/*
 * Arguments go as text with the type that db_int() and so on say, octets
 * binary; results come as text, in full.  A connection that was lost is made
 * anew by the next statement outside a transaction; what was prepared and
 * locked went with the old one.
 */

#define HELD_LOCKS 8

/* Oids of pg_type, the same in every PostgreSQL. */
enum {
	OID_NONE = 0,
	OID_BYTEA = 17,
	OID_INT8 = 20,
	OID_TEXT = 25,
	OID_FLOAT8 = 701
};

struct db_postgres {
	struct db db;
	PGconn *conn;
	unsigned named; /* prepared statements so far */
	int64_t held[HELD_LOCKS];
	size_t n_held;
};

/* A statement that the server knows by a name. */
struct prepared {
	struct db_postgres *s;
	char name[16];
	size_t n_arg;
	Oid types[DB_MAX_ARGS];
};

struct cursor {
	struct db_postgres *s;
	bool streaming;   /* more may come from the server */
	PGresult *result; /* all rows; of a stream the one in hand */
	int row;
	unsigned char *blob[DB_MAX_ARGS]; /* of the row in hand */
};

static int errno_of(const char *state)
{
	static const struct {
		const char *prefix;
		int error;
	} table[] = {
		{"23505", EEXIST},  /* unique_violation */
		{"23", EINVAL},     /* other rules of the schema */
		{"22", EINVAL},     /* values out of range */
		{"53100", ENOSPC},  /* disk_full */
		{"53300", EBUSY},   /* too_many_connections */
		{"55P03", EBUSY},   /* lock_not_available */
		{"40", EBUSY},      /* deadlock, serialization_failure */
		{"57P", ENOTCONN},  /* shutdown, crash, starting up */
		{"08", ENOTCONN},   /* connection_exception */
		{"25006", EROFS},   /* read_only_sql_transaction: a standby */
		{"28", EACCES},     /* invalid authorization */
		{"42501", EACCES},  /* insufficient_privilege */
		{"XX001", EBADMSG}, /* data_corrupted */
		{"XX002", EBADMSG}, /* index_corrupted */
	};

	for (size_t i = 0; state && i < ARRAY_LEN(table); i++)
		if (strncmp(state, table[i].prefix, strlen(table[i].prefix)) ==
		    0)
			return -table[i].error;
	return -EIO;
}

/* Take the error out of a result, which may be NULL, and free it. */
static int fail(struct db_postgres *s, PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	int r = PQstatus(s->conn) == CONNECTION_BAD ? -ENOTCONN
						    : errno_of(state);

	db_say(&s->db, r, text ? text : PQerrorMessage(s->conn));
	PQclear(result);
	return r;
}

static int script(struct db *db, const char *sql)
{
	struct db_postgres *s = (struct db_postgres *)db;
	PGresult *result = PQexec(s->conn, sql);
	ExecStatusType status = PQresultStatus(result);

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		return fail(s, result);
	PQclear(result);
	return 0;
}

static void silence(void *arg, const char *message)
{
	(void)arg;
	(void)message;
}

/* What every new connection has to hear. */
static int greet(struct db_postgres *s)
{
	if (PQstatus(s->conn) != CONNECTION_OK)
		return db_say(&s->db, -ENOTCONN, PQerrorMessage(s->conn));
	PQsetNoticeProcessor(s->conn, silence, NULL);
	return script(&s->db, "SET lock_timeout = '5s';"
			      "SET idle_in_transaction_session_timeout = '60s';"
			      "SET standard_conforming_strings = on;"
			      "SET bytea_output = 'hex';"
			      "SET extra_float_digits = 1");
}

static void close_postgres(struct db *db)
{
	struct db_postgres *s = (struct db_postgres *)db;

	PQfinish(s->conn);
	s->conn = NULL; /* nothing to deallocate any more */
	db_done(db);
	free(s);
}

/*
 * What stands first can be overridden by the address, what stands last cannot.
 * A server that does not answer is given up soon: a page waits for it.
 */
static PGconn *connect_to(const char *address)
{
	static const char *const names[] = {"connect_timeout",
					    "application_name",
					    "keepalives_idle",
					    "tcp_user_timeout",
					    "dbname",
					    "client_encoding",
					    NULL};
	const char *const values[] = {"5",     "timeball", "30", "15000",
				      address, "UTF8",     NULL};

	return PQconnectdbParams(names, values, 1);
}

static int open_postgres(const char *address, struct db **out, struct text *why)
{
	struct db_postgres *s = xcalloc(1, sizeof *s);
	char url[1024];
	struct text t = text_init(url, sizeof url);
	int r;

	/* postgres://host/name, as other programs write it */
	text_add(&t, "%s%s", strncmp(address, "//", 2) == 0 ? "postgres:" : "",
		 address);
	db_init(&s->db, &db_driver_postgres);
	s->conn = connect_to(url);
	if (!s->conn)
		r = db_say(&s->db, -ENOMEM, "out of memory");
	else
		r = greet(s);
	if (r < 0) {
		text_add(why, "PostgreSQL: %s", db_error(&s->db));
		close_postgres(&s->db);
		return r;
	}
	*out = &s->db;
	return 0;
}

/* A server that hung up is noticed before a statement is risked. */
static bool hung_up(struct db_postgres *s)
{
	struct pollfd fd = {.fd = PQsocket(s->conn), .events = POLLIN};

	while (PQstatus(s->conn) == CONNECTION_OK && poll(&fd, 1, 0) > 0)
		if (!PQconsumeInput(s->conn)) /* its last words, then the end */
			return true;
	return PQstatus(s->conn) != CONNECTION_OK;
}

static int reconnect(struct db_postgres *s)
{
	db_forget_all(&s->db);
	s->n_held = 0;
	PQreset(s->conn);
	return greet(s);
}

static Oid type_of(const struct db_value *v)
{
	switch (v->kind) {
	case DB_INT:
		return OID_INT8;
	case DB_REAL:
		return OID_FLOAT8;
	case DB_TEXT:
		return OID_TEXT;
	case DB_BLOB:
		return OID_BYTEA;
	case DB_NULL:
		break;
	}
	return OID_NONE;
}

/* An untyped NULL fits where a number was, but not the other way round. */
static bool fits(const struct prepared *p, const struct db_value *arg,
		 size_t n_arg)
{
	if (p->n_arg != n_arg)
		return false;
	for (size_t i = 0; i < n_arg; i++)
		if (arg[i].kind != DB_NULL && p->types[i] != type_of(&arg[i]))
			return false;
	return true;
}

static void forget(void *prepared)
{
	struct prepared *p = prepared;
	char sql[40];

	if (PQtransactionStatus(p->s->conn) == PQTRANS_IDLE ||
	    PQtransactionStatus(p->s->conn) == PQTRANS_INTRANS) {
		snprintf(sql, sizeof sql, "DEALLOCATE %s", p->name);
		PQclear(PQexec(p->s->conn, sql));
	}
	free(p);
}

static int prepare(struct db_postgres *s, const char *sql,
		   const struct db_value *arg, size_t n_arg,
		   struct prepared **out)
{
	struct prepared *p = xcalloc(1, sizeof *p);
	PGresult *result;

	p->s = s;
	p->n_arg = n_arg;
	for (size_t i = 0; i < n_arg; i++)
		p->types[i] = type_of(&arg[i]);
	snprintf(p->name, sizeof p->name, "s%u", s->named++);
	result = PQprepare(s->conn, p->name, sql, (int)n_arg, p->types);
	if (PQresultStatus(result) != PGRES_COMMAND_OK) {
		free(p);
		return fail(s, result);
	}
	PQclear(result);
	*out = p;
	return 0;
}

struct arguments {
	const char *value[DB_MAX_ARGS];
	int len[DB_MAX_ARGS], binary[DB_MAX_ARGS];
	char number[DB_MAX_ARGS][32];
};

static void put_arguments(struct arguments *a, const struct db_value *arg,
			  size_t n_arg)
{
	for (size_t i = 0; i < n_arg; i++) {
		const struct db_value *v = &arg[i];

		a->len[i] = (int)v->len;
		a->binary[i] = v->kind == DB_BLOB;
		if (v->null) {
			a->value[i] = NULL;
			continue;
		}
		a->value[i] = a->number[i];
		if (v->kind == DB_INT)
			snprintf(a->number[i], sizeof a->number[i], "%" PRId64,
				 v->i);
		else if (v->kind == DB_REAL)
			snprintf(a->number[i], sizeof a->number[i], "%.17g",
				 v->d);
		else
			a->value[i] = v->p; /* texts end with a NUL */
	}
}

/* The statement, prepared for arguments of these types. */
static int find(struct db_postgres *s, const char *sql,
		const struct db_value *arg, size_t n_arg, struct prepared **out)
{
	struct db_statement *cached = db_statement(&s->db, sql);
	struct prepared *p = cached->prepared;
	int r;

	if (!p || !fits(p, arg, n_arg)) {
		r = prepare(s, sql, arg, n_arg, &p);
		if (r < 0)
			return r;
		assert(p && p != cached->prepared);
		if (cached->prepared)
			forget(cached->prepared);
		cached->prepared = p;
	}
	*out = p;
	return 0;
}

static int execute(struct cursor *c, const struct prepared *p,
		   const struct arguments *a)
{
	PGresult *result = PQexecPrepared(c->s->conn, p->name, (int)p->n_arg,
					  a->value, a->len, a->binary, 0);
	ExecStatusType status = PQresultStatus(result);

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		return fail(c->s, result);
	c->result = result;
	return 0;
}

static int send_off(struct cursor *c, const struct prepared *p,
		    const struct arguments *a)
{
	PGconn *conn = c->s->conn;

	if (!PQsendQueryPrepared(conn, p->name, (int)p->n_arg, a->value, a->len,
				 a->binary, 0))
		return fail(c->s, NULL);
	PQsetSingleRowMode(conn);
	c->streaming = true;
	return 0;
}

static int start(struct db *db, const char *sql, const struct db_value *arg,
		 size_t n_arg, bool stream, void **cursor)
{
	struct db_postgres *s = (struct db_postgres *)db;
	struct arguments a;
	struct prepared *p = NULL;
	struct cursor *c;
	int r = 0;

	if (db->depth == 0 && hung_up(s))
		r = reconnect(s);
	if (r == 0)
		r = find(s, sql, arg, n_arg, &p);
	if (r < 0)
		return r;
	assert(p);
	put_arguments(&a, arg, n_arg);
	c = xcalloc(1, sizeof *c);
	*c = (struct cursor){.s = s, .row = -1};
	r = stream ? send_off(c, p, &a) : execute(c, p, &a);
	if (r < 0)
		free(c);
	else
		*cursor = c;
	return r;
}

/* The next row of a stream. */
static int fetch(struct cursor *c)
{
	PGresult *result = PQgetResult(c->s->conn);

	PQclear(c->result);
	c->result = result;
	c->row = 0;
	switch (PQresultStatus(result)) {
	case PGRES_SINGLE_TUPLE:
		return 1;
	case PGRES_TUPLES_OK:
		return 0;
	default:
		c->result = NULL;
		return fail(c->s, result);
	}
}

static void forget_blobs(struct cursor *c)
{
	for (size_t i = 0; i < DB_MAX_ARGS; i++) {
		PQfreemem(c->blob[i]);
		c->blob[i] = NULL;
	}
}

static int next(void *cursor)
{
	struct cursor *c = cursor;

	forget_blobs(c);
	return c->streaming ? fetch(c) : ++c->row < PQntuples(c->result);
}

/*
 * Leave the connection ready, also when not all rows were wanted.  Inside a
 * transaction they are read all the same: cancelling would end it.
 */
static void drain(struct cursor *c)
{
	PGconn *conn = c->s->conn;
	PGresult *result;
	char ignored[80];

	if (c->s->db.depth == 0 &&
	    PQtransactionStatus(conn) == PQTRANS_ACTIVE) {
		PGcancel *cancel = PQgetCancel(conn);

		PQcancel(cancel, ignored, sizeof ignored);
		PQfreeCancel(cancel);
	}
	while ((result = PQgetResult(conn)))
		PQclear(result);
}

static void finish(void *cursor)
{
	struct cursor *c = cursor;

	if (c->streaming)
		drain(c);
	forget_blobs(c);
	PQclear(c->result);
	free(c);
}

static int64_t changes(void *cursor)
{
	struct cursor *c = cursor;

	if (strncmp(PQcmdStatus(c->result), "SELECT", 6) == 0)
		return 0;
	return strtoll(PQcmdTuples(c->result), NULL, 10);
}

static bool is_null(void *cursor, int column)
{
	struct cursor *c = cursor;

	return PQgetisnull(c->result, c->row, column);
}

static const char *col_text(void *cursor, int column)
{
	struct cursor *c = cursor;

	return PQgetvalue(c->result, c->row, column);
}

static int64_t col_int(void *cursor, int column)
{
	const char *s = col_text(cursor, column);

	/* A comparison is true or false here, 1 or 0 in SQLite. */
	return *s == 't' ? 1 : strtoll(s, NULL, 10);
}

static double col_real(void *cursor, int column)
{
	return strtod(col_text(cursor, column), NULL);
}

static const void *col_blob(void *cursor, int column, size_t *len)
{
	const char *text = col_text(cursor, column);
	struct cursor *c = cursor;

	*len = 0;
	if (is_null(cursor, column) || column >= DB_MAX_ARGS)
		return NULL;
	PQfreemem(c->blob[column]);
	c->blob[column] = PQunescapeBytea((const unsigned char *)text, len);
	return c->blob[column];
}

static int columns(void *cursor)
{
	struct cursor *c = cursor;

	return PQnfields(c->result);
}

static const char *col_name(void *cursor, int column)
{
	struct cursor *c = cursor;

	return PQfname(c->result, column);
}

static enum db_kind col_kind(void *cursor, int column)
{
	struct cursor *c = cursor;

	switch (PQftype(c->result, column)) {
	case OID_INT8:
		return DB_INT;
	case OID_FLOAT8:
		return DB_REAL;
	case OID_BYTEA:
		return DB_BLOB;
	default:
		return DB_TEXT;
	}
}

static int count_on(struct db *db, const char *table)
{
	char sql[160];
	struct text t = text_init(sql, sizeof sql);

	text_add(&t,
		 "SELECT setval(pg_get_serial_sequence('%s', 'id'), MAX(id)) "
		 "FROM %s",
		 table, table);
	return script(db, sql);
}

/* The lock is the connection's, and a lost connection has to be noticed. */
static int try_lock(struct db *db, int64_t key)
{
	struct db_postgres *s = (struct db_postgres *)db;
	int64_t got = 0;
	int r = db_one_int(db, &got, "SELECT 1", DB_NONE);

	if (r < 0)
		return r;
	for (size_t i = 0; i < s->n_held; i++)
		if (s->held[i] == key)
			return 1;
	if (s->n_held == HELD_LOCKS)
		return -ENOLCK;
	r = db_one_int(db, &got, "SELECT pg_try_advisory_lock($1)",
		       DB(db_int(key)));
	if (r > 0 && got)
		s->held[s->n_held++] = key;
	return r < 0 ? r : (int)got;
}

/* An index that was never finished, a constraint that nobody has looked at. */
static const char *const check[] = {
	"SELECT 'index ' || c.relname || ' is not valid' FROM pg_index i"
	" JOIN pg_class c ON c.oid = i.indexrelid"
	" WHERE c.relnamespace = current_schema()::regnamespace"
	" AND NOT (i.indisvalid AND i.indisready AND i.indislive)",
	"SELECT 'constraint ' || conname || ' was never checked'"
	" FROM pg_constraint"
	" WHERE connamespace = current_schema()::regnamespace"
	" AND NOT convalidated",
	"SELECT 'trigger ' || t.tgname || ' of ' || c.relname || ' is off'"
	" FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
	" WHERE c.relnamespace = current_schema()::regnamespace"
	" AND t.tgenabled = 'D'",
	NULL,
};

const struct db_driver db_driver_postgres = {
	.name = "postgres",
	.id = "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
	.blob = "BYTEA",
	.real = "DOUBLE PRECISION",
	.rowless = "",
	.begin = "BEGIN",
	/* The number is that of nothing else: "timeball" in ASCII. */
	.begin_alone = "BEGIN; SELECT pg_advisory_xact_lock("
		       "8388356063163935852)",
	.begin_copy = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
	.check = check,
	.open = open_postgres,
	.close = close_postgres,
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
