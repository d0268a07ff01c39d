/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/verification.h"

#include <errno.h>

#include "pool/store/row.h"

/* clang-format off */
#define SELECT \
	"SELECT id, server_id, method, token, created_ms, expires_ms," \
	" tried_ms, done_ms, evidence FROM verification "
/* clang-format on */

static const char *const methods[VERIFY_METHODS] = {
	[VERIFY_HTTP] = "http",
	[VERIFY_DNS] = "dns",
	[VERIFY_NTP] = "ntp",
	[VERIFY_ADMIN] = "admin",
};

const char *verify_method_name(enum verify_method method)
{
	return methods[method];
}

bool verify_method_find(const char *name, enum verify_method *out)
{
	int i = row_word(methods, VERIFY_METHODS, name);

	if (i >= 0)
		*out = (enum verify_method)i;
	return i >= 0;
}

bool verification_next(struct db_rows *rows, struct verification *out)
{
	struct verification v = {.method = VERIFY_ADMIN};

	if (!db_next(rows))
		return false;
	v.id = db_col_int(rows, 0);
	v.server_id = db_col_int(rows, 1);
	(void)verify_method_find(db_col_text(rows, 2), &v.method);
	db_copy_text(rows, 3, v.token, sizeof v.token);
	v.created_ms = db_col_int(rows, 4);
	v.expires_ms = db_col_int(rows, 5);
	v.tried_ms = db_col_int(rows, 6);
	v.done_ms = db_col_int(rows, 7);
	db_copy_text(rows, 8, v.evidence, sizeof v.evidence);
	*out = v;
	return true;
}

static int one(struct db_rows *rows, struct verification *out)
{
	bool found = verification_next(rows, out);

	return row_found(rows, found);
}

int verification_by_token(struct db *db, const char *token,
			  struct verification *out)
{
	struct db_rows rows;

	db_ask(db, &rows, SELECT "WHERE token = $1", DB(db_text(token)));
	return one(&rows, out);
}

int verification_open(struct db *db, int64_t server_id,
		      enum verify_method method, int64_t now_ms,
		      struct verification *out)
{
	struct db_rows rows;

	db_ask(db, &rows,
	       SELECT "WHERE server_id = $1 AND method = $2 AND done_ms IS NULL"
		      " AND expires_ms > $3 ORDER BY expires_ms DESC LIMIT 1",
	       DB(db_int(server_id), db_text(methods[method]), db_int(now_ms)));
	return one(&rows, out);
}

void verification_ask_server(struct db *db, struct db_rows *rows,
			     int64_t server_id)
{
	db_ask(db, rows,
	       SELECT "WHERE server_id = $1 ORDER BY created_ms DESC, id DESC",
	       DB(db_int(server_id)));
}

void verification_ask_due(struct db *db, struct db_rows *rows, int64_t now_ms,
			  int64_t tried_before_ms, unsigned limit)
{
	db_ask(db, rows,
	       SELECT "WHERE done_ms IS NULL AND expires_ms > $1"
		      " AND coalesce(tried_ms, 0) < $2"
		      " ORDER BY coalesce(tried_ms, 0), id LIMIT $3",
	       DB(db_int(now_ms), db_int(tried_before_ms), db_int(limit)));
}

int verification_insert(struct db *db, const struct verification *v,
			int64_t *id)
{
	return row_insert(
		db, id,
		"INSERT INTO verification (server_id, method, token,"
		" created_ms, expires_ms, tried_ms, done_ms, evidence)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
		DB(db_int(v->server_id), db_text(methods[v->method]),
		   db_text(v->token), db_int(v->created_ms),
		   db_int(v->expires_ms), row_time(v->tried_ms),
		   row_time(v->done_ms), db_text(v->evidence)));
}

int verification_update(struct db *db, const struct verification *v)
{
	return row_change(db,
			  "UPDATE verification SET tried_ms = $2, done_ms = $3,"
			  " evidence = $4 WHERE id = $1",
			  DB(db_int(v->id), row_time(v->tried_ms),
			     row_time(v->done_ms), db_text(v->evidence)));
}

int verification_forget(struct db *db, int64_t before_ms)
{
	return row_run(db,
		       "DELETE FROM verification WHERE done_ms IS NULL"
		       " AND expires_ms < $1",
		       DB(db_int(before_ms)));
}
