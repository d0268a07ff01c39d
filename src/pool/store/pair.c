/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/pair.h"

#include "base/container.h"
#include "pool/store/row.h"

/* clang-format off */
#define SELECT \
	"SELECT server_id, monitor_id, state, score, strict_score, score_ms," \
	" offset_s, rtt_s, root_dist_s, stratum, next_ms, given_ms FROM pair "
/* What a monitor may be given: $1 it, $2 its families. */
#define FROM_WORK \
	"FROM pair p JOIN server s ON s.id = p.server_id" \
	" WHERE p.monitor_id = $1 AND p.state <> 'paused'" \
	" AND s.deleted_ms IS NULL" \
	" AND (s.family = 4 AND $2 % 2 = 1 OR s.family = 6 AND $2 >= 2) "
/* clang-format on */

static const char *const states[] = {"candidate", "testing", "active",
				     "paused"};

/* What cannot be read measures, but has no voice. */
static int state_at(struct db_rows *rows, int column)
{
	int i = row_word(states, ARRAY_LEN(states), db_col_text(rows, column));

	return i < 0 ? 0 : i;
}

bool pair_next(struct db_rows *rows, struct pair *out)
{
	if (!db_next(rows))
		return false;
	*out = (struct pair){
		.server_id = db_col_int(rows, 0),
		.monitor_id = db_col_int(rows, 1),
		.state = state_at(rows, 2),
		.score = db_col_real(rows, 3),
		.strict_score = db_col_real(rows, 4),
		.score_ms = db_col_int(rows, 5),
		.offset_s = db_col_real(rows, 6),
		.rtt_s = db_col_real(rows, 7),
		.root_dist_s = db_col_real(rows, 8),
		.stratum = db_is_null(rows, 9) ? -1 : (int)db_col_int(rows, 9),
		.next_ms = db_col_int(rows, 10),
		.given_ms = db_col_int(rows, 11),
	};
	return true;
}

int pair_get(struct db *db, int64_t server_id, int64_t monitor_id,
	     struct pair *out)
{
	struct db_rows rows;
	bool found;

	db_ask(db, &rows, SELECT "WHERE server_id = $1 AND monitor_id = $2",
	       DB(db_int(server_id), db_int(monitor_id)));
	found = pair_next(&rows, out);
	return row_found(&rows, found);
}

void pair_ask_server(struct db *db, struct db_rows *rows, int64_t server_id)
{
	db_ask(db, rows, SELECT "WHERE server_id = $1 ORDER BY monitor_id",
	       DB(db_int(server_id)));
}

void pair_ask_monitor(struct db *db, struct db_rows *rows, int64_t monitor_id)
{
	db_ask(db, rows, SELECT "WHERE monitor_id = $1 ORDER BY server_id",
	       DB(db_int(monitor_id)));
}

int pair_set_state(struct db *db, int64_t server_id, int64_t monitor_id,
		   int state, int64_t next_ms)
{
	return row_run(db,
		       "INSERT INTO pair (server_id, monitor_id, state,"
		       " next_ms) VALUES ($1, $2, $3, $4)"
		       " ON CONFLICT (server_id, monitor_id)"
		       " DO UPDATE SET state = excluded.state, next_ms ="
		       " CASE WHEN pair.next_ms > excluded.next_ms"
		       " THEN excluded.next_ms ELSE pair.next_ms END",
		       DB(db_int(server_id), db_int(monitor_id),
			  db_text(states[state]), db_int(next_ms)));
}

int pair_set_score(struct db *db, const struct pair *p)
{
	return row_change(
		db,
		"UPDATE pair SET score = $3, strict_score = $4, score_ms = $5,"
		" offset_s = $6, rtt_s = $7, root_dist_s = $8, stratum = $9,"
		" mute = 0"
		" WHERE server_id = $1 AND monitor_id = $2",
		DB(db_int(p->server_id), db_int(p->monitor_id),
		   db_real(p->score), db_real(p->strict_score),
		   db_int(p->score_ms), db_real(p->offset_s), db_real(p->rtt_s),
		   db_real(p->root_dist_s),
		   db_int_if(p->stratum >= 0, p->stratum)));
}

int pair_mute(struct db *db, int64_t server_id, int64_t monitor_id)
{
	return row_change(db,
			  "UPDATE pair SET mute = 1"
			  " WHERE server_id = $1 AND monitor_id = $2",
			  DB(db_int(server_id), db_int(monitor_id)));
}

void pair_ask_due(struct db *db, struct db_rows *rows, int64_t monitor_id,
		  unsigned families, int64_t now_ms, unsigned limit)
{
	db_ask(db, rows,
	       "SELECT p.server_id, s.address, s.port, p.state,"
	       " p.score " FROM_WORK "AND p.next_ms <= $3"
	       " ORDER BY p.next_ms, p.server_id LIMIT $4",
	       DB(db_int(monitor_id), db_int(families), db_int(now_ms),
		  db_int(limit)));
}

bool pair_due_next(struct db_rows *rows, struct pair_due *out)
{
	if (!db_next(rows))
		return false;
	out->server_id = db_col_int(rows, 0);
	db_copy_text(rows, 1, out->address, sizeof out->address);
	out->port = (uint16_t)db_col_int(rows, 2);
	out->state = state_at(rows, 3);
	out->score = db_col_real(rows, 4);
	return true;
}

int pair_set_given(struct db *db, int64_t server_id, int64_t monitor_id,
		   int64_t given_ms, int64_t next_ms)
{
	return row_change(db,
			  "UPDATE pair SET given_ms = $3, next_ms = $4"
			  " WHERE server_id = $1 AND monitor_id = $2",
			  DB(db_int(server_id), db_int(monitor_id),
			     db_int(given_ms), db_int(next_ms)));
}

int pair_first_due(struct db *db, int64_t monitor_id, unsigned families,
		   int64_t *out)
{
	return db_one_int(db, out,
			  "SELECT p.next_ms " FROM_WORK
			  "ORDER BY p.next_ms LIMIT 1",
			  DB(db_int(monitor_id), db_int(families)));
}

void pair_ask_voices(struct db *db, struct db_rows *rows, int64_t server_id,
		     int64_t since_ms)
{
	db_ask(db, rows,
	       "SELECT p.monitor_id, l.at_ms, l.voice, p.score,"
	       " p.strict_score, l.step, p.rtt_s, p.offset_s"
	       " FROM pair p JOIN log l ON l.server_id = p.server_id"
	       " AND l.at_ms = p.score_ms AND l.monitor_id = p.monitor_id"
	       " WHERE p.server_id = $1 AND p.score_ms >= $2"
	       " AND p.mute = 0",
	       DB(db_int(server_id), db_int(since_ms)));
}

bool pair_voice_next(struct db_rows *rows, struct pair_voice *out)
{
	if (!db_next(rows))
		return false;
	*out = (struct pair_voice){
		.monitor_id = db_col_int(rows, 0),
		.at_ms = db_col_int(rows, 1),
		.state = (int)db_col_int(rows, 2),
		.score = db_col_real(rows, 3),
		.strict_score = db_col_real(rows, 4),
		.step = db_col_real(rows, 5),
		.rtt_s = db_col_real(rows, 6),
		.offset_s = db_col_real(rows, 7),
	};
	return true;
}

void pair_ask_intervals(struct db *db, struct db_rows *rows, int64_t monitor_id,
			int64_t since_ms, unsigned limit)
{
	db_ask(db, rows,
	       "SELECT server_id, offset_s, root_dist_s FROM pair"
	       " WHERE monitor_id = $1 AND score_ms >= $2"
	       " AND offset_s IS NOT NULL AND root_dist_s IS NOT NULL"
	       " ORDER BY score_ms DESC, server_id LIMIT $3",
	       DB(db_int(monitor_id), db_int(since_ms), db_int(limit)));
}

bool pair_interval_next(struct db_rows *rows, struct pair_interval *out)
{
	if (!db_next(rows))
		return false;
	out->server_id = db_col_int(rows, 0);
	out->offset_s = db_col_real(rows, 1);
	out->root_dist_s = db_col_real(rows, 2);
	return true;
}

int public_score_lock(struct db *db, int64_t server_id,
		      struct public_score *out)
{
	struct db_rows rows;
	bool found;

	/* A change locks the row in either engine; a SELECT does not. */
	db_ask(db, &rows,
	       "UPDATE server SET score = score WHERE id = $1"
	       " AND deleted_ms IS NULL RETURNING score, strict_score,"
	       " score_ms, stratum, out_since_ms",
	       DB(db_int(server_id)));
	found = db_next(&rows);
	if (found)
		*out = (struct public_score){
			.score = db_col_real(&rows, 0),
			.strict_score = db_col_real(&rows, 1),
			.score_ms = db_col_int(&rows, 2),
			.stratum = db_is_null(&rows, 3)
					   ? -1
					   : (int)db_col_int(&rows, 3),
			.out_since_ms = db_col_int(&rows, 4),
		};
	return row_found(&rows, found);
}

int public_score_set(struct db *db, int64_t server_id,
		     const struct public_score *s)
{
	return row_change(db,
			  "UPDATE server SET score = $2, strict_score = $3,"
			  " score_ms = $4, stratum = $5, out_since_ms = $6"
			  " WHERE id = $1",
			  DB(db_int(server_id), db_real(s->score),
			     db_real(s->strict_score), row_time(s->score_ms),
			     db_int_if(s->stratum >= 0, s->stratum),
			     row_time(s->out_since_ms)));
}
