/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/log.h"

#include <errno.h>

#include "pool/store/rollup.h"
#include "pool/store/row.h"

static struct db_value unless_negative(int64_t v)
{
	return db_int_if(v >= 0, v);
}

int log_insert(struct db *db, const struct log_row *r)
{
	int64_t n = db_run(
		db,
		"INSERT INTO log (" LOG_COLUMNS
		") VALUES ($1, $2, $3, $4, $5, $6, "
		"$7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, "
		"$20, $21) ON CONFLICT DO NOTHING",
		DB(db_int(r->server_id), db_int(r->at_ms),
		   db_int(r->monitor_id), db_real(r->offset_s),
		   db_real(r->rtt_s), unless_negative(r->stratum),
		   unless_negative(r->leap),
		   db_text(r->error[0] ? r->error : NULL), db_int(r->samples),
		   db_int(r->lost), db_real(r->root_delay_s),
		   db_real(r->root_disp_s), unless_negative(r->refid),
		   db_int(r->falseticker), db_text(r->profile),
		   db_text(r->rule), db_real(r->step), db_real(r->score),
		   db_int(r->taken_ms), db_int(r->voice), db_int(r->counts)));

	if (n <= 0)
		return n < 0 ? (int)n : -EEXIST;
	return rollup_late(db, r->server_id, r->at_ms, r->taken_ms);
}

int log_insert_sample(struct db *db, int64_t server_id, int64_t at_ms,
		      int64_t monitor_id, unsigned n,
		      const struct log_sample *s)
{
	return row_run(
		db,
		"INSERT INTO sample (server_id, at_ms, monitor_id, n, t1_ns, "
		"t2_ns, t3_ns, t4_ns) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		DB(db_int(server_id), db_int(at_ms), db_int(monitor_id),
		   db_int(n), db_int(s->t1_ns), db_int(s->t2_ns),
		   db_int(s->t3_ns), db_int(s->t4_ns)));
}

void log_ask_replay(struct db *db, struct db_rows *rows)
{
	db_stream(db, rows,
		  "SELECT " LOG_COLUMNS
		  "FROM log ORDER BY server_id, at_ms, monitor_id",
		  DB_NONE);
}

void log_ask_replay_server(struct db *db, struct db_rows *rows,
			   int64_t server_id)
{
	db_stream(db, rows,
		  "SELECT " LOG_COLUMNS "FROM log WHERE server_id = $1"
		  " ORDER BY at_ms, monitor_id",
		  DB(db_int(server_id)));
}

static int64_t int_or(struct db_rows *rows, int column, int64_t when_null)
{
	return db_is_null(rows, column) ? when_null : db_col_int(rows, column);
}

bool log_next(struct db_rows *rows, struct log_row *out)
{
	if (!db_next(rows))
		return false;
	out->server_id = db_col_int(rows, 0);
	out->at_ms = db_col_int(rows, 1);
	out->monitor_id = db_col_int(rows, 2);
	out->offset_s = db_col_real(rows, 3);
	out->rtt_s = db_col_real(rows, 4);
	out->stratum = (int)int_or(rows, 5, -1);
	out->leap = (int)int_or(rows, 6, -1);
	db_copy_text(rows, 7, out->error, sizeof out->error);
	out->samples = (unsigned)db_col_int(rows, 8);
	out->lost = (unsigned)db_col_int(rows, 9);
	out->root_delay_s = db_col_real(rows, 10);
	out->root_disp_s = db_col_real(rows, 11);
	out->refid = int_or(rows, 12, -1);
	out->falseticker = db_col_int(rows, 13) != 0;
	db_copy_text(rows, 14, out->profile, sizeof out->profile);
	db_copy_text(rows, 15, out->rule, sizeof out->rule);
	out->step = db_col_real(rows, 16);
	out->score = db_col_real(rows, 17);
	out->taken_ms = db_col_int(rows, 18);
	out->voice = (int)db_col_int(rows, 19);
	out->counts = db_col_int(rows, 20) != 0;
	return true;
}
