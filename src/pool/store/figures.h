/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/net_addr.h"
#include "pool/store/db.h"

/* What /metrics tells of the whole pool, each by one query. */

struct figures {
	int64_t servers;      /* registered */
	int64_t accounts;     /* with a server */
	int64_t batches_open; /* given out, no results yet, younger than an hour */
	int64_t batches_taken; /* of those that are kept */
	int64_t results;       /* in them */
	int64_t log_newest_ms; /* 0: nothing was measured yet */
	int64_t outbox_waiting, outbox_sent, outbox_given_up;
};

/** 0 or -errno. */
MUST_CHECK int figures_read(struct db *db, int64_t now_ms, struct figures *out);

/* Checks of each monitor that are still in the log, by what came of them. */
struct figure_checks {
	char monitor[64];
	char rule[24];
	int64_t checks;
};

/* What a monitor found of a server last. */
struct figure_pair {
	char server[NET_ADDR_TEXT_LEN], monitor[64];
	double offset_s, rtt_s; /* rtt_s may be NaN */
};

/** Of all that gave a time: then figure_pair_next(), db_end(). */
void figures_ask_pairs(struct db *db, struct db_rows *rows);
bool figure_pair_next(struct db_rows *rows, struct figure_pair *out);

/** Since then: then figure_checks_next(), db_end(). */
void figures_ask_checks(struct db *db, struct db_rows *rows, int64_t since_ms);
bool figure_checks_next(struct db_rows *rows, struct figure_checks *out);
