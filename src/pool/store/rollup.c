/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/rollup.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/container.h"
#include "pool/store/row.h"
#include "pool/store/setting.h"

/* What is due, taken in portions of this many. */
#define PORTION 500

/*
 * The sums of one server ($1) from $2 to before $3, a row for each monitor;
 * nothing is overwritten.  What a monitor with a wrong clock said is left out.
 */
#define SUM_UP(table)                                                      \
	"INSERT INTO " table " (server_id, at_ms, monitor_id, checks, "    \
	"good, samples, lost, offset_min_s, offset_mean_s, offset_max_s, " \
	"rtt_min_s, score_min, score_last) "                               \
	"SELECT $1, $2, monitor_id, COUNT(*), "                            \
	"SUM(CASE WHEN step > 0 THEN 1 ELSE 0 END), SUM(samples), "        \
	"SUM(lost), MIN(offset_s), AVG(offset_s), MAX(offset_s), "         \
	"MIN(rtt_s), MIN(score), MAX(CASE WHEN back = 1 THEN score END) "  \
	"FROM (SELECT log.*, ROW_NUMBER() OVER "                           \
	"(PARTITION BY monitor_id ORDER BY at_ms DESC) AS back FROM log "  \
	"WHERE server_id = $1 AND at_ms >= $2 AND at_ms < $3 "             \
	"AND counts = 1) AS counted GROUP BY monitor_id "                  \
	"ON CONFLICT DO NOTHING"

#define FORGET(table) \
	"DELETE FROM " table " WHERE server_id = $1 AND at_ms = $2"

static const struct span {
	int64_t ms;
	const char *swept; /* the setting that says up to when */
	const char *forget, *sum_up;
} spans[] = {
	{ROLLUP_HOUR_MS, "rollup.hour", FORGET("log_hour"), SUM_UP("log_hour")},
	{ROLLUP_DAY_MS, "rollup.day", FORGET("log_day"), SUM_UP("log_day")},
};

struct due {
	int64_t at_ms, server_id;
};

static int64_t floor_to(int64_t ms, int64_t span_ms)
{
	return ms - ms % span_ms;
}

/* The row is locked until the caller's transaction ends, also an old one. */
static int mark(struct db *db, int64_t span_ms, int64_t at_ms,
		int64_t server_id)
{
	return row_run(db,
		       "INSERT INTO rollup_due (span_ms, at_ms, server_id) "
		       "VALUES ($1, $2, $3) "
		       "ON CONFLICT (span_ms, at_ms, server_id) DO UPDATE "
		       "SET server_id = excluded.server_id",
		       DB(db_int(span_ms), db_int(floor_to(at_ms, span_ms)),
			  db_int(server_id)));
}

int rollup_late(struct db *db, int64_t server_id, int64_t at_ms,
		int64_t taken_ms)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_LEN(spans) && r == 0; i++)
		if (floor_to(at_ms, spans[i].ms) !=
		    floor_to(taken_ms, spans[i].ms))
			r = mark(db, spans[i].ms, at_ms, server_id);
	return r;
}

/* Everything that ended since the last time becomes due. */
static int sweep(struct db *db, const struct span *span, int64_t now_ms)
{
	int64_t end_ms = floor_to(now_ms - ROLLUP_GRACE_MS, span->ms);
	int64_t from_ms;
	int r = setting_get_int(db, span->swept, &from_ms);

	if (r < 0 || from_ms >= end_ms)
		return r;
	r = db_begin(db);
	if (r < 0)
		return r;
	/* Server by server, for that is how the log is sorted. */
	r = row_run(db,
		    "INSERT INTO rollup_due (span_ms, at_ms, server_id) "
		    "SELECT DISTINCT $1, log.at_ms - log.at_ms % $1, server.id "
		    "FROM server CROSS JOIN log "
		    "WHERE log.server_id = server.id "
		    "AND log.at_ms >= $2 AND log.at_ms < $3 "
		    "ON CONFLICT DO NOTHING",
		    DB(db_int(span->ms), db_int(from_ms), db_int(end_ms)));
	if (r == 0)
		r = setting_set_int(db, span->swept, end_ms);
	return db_finish(db, r);
}

/*
 * One server's span.  Taking it off the list comes first, so that a result
 * which is late just now is waited for and counted, or marks it again.
 * whole: the log still has all of it; else an older sum is the better one.
 */
static int sum_up(struct db *db, const struct span *span, const struct due *due,
		  bool whole)
{
	int r = db_begin(db);

	if (r < 0)
		return r;
	r = row_run(db,
		    "DELETE FROM rollup_due "
		    "WHERE span_ms = $1 AND at_ms = $2 AND server_id = $3",
		    DB(db_int(span->ms), db_int(due->at_ms),
		       db_int(due->server_id)));
	if (r == 0 && whole)
		r = row_run(db, span->forget,
			    DB(db_int(due->server_id), db_int(due->at_ms)));
	if (r == 0)
		r = row_run(db, span->sum_up,
			    DB(db_int(due->server_id), db_int(due->at_ms),
			       db_int(due->at_ms + span->ms)));
	return db_finish(db, r);
}

static int next_portion(struct db *db, const struct span *span, int64_t now_ms,
			struct due *due, size_t *n)
{
	struct db_rows rows;

	*n = 0;
	db_ask(db, &rows,
	       "SELECT at_ms, server_id FROM rollup_due "
	       "WHERE span_ms = $1 AND at_ms <= $2 "
	       "ORDER BY at_ms, server_id LIMIT $3",
	       DB(db_int(span->ms), db_int(now_ms - ROLLUP_GRACE_MS - span->ms),
		  db_int(PORTION)));
	while (db_next(&rows))
		due[(*n)++] = (struct due){db_col_int(&rows, 0),
					   db_col_int(&rows, 1)};
	return db_end(&rows);
}

/* Returns: how many, or -errno. */
static int64_t sum_up_due(struct db *db, const struct span *span,
			  int64_t now_ms, int64_t kept_since_ms)
{
	struct due *due = xcalloc(PORTION, sizeof *due);
	int64_t written = 0;
	size_t n;
	int r;

	do {
		r = next_portion(db, span, now_ms, due, &n);
		for (size_t i = 0; i < n && r == 0; i++, written++)
			r = sum_up(db, span, &due[i],
				   due[i].at_ms >= kept_since_ms);
	} while (r == 0 && n > 0);
	free(due);
	return r < 0 ? r : written;
}

static int forget_server(struct db *db, int64_t server_id, int64_t log_ms,
			 int64_t hour_ms)
{
	int r = row_run(
		db, "DELETE FROM sample WHERE server_id = $1 AND at_ms < $2",
		DB(db_int(server_id), db_int(log_ms)));

	if (r == 0)
		r = row_run(db,
			    "DELETE FROM log WHERE server_id = $1 "
			    "AND at_ms < $2",
			    DB(db_int(server_id), db_int(log_ms)));
	if (r == 0)
		r = row_run(db,
			    "DELETE FROM log_hour WHERE server_id = $1 "
			    "AND at_ms < $2",
			    DB(db_int(server_id), db_int(hour_ms)));
	return r;
}

/* Once a day, server by server, so that nobody waits long. */
static int forget_old(struct db *db, int64_t now_ms, int64_t log_ms,
		      int64_t hour_ms)
{
	const char *done = "rollup.forgotten";
	int64_t today_ms = floor_to(now_ms, ROLLUP_DAY_MS), done_ms, id = 0;
	int r = setting_get_int(db, done, &done_ms);

	if (r < 0 || done_ms >= today_ms)
		return r;
	while ((r = db_one_int(db, &id,
			       "SELECT id FROM server WHERE id > $1 "
			       "ORDER BY id LIMIT 1",
			       DB(db_int(id)))) > 0) {
		r = forget_server(db, id, log_ms, hour_ms);
		if (r < 0)
			return r;
	}
	return r < 0 ? r : setting_set_int(db, done, today_ms);
}

int64_t rollup_run(struct db *db, int64_t now_ms, unsigned keep_log_days,
		   unsigned keep_hour_days)
{
	int64_t today_ms = floor_to(now_ms, ROLLUP_DAY_MS);
	int64_t keep = keep_log_days < 2 ? 2 : keep_log_days;
	int64_t log_ms = today_ms - keep * ROLLUP_DAY_MS;
	int64_t hour_ms = today_ms - keep_hour_days * ROLLUP_DAY_MS;
	int64_t written = 0;
	int r;

	for (size_t i = 0; i < ARRAY_LEN(spans); i++) {
		int64_t n = sweep(db, &spans[i], now_ms);

		if (n == 0)
			n = sum_up_due(db, &spans[i], now_ms, log_ms);
		if (n < 0)
			return n;
		written += n;
	}
	r = forget_old(db, now_ms, log_ms, hour_ms);
	return r < 0 ? r : written;
}
