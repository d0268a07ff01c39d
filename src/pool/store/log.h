/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/store/db.h"

/*
 * Every step of every score.  A row holds all that pool/score needs to compute
 * it again: a score is the pair's previous score and this row, a median the
 * latest rows of all monitors with taken_ms up to its own.
 *
 * The scorer itself writes as a monitor of kind 'score' (pool/store/monitor.h):
 * its rows have the rule "median", no offset, and score is the public one.
 */

#define LOG_ERROR_LEN 64
#define LOG_RULE_LEN 24
#define LOG_PROFILE_LEN 12
#define LOG_RULE_MEDIAN "median" /* of the scorer's own rows */

struct log_row {
	int64_t server_id, monitor_id;
	int64_t at_ms;    /* when it was measured, by the monitor's clock */
	int64_t taken_ms; /* when it was scored */
	double offset_s, rtt_s;    /* NaN: not measured */
	int stratum, leap;         /* -1: no answer */
	char error[LOG_ERROR_LEN]; /* "": none */
	unsigned samples, lost;
	double root_delay_s, root_disp_s; /* NaN: no answer */
	int64_t refid;                    /* -1: no answer */
	bool falseticker;
	char profile[LOG_PROFILE_LEN]; /* "classic", "strict" */
	char rule[LOG_RULE_LEN];
	double step, score; /* score: after the step */
	int voice;          /* enum pair_state of pool/store/pair.h */
	bool counts; /* false: the monitor's clock was wrong, score is as before */
};

/** Returns: 0, -EEXIST when this monitor has a row for that time (the
 * transaction goes on), or -errno. */
MUST_CHECK int log_insert(struct db *db, const struct log_row *row);

/* One exchange of a check. */
struct log_sample {
	int64_t t1_ns, t2_ns, t3_ns, t4_ns; /* since 1970 UTC */
};

/** n: its number in the check, from 0. */
MUST_CHECK int log_insert_sample(struct db *db, int64_t server_id,
				 int64_t at_ms, int64_t monitor_id, unsigned n,
				 const struct log_sample *sample);

/** Everything that is kept, by server, time and monitor; then log_next(),
 * db_end().  Streamed: until then nothing else may be asked. */
void log_ask_replay(struct db *db, struct db_rows *rows);
void log_ask_replay_server(struct db *db, struct db_rows *rows,
			   int64_t server_id);

/* What log_next() reads, in its order; for queries in pool/store/ only. */
#define LOG_COLUMNS                                                      \
	"server_id, at_ms, monitor_id, offset_s, rtt_s, stratum, leap, " \
	"error, samples, lost, root_delay_s, root_disp_s, refid, "       \
	"falseticker, profile, rule, step, score, taken_ms, voice, counts "

bool log_next(struct db_rows *rows, struct log_row *out);
