/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/second_step.h"

#include "pool/store/row.h"

int second_step_find(struct db *db, int64_t person_id, struct second_step *out)
{
	struct second_step s = {0};
	struct db_rows rows;
	const void *secret;
	size_t len;
	bool found;

	db_ask(db, &rows,
	       "SELECT secret, confirmed_ms, last_step FROM second_step"
	       " WHERE person_id = $1",
	       DB(db_int(person_id)));
	found = db_next(&rows);
	if (found) {
		secret = db_col_blob(&rows, 0, &len);
		if (secret && len == SECOND_SECRET_LEN)
			memcpy(s.secret, secret, len);
		s.confirmed_ms = db_col_int(&rows, 1);
		s.last_step = db_col_int(&rows, 2);
		*out = s;
	}
	return row_found(&rows, found);
}

int second_step_put(struct db *db, int64_t person_id,
		    const uint8_t secret[SECOND_SECRET_LEN])
{
	return row_run(
		db,
		"INSERT INTO second_step (person_id, secret)"
		" VALUES ($1, $2) ON CONFLICT (person_id) DO UPDATE"
		" SET secret = excluded.secret"
		" WHERE second_step.confirmed_ms IS NULL",
		DB(db_int(person_id), db_blob(secret, SECOND_SECRET_LEN)));
}

int second_step_set_confirmed(struct db *db, int64_t person_id, int64_t at_ms)
{
	return row_change(db,
			  "UPDATE second_step SET confirmed_ms = $2"
			  " WHERE person_id = $1",
			  DB(db_int(person_id), db_int(at_ms)));
}

int second_step_use(struct db *db, int64_t person_id, int64_t step)
{
	return row_change(db,
			  "UPDATE second_step SET last_step = $2"
			  " WHERE person_id = $1 AND last_step < $2",
			  DB(db_int(person_id), db_int(step)));
}

int second_step_delete(struct db *db, int64_t person_id)
{
	int r = row_run(db, "DELETE FROM recovery_code WHERE person_id = $1",
			DB(db_int(person_id)));

	if (r < 0)
		return r;
	return row_run(db, "DELETE FROM second_step WHERE person_id = $1",
		       DB(db_int(person_id)));
}

int recovery_code_insert(struct db *db, int64_t person_id,
			 const uint8_t hash[SECRET_HASH_LEN])
{
	return row_run(
		db,
		"INSERT INTO recovery_code (person_id, hash) VALUES ($1, $2)",
		DB(db_int(person_id), db_blob(hash, SECRET_HASH_LEN)));
}

int recovery_code_take(struct db *db, int64_t person_id,
		       const uint8_t hash[SECRET_HASH_LEN])
{
	return row_change(
		db,
		"DELETE FROM recovery_code WHERE person_id = $1"
		" AND hash = $2",
		DB(db_int(person_id), db_blob(hash, SECRET_HASH_LEN)));
}

int64_t recovery_code_count(struct db *db, int64_t person_id)
{
	int64_t n = 0;
	int r = db_one_int(db, &n,
			   "SELECT COUNT(*) FROM recovery_code"
			   " WHERE person_id = $1",
			   DB(db_int(person_id)));

	return r < 0 ? r : n;
}
