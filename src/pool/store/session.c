/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/session.h"

#include <string.h>

#include "pool/store/row.h"

int session_find(struct db *db, const uint8_t hash[SECRET_HASH_LEN],
		 int64_t now_ms, struct session *out)
{
	struct db_rows rows;
	bool found;

	db_ask(db, &rows,
	       "SELECT person_id, created_ms, seen_ms, expires_ms FROM session"
	       " WHERE hash = $1 AND expires_ms > $2",
	       DB(db_blob(hash, SECRET_HASH_LEN), db_int(now_ms)));
	found = db_next(&rows);
	if (found) {
		memcpy(out->hash, hash, SECRET_HASH_LEN);
		out->person_id = db_col_int(&rows, 0);
		out->created_ms = db_col_int(&rows, 1);
		out->seen_ms = db_col_int(&rows, 2);
		out->expires_ms = db_col_int(&rows, 3);
	}
	return row_found(&rows, found);
}

int session_insert(struct db *db, const struct session *s)
{
	return row_run(db,
		       "INSERT INTO session (hash, person_id, created_ms,"
		       " seen_ms, expires_ms) VALUES ($1, $2, $3, $4, $5)",
		       DB(db_blob(s->hash, SECRET_HASH_LEN),
			  row_id(s->person_id), db_int(s->created_ms),
			  db_int(s->seen_ms), db_int(s->expires_ms)));
}

int session_touch(struct db *db, const uint8_t hash[SECRET_HASH_LEN],
		  int64_t now_ms, int64_t expires_ms)
{
	return row_change(db,
			  "UPDATE session SET seen_ms = $2, expires_ms = $3"
			  " WHERE hash = $1",
			  DB(db_blob(hash, SECRET_HASH_LEN), db_int(now_ms),
			     db_int(expires_ms)));
}

int session_delete(struct db *db, const uint8_t hash[SECRET_HASH_LEN])
{
	return row_run(db, "DELETE FROM session WHERE hash = $1",
		       DB(db_blob(hash, SECRET_HASH_LEN)));
}

int session_delete_person(struct db *db, int64_t person_id, const uint8_t *but)
{
	int r = row_run(db,
			"DELETE FROM mail_token WHERE person_id = $1"
			" AND purpose = 'code'",
			DB(db_int(person_id)));

	if (r < 0)
		return r;
	if (!but)
		return row_run(db, "DELETE FROM session WHERE person_id = $1",
			       DB(db_int(person_id)));
	return row_run(db,
		       "DELETE FROM session WHERE person_id = $1"
		       " AND hash <> $2",
		       DB(db_int(person_id), db_blob(but, SECRET_HASH_LEN)));
}

int64_t session_clean(struct db *db, int64_t now_ms)
{
	return db_run(db, "DELETE FROM session WHERE expires_ms <= $1",
		      DB(db_int(now_ms)));
}
