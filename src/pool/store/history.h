/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/store/log.h"
#include "pool/store/monitor.h"

/* What pages read of the log: never more than they show. */

/**
 * Steps of one server, then log_next(), db_end().
 *
 * monitor_id: 0 for all.
 * since_ms: those after it, the oldest first; 0: the newest first.
 */
void history_ask_steps(struct db *db, struct db_rows *rows, int64_t server_id,
		       int64_t monitor_id, int64_t since_ms, unsigned limit);

/* From which table: every step, or what is left of an hour or a day. */
enum history_grain { HISTORY_STEP, HISTORY_HOUR, HISTORY_DAY };

struct history_point {
	int64_t at_ms, monitor_id;
	double offset_s; /* NaN: none; of an hour or day the mean */
	double score;    /* after it */
	unsigned samples, lost;
};

/**
 * Points of a chart, by time.  Checks that do not count, because the monitor's
 * clock was wrong, are left out.
 */
void history_ask_points(struct db *db, struct db_rows *rows, int64_t server_id,
			enum history_grain grain, int64_t since_ms);
bool history_point_next(struct db_rows *rows, struct history_point *out);

/* A public score that passed the limit of the pool, up or down. */
struct history_turn {
	int64_t at_ms;
	double score; /* the first one on the other side */
};

/** The newest first, as far as the log goes back. */
void history_ask_turns(struct db *db, struct db_rows *rows, int64_t server_id,
		       double limit, unsigned n);
bool history_turn_next(struct db_rows *rows, struct history_turn *out);

/* A monitor as it is named on pages, and what it says of the server. */
struct history_monitor {
	int64_t id;
	bool is_scorer;
	char name[MONITOR_NAME_LEN];
	char place[MONITOR_NAME_LEN];
	enum monitor_state state;
	int clock_ok; /* 1, 0, or -1: never told */
	char clock_why[128];
	/* of the server; pair_state -1: does not measure it */
	int pair_state;
	double score, offset_s, rtt_s;
	int64_t score_ms; /* 0: not yet */
};

/**
 * All monitors, deleted ones and the scorer too, by id; those that measure the
 * server with what they say of it.
 */
void history_ask_monitors(struct db *db, struct db_rows *rows,
			  int64_t server_id);
bool history_monitor_next(struct db_rows *rows, struct history_monitor *out);

/** Where a monitor saw servers since then, counted or not, the newest first. */
void history_ask_seen(struct db *db, struct db_rows *rows, int64_t monitor_id,
		      int64_t since_ms, unsigned limit);
bool history_seen_next(struct db_rows *rows, int64_t *server_id,
		       double *offset_s);
