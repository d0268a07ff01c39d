/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/batch.h"

#include "pool/store/row.h"

int batch_get(struct db *db, const char *id, struct batch *out)
{
	struct db_rows rows;
	bool found;

	db_ask(db, &rows,
	       "SELECT id, monitor_id, given_ms, taken_ms, servers, spot FROM "
	       "batch"
	       " WHERE id = $1",
	       DB(db_text(id)));
	found = db_next(&rows);
	if (found) {
		const char *servers = db_col_text(&rows, 4);

		*out = (struct batch){0};
		db_copy_text(&rows, 0, out->id, sizeof out->id);
		out->monitor_id = db_col_int(&rows, 1);
		out->given_ms = db_col_int(&rows, 2);
		out->taken_ms = db_col_int(&rows, 3);
		out->is_spot = db_col_int(&rows, 5) != 0;
		buf_add(&out->servers, servers, strlen(servers));
	}
	return row_found(&rows, found);
}

int batch_insert(struct db *db, const struct batch *b)
{
	return row_run(db,
		       "INSERT INTO batch (id, monitor_id, given_ms, servers,"
		       " spot) VALUES ($1, $2, $3, $4, $5)",
		       DB(db_text(b->id), db_int(b->monitor_id),
			  db_int(b->given_ms), db_text(buf_text(&b->servers)),
			  db_int(b->is_spot)));
}

int batch_set_taken(struct db *db, const char *id, int64_t taken_ms,
		    int64_t results, const uint8_t hash[BATCH_HASH_LEN],
		    const uint8_t signature[BATCH_SIGNATURE_LEN])
{
	int64_t n = db_run(
		db,
		"UPDATE batch SET taken_ms = $2, results = $3, hash = $4,"
		" signature = $5 WHERE id = $1 AND taken_ms IS NULL",
		DB(db_text(id), db_int(taken_ms), db_int(results),
		   db_blob(hash, BATCH_HASH_LEN),
		   db_blob(signature, BATCH_SIGNATURE_LEN)));

	return (int)n;
}

int batch_forget(struct db *db, int64_t before_ms)
{
	return row_run(db, "DELETE FROM batch WHERE given_ms < $1",
		       DB(db_int(before_ms)));
}
