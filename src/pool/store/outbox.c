/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/outbox.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "pool/store/row.h"

#define MINUTE_MS INT64_C(60000)
#define LONGEST_MS (8 * 60 * MINUTE_MS)

int outbox_add(struct db *db, const char *kind, const char *target,
	       const char *secret, const char *subject, const char *body,
	       int64_t now_ms)
{
	return row_run(
		db,
		"INSERT INTO outbox (kind, target, secret, subject, body, "
		"queued_ms, due_ms) VALUES ($1, $2, $3, $4, $5, $6, $6)",
		DB(db_text(kind), db_text(target),
		   db_text(secret ? secret : ""),
		   db_text(subject ? subject : ""), db_text(body),
		   db_int(now_ms)));
}

int64_t outbox_backoff_ms(unsigned tries)
{
	int64_t ms = MINUTE_MS;

	while (tries-- > 1 && ms < LONGEST_MS)
		ms *= 2;
	return ms < LONGEST_MS ? ms : LONGEST_MS;
}

/* The one that waits longest: its number and how often it was tried. */
static int first_due(struct db *db, int64_t now_ms, int64_t *id,
		     unsigned *tries)
{
	struct db_rows rows;
	bool found;

	db_ask(db, &rows,
	       "SELECT id, tries FROM outbox "
	       "WHERE done_ms IS NULL AND due_ms <= $1 "
	       "ORDER BY due_ms, id LIMIT 1",
	       DB(db_int(now_ms)));
	found = db_next(&rows);
	if (found) {
		*id = db_col_int(&rows, 0);
		*tries = (unsigned)db_col_int(&rows, 1);
	}
	return row_found(&rows, found);
}

/* Put off the next try, unless somebody else was faster: then no row comes. */
static int take(struct db *db, int64_t id, unsigned tries, int64_t now_ms,
		struct outbox_item *out)
{
	struct db_rows rows;
	bool found;
	int r;

	db_ask(db, &rows,
	       "UPDATE outbox SET tries = tries + 1, due_ms = $1 "
	       "WHERE id = $2 AND tries = $3 AND done_ms IS NULL "
	       "RETURNING kind, target, secret, subject, body, queued_ms",
	       DB(db_int(now_ms + outbox_backoff_ms(tries + 1)), db_int(id),
		  db_int(tries)));
	found = db_next(&rows);
	if (found) {
		*out = (struct outbox_item){.id = id, .tries = tries + 1};
		db_copy_text(&rows, 0, out->kind, sizeof out->kind);
		db_copy_text(&rows, 1, out->target, sizeof out->target);
		db_copy_text(&rows, 2, out->secret, sizeof out->secret);
		db_copy_text(&rows, 3, out->subject, sizeof out->subject);
		out->body = xstrdup(db_col_text(&rows, 4));
		out->queued_ms = db_col_int(&rows, 5);
	}
	r = row_found(&rows, found);
	if (r < 0 && found)
		outbox_item_done(out);
	return r;
}

int outbox_claim(struct db *db, int64_t now_ms, struct outbox_item *out)
{
	unsigned tries = 0;
	int64_t id = 0;
	int r;

	while ((r = first_due(db, now_ms, &id, &tries)) > 0) {
		r = take(db, id, tries, now_ms, out);
		if (r != 0)
			break;
	}
	return r;
}

void outbox_item_done(struct outbox_item *item)
{
	free(item->body);
	item->body = NULL;
}

/* error NULL: it was sent. */
static int finish(struct db *db, int64_t id, const char *error, int64_t now_ms)
{
	return row_run(
		db,
		"UPDATE outbox SET done_ms = $1, error = $2, "
		"body = '', secret = '' WHERE id = $3",
		DB(db_int(now_ms), db_text(error ? error : ""), db_int(id)));
}

int outbox_sent(struct db *db, int64_t id, int64_t now_ms)
{
	return finish(db, id, NULL, now_ms);
}

int outbox_failed(struct db *db, const struct outbox_item *item,
		  const char *error, int64_t now_ms)
{
	if (item->tries >= OUTBOX_TRIES)
		return finish(db, item->id, error[0] ? error : "failed",
			      now_ms);
	return row_run(db, "UPDATE outbox SET error = $1 WHERE id = $2",
		       DB(db_text(error), db_int(item->id)));
}

int outbox_count(struct db *db, struct outbox_count *out)
{
	struct db_rows rows;

	db_ask(db, &rows,
	       "SELECT SUM(CASE WHEN done_ms IS NULL THEN 1 ELSE 0 END),"
	       " SUM(CASE WHEN done_ms IS NOT NULL AND error = ''"
	       " THEN 1 ELSE 0 END),"
	       " SUM(CASE WHEN done_ms IS NOT NULL AND error <> ''"
	       " THEN 1 ELSE 0 END) FROM outbox",
	       DB_NONE);
	if (db_next(&rows))
		*out = (struct outbox_count){db_col_int(&rows, 0),
					     db_col_int(&rows, 1),
					     db_col_int(&rows, 2)};
	return db_end(&rows);
}

int64_t outbox_clean(struct db *db, int64_t before_ms)
{
	return db_run(db, "DELETE FROM outbox WHERE done_ms < $1",
		      DB(db_int(before_ms)));
}
