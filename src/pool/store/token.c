/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/token.h"

#include <stdio.h>
#include <string.h>

#include "pool/store/row.h"

static const char *const purposes[MAIL_PURPOSES] = {"confirm", "reset",
						    "invite", "code"};

static void copy_hash(struct db_rows *rows, int column,
		      uint8_t hash[SECRET_HASH_LEN])
{
	size_t len;
	const void *p = db_col_blob(rows, column, &len);

	memset(hash, 0, SECRET_HASH_LEN);
	if (p && len == SECRET_HASH_LEN)
		memcpy(hash, p, len);
}

/* --- links in mails -------------------------------------------------------- */

/* clang-format off */
#define SELECT_MAIL \
	"SELECT hash, purpose, person_id, account_id, email, expires_ms" \
	" FROM mail_token "
/* clang-format on */

bool mail_token_next(struct db_rows *rows, struct mail_token *out)
{
	struct mail_token t = {0};
	int purpose;

	if (!db_next(rows))
		return false;
	copy_hash(rows, 0, t.hash);
	purpose = row_word(purposes, MAIL_PURPOSES, db_col_text(rows, 1));
	t.purpose = purpose < 0 ? MAIL_PURPOSES : (enum mail_purpose)purpose;
	t.person_id = db_col_int(rows, 2);
	t.account_id = db_col_int(rows, 3);
	db_copy_text(rows, 4, t.email, sizeof t.email);
	t.expires_ms = db_col_int(rows, 5);
	*out = t;
	return true;
}

int mail_token_find(struct db *db, const uint8_t hash[SECRET_HASH_LEN],
		    enum mail_purpose purpose, int64_t now_ms,
		    struct mail_token *out)
{
	struct db_rows rows;

	db_ask(db, &rows,
	       SELECT_MAIL "WHERE hash = $1 AND purpose = $2"
			   " AND expires_ms > $3",
	       DB(db_blob(hash, SECRET_HASH_LEN), db_text(purposes[purpose]),
		  db_int(now_ms)));
	return row_found(&rows, mail_token_next(&rows, out));
}

int mail_token_insert(struct db *db, const struct mail_token *t)
{
	return row_run(db,
		       "INSERT INTO mail_token (hash, purpose, person_id,"
		       " account_id, email, expires_ms)"
		       " VALUES ($1, $2, $3, $4, $5, $6)",
		       DB(db_blob(t->hash, SECRET_HASH_LEN),
			  db_text(purposes[t->purpose]), row_id(t->person_id),
			  row_id(t->account_id), db_text(t->email),
			  db_int(t->expires_ms)));
}

int mail_token_take(struct db *db, const uint8_t hash[SECRET_HASH_LEN])
{
	return (int)db_run(db, "DELETE FROM mail_token WHERE hash = $1",
			   DB(db_blob(hash, SECRET_HASH_LEN)));
}

int mail_token_revoke(struct db *db, int64_t person_id,
		      enum mail_purpose purpose)
{
	return row_run(db,
		       "DELETE FROM mail_token WHERE person_id = $1"
		       " AND purpose = $2",
		       DB(db_int(person_id), db_text(purposes[purpose])));
}

void mail_token_ask_invites(struct db *db, struct db_rows *rows,
			    int64_t account_id, int64_t now_ms)
{
	db_ask(db, rows,
	       SELECT_MAIL "WHERE account_id = $1 AND purpose = 'invite'"
			   " AND expires_ms > $2 ORDER BY email",
	       DB(db_int(account_id), db_int(now_ms)));
}

int64_t mail_token_clean(struct db *db, int64_t now_ms)
{
	return db_run(db, "DELETE FROM mail_token WHERE expires_ms <= $1",
		      DB(db_int(now_ms)));
}

/* --- API ------------------------------------------------------------------- */

/* clang-format off */
#define SELECT_API \
	"SELECT lookup, hash, name, account_id, person_id, scopes," \
	" created_ms, seen_ms, revoked_ms FROM api_token "
/* clang-format on */

bool api_token_next(struct db_rows *rows, struct api_token *out)
{
	struct api_token t = {0};
	const char *scopes;

	if (!db_next(rows))
		return false;
	db_copy_text(rows, 0, t.lookup, sizeof t.lookup);
	copy_hash(rows, 1, t.hash);
	db_copy_text(rows, 2, t.name, sizeof t.name);
	t.account_id = db_col_int(rows, 3);
	t.person_id = db_col_int(rows, 4);
	scopes = db_col_text(rows, 5);
	t.scopes = (strstr(scopes, "read") ? TOKEN_READ : 0u) |
		   (strstr(scopes, "write") ? TOKEN_WRITE : 0u);
	t.created_ms = db_col_int(rows, 6);
	t.seen_ms = db_col_int(rows, 7);
	t.revoked_ms = db_col_int(rows, 8);
	*out = t;
	return true;
}

int api_token_find(struct db *db, const char *lookup, struct api_token *out)
{
	struct db_rows rows;

	db_ask(db, &rows, SELECT_API "WHERE lookup = $1", DB(db_text(lookup)));
	return row_found(&rows, api_token_next(&rows, out));
}

int api_token_insert(struct db *db, const struct api_token *t)
{
	char scopes[16];

	snprintf(scopes, sizeof scopes, "%s%s",
		 t->scopes & TOKEN_READ ? "read " : "",
		 t->scopes & TOKEN_WRITE ? "write" : "");
	return row_run(db,
		       "INSERT INTO api_token (lookup, hash, name, account_id,"
		       " person_id, scopes, created_ms)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7)",
		       DB(db_text(t->lookup), db_blob(t->hash, SECRET_HASH_LEN),
			  db_text(t->name), db_int(t->account_id),
			  db_int(t->person_id), db_text(scopes),
			  db_int(t->created_ms)));
}

int api_token_touch(struct db *db, const char *lookup, int64_t now_ms)
{
	return row_change(db,
			  "UPDATE api_token SET seen_ms = $2 WHERE lookup = $1",
			  DB(db_text(lookup), db_int(now_ms)));
}

int api_token_revoke(struct db *db, const char *lookup, int64_t account_id,
		     int64_t now_ms)
{
	return row_change(
		db,
		"UPDATE api_token SET revoked_ms = $3"
		" WHERE lookup = $1 AND account_id = $2"
		" AND revoked_ms IS NULL",
		DB(db_text(lookup), db_int(account_id), db_int(now_ms)));
}

void api_token_ask_account(struct db *db, struct db_rows *rows,
			   int64_t account_id)
{
	db_ask(db, rows,
	       SELECT_API "WHERE account_id = $1 AND revoked_ms IS NULL"
			  " ORDER BY created_ms DESC, lookup",
	       DB(db_int(account_id)));
}
