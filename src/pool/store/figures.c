/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/figures.h"

#include "pool/store/outbox.h"
#include "pool/store/row.h"

#define HOUR_MS INT64_C(3600000)

int figures_read(struct db *db, int64_t now_ms, struct figures *out)
{
	struct outbox_count outbox;
	struct figures f = {0};
	struct db_rows rows;
	bool found;
	int r;

	db_ask(db, &rows,
	       "SELECT (SELECT count(*) FROM server WHERE deleted_ms IS NULL),"
	       " (SELECT count(DISTINCT account_id) FROM server"
	       " WHERE deleted_ms IS NULL),"
	       " (SELECT count(*) FROM batch WHERE taken_ms IS NULL"
	       " AND given_ms > $1),"
	       " (SELECT count(*) FROM batch WHERE taken_ms IS NOT NULL),"
	       " (SELECT COALESCE(CAST(sum(results) AS BIGINT), 0) FROM batch),"
	       " (SELECT COALESCE(max(score_ms), 0) FROM pair)",
	       DB(db_int(now_ms - HOUR_MS)));
	found = db_next(&rows);
	if (found) {
		f.servers = db_col_int(&rows, 0);
		f.accounts = db_col_int(&rows, 1);
		f.batches_open = db_col_int(&rows, 2);
		f.batches_taken = db_col_int(&rows, 3);
		f.results = db_col_int(&rows, 4);
		f.log_newest_ms = db_col_int(&rows, 5);
	}
	r = row_found(&rows, found);
	if (r >= 0)
		r = outbox_count(db, &outbox);
	if (r < 0)
		return r;
	f.outbox_waiting = outbox.waiting;
	f.outbox_sent = outbox.sent;
	f.outbox_given_up = outbox.given_up;
	*out = f;
	return 0;
}

void figures_ask_checks(struct db *db, struct db_rows *rows, int64_t since_ms)
{
	db_ask(db, rows,
	       "SELECT m.name, l.rule, count(*) FROM monitor m"
	       " JOIN log l ON l.monitor_id = m.id AND l.at_ms >= $1"
	       " WHERE m.kind = 'monitor' GROUP BY m.name, l.rule"
	       " ORDER BY m.name, l.rule",
	       DB(db_int(since_ms)));
}

bool figure_checks_next(struct db_rows *rows, struct figure_checks *out)
{
	if (!db_next(rows))
		return false;
	db_copy_text(rows, 0, out->monitor, sizeof out->monitor);
	db_copy_text(rows, 1, out->rule, sizeof out->rule);
	out->checks = db_col_int(rows, 2);
	return true;
}

void figures_ask_pairs(struct db *db, struct db_rows *rows)
{
	db_ask(db, rows,
	       "SELECT s.address, m.name, p.offset_s, p.rtt_s FROM pair p"
	       " JOIN server s ON s.id = p.server_id"
	       " JOIN monitor m ON m.id = p.monitor_id"
	       " WHERE m.kind = 'monitor' AND s.deleted_ms IS NULL"
	       " AND p.offset_s IS NOT NULL"
	       " ORDER BY p.server_id, p.monitor_id",
	       DB_NONE);
}

bool figure_pair_next(struct db_rows *rows, struct figure_pair *out)
{
	if (!db_next(rows))
		return false;
	db_copy_text(rows, 0, out->server, sizeof out->server);
	db_copy_text(rows, 1, out->monitor, sizeof out->monitor);
	out->offset_s = db_col_real(rows, 2);
	out->rtt_s = db_col_real(rows, 3);
	return true;
}
