/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/history.h"

#include "pool/store/row.h"

void history_ask_steps(struct db *db, struct db_rows *rows, int64_t server_id,
		       int64_t monitor_id, int64_t since_ms, unsigned limit)
{
	if (since_ms > 0)
		db_ask(db, rows,
		       "SELECT " LOG_COLUMNS
		       "FROM log WHERE server_id = $1 AND at_ms > $2"
		       " AND ($3 = 0 OR monitor_id = $3)"
		       " ORDER BY at_ms, monitor_id LIMIT $4",
		       DB(db_int(server_id), db_int(since_ms),
			  db_int(monitor_id), db_int(limit)));
	else
		db_ask(db, rows,
		       "SELECT " LOG_COLUMNS "FROM log WHERE server_id = $1"
		       " AND ($2 = 0 OR monitor_id = $2)"
		       " ORDER BY at_ms DESC, monitor_id DESC LIMIT $3",
		       DB(db_int(server_id), db_int(monitor_id),
			  db_int(limit)));
}

void history_ask_points(struct db *db, struct db_rows *rows, int64_t server_id,
			enum history_grain grain, int64_t since_ms)
{
	static const char *const sql[] = {
		[HISTORY_STEP] = "SELECT at_ms, monitor_id, offset_s, score,"
				 " samples, lost FROM log WHERE server_id = $1"
				 " AND at_ms >= $2 AND counts = 1"
				 " ORDER BY at_ms",
		[HISTORY_HOUR] = "SELECT at_ms, monitor_id, offset_mean_s,"
				 " score_last, samples, lost FROM log_hour"
				 " WHERE server_id = $1 AND at_ms >= $2"
				 " ORDER BY at_ms",
		[HISTORY_DAY] = "SELECT at_ms, monitor_id, offset_mean_s,"
				" score_last, samples, lost FROM log_day"
				" WHERE server_id = $1 AND at_ms >= $2"
				" ORDER BY at_ms",
	};

	db_ask(db, rows, sql[grain], DB(db_int(server_id), db_int(since_ms)));
}

bool history_point_next(struct db_rows *rows, struct history_point *out)
{
	if (!db_next(rows))
		return false;
	out->at_ms = db_col_int(rows, 0);
	out->monitor_id = db_col_int(rows, 1);
	out->offset_s = db_col_real(rows, 2);
	out->score = db_col_real(rows, 3);
	out->samples = (unsigned)db_col_int(rows, 4);
	out->lost = (unsigned)db_col_int(rows, 5);
	return true;
}

void history_ask_turns(struct db *db, struct db_rows *rows, int64_t server_id,
		       double limit, unsigned n)
{
	db_ask(db, rows,
	       "SELECT at_ms, score FROM (SELECT at_ms, score,"
	       " lag(score) OVER (ORDER BY at_ms) AS before FROM log"
	       " WHERE server_id = $1 AND rule = '" LOG_RULE_MEDIAN "') AS m"
	       " WHERE before IS NOT NULL AND (score >= $2) <> (before >= $2)"
	       " ORDER BY at_ms DESC LIMIT $3",
	       DB(db_int(server_id), db_real(limit), db_int(n)));
}

bool history_turn_next(struct db_rows *rows, struct history_turn *out)
{
	if (!db_next(rows))
		return false;
	out->at_ms = db_col_int(rows, 0);
	out->score = db_col_real(rows, 1);
	return true;
}

void history_ask_monitors(struct db *db, struct db_rows *rows,
			  int64_t server_id)
{
	db_ask(db, rows,
	       "SELECT m.id, m.kind, m.name, m.place, m.state, m.clock_ok,"
	       " m.clock_why, p.state, p.score, p.offset_s, p.rtt_s,"
	       " p.score_ms FROM monitor m LEFT JOIN pair p"
	       " ON p.monitor_id = m.id AND p.server_id = $1 ORDER BY m.id",
	       DB(db_int(server_id)));
}

bool history_monitor_next(struct db_rows *rows, struct history_monitor *out)
{
	static const char *const pair_states[] = {"candidate", "testing",
						  "active", "paused"};
	struct history_monitor m = {0};

	if (!db_next(rows))
		return false;
	m.id = db_col_int(rows, 0);
	m.is_scorer = strcmp(db_col_text(rows, 1), "score") == 0;
	db_copy_text(rows, 2, m.name, sizeof m.name);
	db_copy_text(rows, 3, m.place, sizeof m.place);
	if (!monitor_state_find(db_col_text(rows, 4), &m.state))
		m.state = MONITOR_DELETED;
	m.clock_ok = db_is_null(rows, 5) ? -1 : db_col_int(rows, 5) != 0;
	db_copy_text(rows, 6, m.clock_why, sizeof m.clock_why);
	m.pair_state = row_word(pair_states, 4, db_col_text(rows, 7));
	m.score = db_col_real(rows, 8);
	m.offset_s = db_col_real(rows, 9);
	m.rtt_s = db_col_real(rows, 10);
	m.score_ms = db_col_int(rows, 11);
	*out = m;
	return true;
}

void history_ask_seen(struct db *db, struct db_rows *rows, int64_t monitor_id,
		      int64_t since_ms, unsigned limit)
{
	db_ask(db, rows,
	       "SELECT server_id, offset_s FROM log WHERE monitor_id = $1"
	       " AND at_ms >= $2 AND offset_s IS NOT NULL"
	       " ORDER BY at_ms DESC LIMIT $3",
	       DB(db_int(monitor_id), db_int(since_ms), db_int(limit)));
}

bool history_seen_next(struct db_rows *rows, int64_t *server_id,
		       double *offset_s)
{
	if (!db_next(rows))
		return false;
	*server_id = db_col_int(rows, 0);
	*offset_s = db_col_real(rows, 1);
	return true;
}
