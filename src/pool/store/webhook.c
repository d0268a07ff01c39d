/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/webhook.h"

#include "pool/store/row.h"

#define SELECT "SELECT id, account_id, url, secret, created_ms FROM webhook "

int webhook_by_id(struct db *db, int64_t id, struct webhook *out)
{
	struct db_rows rows;
	bool found;

	db_ask(db, &rows, SELECT "WHERE id = $1", DB(db_int(id)));
	found = webhook_next(&rows, out);
	return row_found(&rows, found);
}

void webhook_ask_account(struct db *db, struct db_rows *rows,
			 int64_t account_id)
{
	db_ask(db, rows, SELECT "WHERE account_id = $1 ORDER BY id",
	       DB(db_int(account_id)));
}

bool webhook_next(struct db_rows *rows, struct webhook *out)
{
	struct webhook w = {0};

	if (!db_next(rows))
		return false;
	w.id = db_col_int(rows, 0);
	w.account_id = db_col_int(rows, 1);
	db_copy_text(rows, 2, w.url, sizeof w.url);
	db_copy_text(rows, 3, w.secret, sizeof w.secret);
	w.created_ms = db_col_int(rows, 4);
	*out = w;
	return true;
}

int webhook_insert(struct db *db, const struct webhook *w, int64_t *id)
{
	return row_insert(db, id,
			  "INSERT INTO webhook (account_id, url, secret,"
			  " created_ms) VALUES ($1, $2, $3, $4) RETURNING id",
			  DB(db_int(w->account_id), db_text(w->url),
			     db_text(w->secret), db_int(w->created_ms)));
}

int webhook_remove(struct db *db, int64_t id)
{
	return row_change(db, "DELETE FROM webhook WHERE id = $1",
			  DB(db_int(id)));
}
