/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/spot.h"

#include "pool/store/row.h"

/* clang-format off */
#define SELECT \
	"SELECT id, account_id, server_id, address, family, port, asked_ms" \
	" FROM spot "
/* clang-format on */

int spot_insert(struct db *db, const struct spot *s, int64_t *id)
{
	return row_insert(db, id,
			  "INSERT INTO spot (account_id, server_id, address,"
			  " family, port, asked_ms) VALUES ($1, $2, $3, $4, $5,"
			  " $6) RETURNING id",
			  DB(db_int(s->account_id), row_id(s->server_id),
			     db_text(s->address), db_int(s->family),
			     db_int(s->port), db_int(s->asked_ms)));
}

bool spot_next(struct db_rows *rows, struct spot *out)
{
	if (!db_next(rows))
		return false;
	*out = (struct spot){
		.id = db_col_int(rows, 0),
		.account_id = db_col_int(rows, 1),
		.server_id = db_col_int(rows, 2),
		.family = (int)db_col_int(rows, 4),
		.port = (uint16_t)db_col_int(rows, 5),
		.asked_ms = db_col_int(rows, 6),
	};
	db_copy_text(rows, 3, out->address, sizeof out->address);
	return true;
}

static int one(struct db_rows *rows, struct spot *out)
{
	bool found = spot_next(rows, out);

	return row_found(rows, found);
}

int spot_by_id(struct db *db, int64_t id, struct spot *out)
{
	struct db_rows rows;

	db_ask(db, &rows, SELECT "WHERE id = $1", DB(db_int(id)));
	return one(&rows, out);
}

int spot_latest(struct db *db, const char *address, uint16_t port,
		int64_t since_ms, struct spot *out)
{
	struct db_rows rows;

	db_ask(db, &rows,
	       SELECT "WHERE asked_ms >= $3 AND address = $1 AND port = $2"
		      " ORDER BY id DESC LIMIT 1",
	       DB(db_text(address), db_int(port), db_int(since_ms)));
	return one(&rows, out);
}

void spot_ask_due(struct db *db, struct db_rows *rows, int64_t monitor_id,
		  unsigned families, int64_t since_ms, unsigned limit)
{
	db_ask(db, rows,
	       SELECT "WHERE asked_ms >= $3"
		      " AND (family = 4 AND $2 % 2 = 1"
		      " OR family = 6 AND $2 >= 2)"
		      " AND NOT EXISTS (SELECT 1 FROM spot_result r"
		      " WHERE r.spot_id = spot.id AND r.monitor_id = $1)"
		      " ORDER BY id LIMIT $4",
	       DB(db_int(monitor_id), db_int(families), db_int(since_ms),
		  db_int(limit)));
}

int spot_set_given(struct db *db, int64_t spot_id, int64_t monitor_id,
		   int64_t now_ms)
{
	return row_run(db,
		       "INSERT INTO spot_result (spot_id, monitor_id, given_ms)"
		       " VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
		       DB(db_int(spot_id), db_int(monitor_id), db_int(now_ms)));
}

int spot_set_result(struct db *db, int64_t spot_id, const struct spot_result *r)
{
	return row_run(db,
		       "UPDATE spot_result SET at_ms = $3, offset_s = $4,"
		       " rtt_s = $5, stratum = $6, leap = $7, error = $8,"
		       " samples = $9, lost = $10"
		       " WHERE spot_id = $1 AND monitor_id = $2",
		       DB(db_int(spot_id), db_int(r->monitor_id),
			  db_int(r->at_ms), db_real(r->offset_s),
			  db_real(r->rtt_s),
			  db_int_if(r->stratum >= 0, r->stratum),
			  db_int_if(r->leap >= 0, r->leap), db_text(r->error),
			  db_int(r->samples), db_int(r->lost)));
}

void spot_ask_results(struct db *db, struct db_rows *rows, const struct spot *s,
		      int64_t called_since_ms)
{
	db_ask(db, rows,
	       "SELECT m.id, m.name, m.place, m.clock_ok, r.given_ms, r.at_ms,"
	       " r.offset_s, r.rtt_s, r.stratum, r.leap, r.error, r.samples,"
	       " r.lost FROM monitor m LEFT JOIN spot_result r"
	       " ON r.monitor_id = m.id AND r.spot_id = $1"
	       " WHERE m.kind = 'monitor' AND (r.given_ms IS NOT NULL"
	       " OR m.state IN ('active', 'testing') AND m.seen_ms >= $3"
	       " AND ($2 = 4 AND m.families % 2 = 1"
	       " OR $2 = 6 AND m.families >= 2)) ORDER BY m.name",
	       DB(db_int(s->id), db_int(s->family), db_int(called_since_ms)));
}

static int int_or_none(struct db_rows *rows, int column)
{
	return db_is_null(rows, column) ? -1 : (int)db_col_int(rows, column);
}

bool spot_result_next(struct db_rows *rows, struct spot_result *out)
{
	if (!db_next(rows))
		return false;
	*out = (struct spot_result){
		.monitor_id = db_col_int(rows, 0),
		.clock_ok = int_or_none(rows, 3),
		.given_ms = db_col_int(rows, 4),
		.at_ms = db_col_int(rows, 5),
		.offset_s = db_col_real(rows, 6),
		.rtt_s = db_col_real(rows, 7),
		.stratum = int_or_none(rows, 8),
		.leap = int_or_none(rows, 9),
		.samples = (unsigned)db_col_int(rows, 11),
		.lost = (unsigned)db_col_int(rows, 12),
	};
	db_copy_text(rows, 1, out->monitor, sizeof out->monitor);
	db_copy_text(rows, 2, out->place, sizeof out->place);
	db_copy_text(rows, 10, out->error, sizeof out->error);
	return true;
}

int spot_forget(struct db *db, int64_t before_ms)
{
	int r = row_run(db,
			"DELETE FROM spot_result WHERE spot_id IN"
			" (SELECT id FROM spot WHERE asked_ms < $1)",
			DB(db_int(before_ms)));

	if (r < 0)
		return r;
	return row_run(db, "DELETE FROM spot WHERE asked_ms < $1",
		       DB(db_int(before_ms)));
}
