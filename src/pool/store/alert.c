/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/alert.h"

#include "pool/store/row.h"

/* clang-format off */
#define SELECT \
	"SELECT s.id, s.account_id, s.address, s.hostname, s.score," \
	" s.score_ms, s.alert_below, s.out_since_ms, s.delete_on_ms," \
	" a.first_ms, a.last_ms, a.last_score FROM server s "
/* clang-format on */

void alert_ask_current(struct db *db, struct db_rows *rows)
{
	db_ask(db, rows,
	       SELECT "LEFT JOIN alert a ON a.server_id = s.id"
		      " WHERE s.deleted_ms IS NULL AND s.score_ms IS NOT NULL"
		      " AND (a.server_id IS NOT NULL OR"
		      " s.score <= coalesce(s.alert_below, $1))"
		      " ORDER BY s.account_id, s.id",
	       DB(db_real(ALERT_BELOW)));
}

bool alert_next(struct db_rows *rows, struct alert *out)
{
	struct alert a = {0};

	if (!db_next(rows))
		return false;
	a.server.id = db_col_int(rows, 0);
	a.server.account_id = db_col_int(rows, 1);
	db_copy_text(rows, 2, a.server.address, sizeof a.server.address);
	db_copy_text(rows, 3, a.server.hostname, sizeof a.server.hostname);
	a.server.score = db_col_real(rows, 4);
	a.server.score_ms = db_col_int(rows, 5);
	a.server.alert_below = db_col_real(rows, 6);
	a.server.out_since_ms = db_col_int(rows, 7);
	a.server.delete_on_ms = db_col_int(rows, 8);
	a.first_ms = db_col_int(rows, 9);
	a.last_ms = db_col_int(rows, 10);
	a.last_score = db_col_real(rows, 11);
	*out = a;
	return true;
}

int alert_put(struct db *db, int64_t server_id, double score, int64_t now_ms)
{
	return row_run(db,
		       "INSERT INTO alert (server_id, last_score, first_ms,"
		       " last_ms) VALUES ($1, $2, $3, $3)"
		       " ON CONFLICT (server_id) DO UPDATE SET"
		       " last_score = excluded.last_score,"
		       " last_ms = excluded.last_ms",
		       DB(db_int(server_id), db_real(score), db_int(now_ms)));
}

int alert_remove(struct db *db, int64_t server_id)
{
	return row_run(db, "DELETE FROM alert WHERE server_id = $1",
		       DB(db_int(server_id)));
}
