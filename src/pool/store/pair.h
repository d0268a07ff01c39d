/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/net_addr.h"
#include "pool/store/db.h"

/*
 * One monitor's view of one server, and the server's public score, which comes
 * from these.  `state` is enum pair_state of pool/score/score.h: 0 candidate,
 * 1 testing, 2 active, 3 paused.
 *
 * A time of 0 is NULL in the database: never.  NaN: not measured.
 */

struct pair {
	int64_t server_id, monitor_id;
	int state;
	double score;        /* by the profile that decides */
	double strict_score; /* by the strict profile, whatever decides */
	int64_t score_ms;    /* of the last measurement that counted */
	double offset_s, rtt_s, root_dist_s;
	int stratum;      /* -1: no answer */
	int64_t next_ms;  /* when it is to be measured */
	int64_t given_ms; /* when it was last handed out */
};

/** Returns: 1, 0 when there is none, or -errno. */
MUST_CHECK int pair_get(struct db *db, int64_t server_id, int64_t monitor_id,
			struct pair *out);

/* Lists: then pair_next(), db_end(). */
void pair_ask_server(struct db *db, struct db_rows *rows, int64_t server_id);
void pair_ask_monitor(struct db *db, struct db_rows *rows, int64_t monitor_id);
bool pair_next(struct db_rows *rows, struct pair *out);

/** Make the pair, or change its state; it is measured at next_ms or before. */
MUST_CHECK int pair_set_state(struct db *db, int64_t server_id,
			      int64_t monitor_id, int state, int64_t next_ms);

/** A measurement was scored: score, strict_score, score_ms, offset_s to stratum. */
MUST_CHECK int pair_set_score(struct db *db, const struct pair *p);

/**
 * A measurement did not count: until one does, what the monitor said before has
 * no voice either, because its clock may have been wrong then already.
 */
MUST_CHECK int pair_mute(struct db *db, int64_t server_id, int64_t monitor_id);

/* One thing to measure. */
struct pair_due {
	int64_t server_id;
	char address[NET_ADDR_TEXT_LEN];
	uint16_t port;
	int state;
	double score;
};

/** What the monitor is to measure now, the longest due first; not paused, not deleted. */
void pair_ask_due(struct db *db, struct db_rows *rows, int64_t monitor_id,
		  unsigned families, int64_t now_ms, unsigned limit);
bool pair_due_next(struct db_rows *rows, struct pair_due *out);

/** It was handed out. */
MUST_CHECK int pair_set_given(struct db *db, int64_t server_id,
			      int64_t monitor_id, int64_t given_ms,
			      int64_t next_ms);

/** When the monitor's next one is due.  1 with *out, 0 when it has none, -errno. */
MUST_CHECK int pair_first_due(struct db *db, int64_t monitor_id,
			      unsigned families, int64_t *out);

/* What one monitor said of a server last: what the median is made of. */
struct pair_voice {
	int64_t monitor_id, at_ms;
	int state; /* when it was said */
	double score, strict_score, step, rtt_s;
	double offset_s; /* NaN: none */
};

/** Of the monitors that spoke at or after since_ms and are not mute. */
void pair_ask_voices(struct db *db, struct db_rows *rows, int64_t server_id,
		     int64_t since_ms);
bool pair_voice_next(struct db_rows *rows, struct pair_voice *out);

/* The interval in which a monitor last found a server's time. */
struct pair_interval {
	int64_t server_id;
	double offset_s, root_dist_s;
};

/** What the monitor measured since then, the newest first. */
void pair_ask_intervals(struct db *db, struct db_rows *rows, int64_t monitor_id,
			int64_t since_ms, unsigned limit);
bool pair_interval_next(struct db_rows *rows, struct pair_interval *out);

/* A server's public score. */
struct public_score {
	double score, strict_score; /* strict: NaN when nobody spoke */
	int64_t score_ms;
	int stratum;          /* -1: not known */
	int64_t out_since_ms; /* 0: above the limit */
};

/**
 * Read it for changing: until the transaction ends nobody else scores this server.
 * Returns: 1, 0 when the server is not there or deleted, or -errno.
 */
MUST_CHECK int public_score_lock(struct db *db, int64_t server_id,
				 struct public_score *out);
MUST_CHECK int public_score_set(struct db *db, int64_t server_id,
				const struct public_score *s);
