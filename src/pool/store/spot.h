/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/store/monitor.h"

/*
 * Spot checks: somebody wants to know now how the monitors see an address.
 * Every monitor is given it once; what they find is in no log and no score.
 */
struct spot {
	int64_t id, account_id;
	int64_t server_id; /* 0: of a candidate */
	char address[NET_ADDR_TEXT_LEN];
	int family; /* 4, 6 */
	uint16_t port;
	int64_t asked_ms;
};

/** id is not used. */
MUST_CHECK int spot_insert(struct db *db, const struct spot *s, int64_t *id);

/** Each returns: 1, 0 when there is none, or -errno. */
MUST_CHECK int spot_by_id(struct db *db, int64_t id, struct spot *out);

/** The latest of that address since then. */
MUST_CHECK int spot_latest(struct db *db, const char *address, uint16_t port,
			   int64_t since_ms, struct spot *out);

/** Those asked since then that the monitor was not given; spot_next(), db_end(). */
void spot_ask_due(struct db *db, struct db_rows *rows, int64_t monitor_id,
		  unsigned families, int64_t since_ms, unsigned limit);
bool spot_next(struct db_rows *rows, struct spot *out);

/** The monitor was given it. */
MUST_CHECK int spot_set_given(struct db *db, int64_t spot_id,
			      int64_t monitor_id, int64_t now_ms);

/* What one monitor found. */
struct spot_result {
	int64_t monitor_id;
	char monitor[MONITOR_NAME_LEN], place[MONITOR_NAME_LEN];
	int clock_ok;     /* of the monitor, now; -1: not told */
	int64_t given_ms; /* 0: it has not called yet */
	int64_t at_ms;    /* 0: not measured yet; the rest is empty then */
	double offset_s, rtt_s; /* NaN: none */
	int stratum, leap;      /* -1: no reply */
	char error[64];
	unsigned samples, lost;
};

/** monitor_id and everything from at_ms on is written. */
MUST_CHECK int spot_set_result(struct db *db, int64_t spot_id,
			       const struct spot_result *r);

/**
 * Every monitor that was given it or may be: one that measures, for this
 * family, and has called since then.
 */
void spot_ask_results(struct db *db, struct db_rows *rows, const struct spot *s,
		      int64_t called_since_ms);
bool spot_result_next(struct db_rows *rows, struct spot_result *out);

/** Those asked before then.  0 or -errno. */
MUST_CHECK int spot_forget(struct db *db, int64_t before_ms);
