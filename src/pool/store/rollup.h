/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/store/db.h"

/*
 * The log summed up by hour and by day, and forgotten when it is old: log and
 * samples after keep_log_days, hours after keep_hour_days, days never.
 *
 * When a span is over, each server with rows in it is written to rollup_due;
 * so is one whose result comes late, from a monitor that was cut off.  What is
 * due is computed from the log anew, one server and span a transaction: it can
 * be killed at any time and run twice.
 */

#define ROLLUP_HOUR_MS INT64_C(3600000)
#define ROLLUP_DAY_MS (24 * ROLLUP_HOUR_MS)

/* A span is summed up this long after it has ended. */
#define ROLLUP_GRACE_MS INT64_C(60000)

/**
 * The job.  Two at once do no harm.
 *
 * keep_log_days: 2 or more; less is taken for 2.
 * Returns: how many sums were written, or -errno.
 */
MUST_CHECK int64_t rollup_run(struct db *db, int64_t now_ms,
			      unsigned keep_log_days, unsigned keep_hour_days);

/** For log_insert(): a row of at_ms that is written at taken_ms. */
MUST_CHECK int rollup_late(struct db *db, int64_t server_id, int64_t at_ms,
			   int64_t taken_ms);
