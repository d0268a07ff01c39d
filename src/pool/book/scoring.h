/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/settings/settings.h"
#include "pool/store/db.h"
#include "pool/store/monitor.h"
#include "pool/talk/talk.h"

/*
 * From one measurement to a server's public score: the pair's score, a row of
 * the log, and the median over all monitors with a row of its own.
 */
struct scoring {
	struct db *db;
	const struct pool_settings *set;
	const struct monitor *monitor;
	int64_t scorer_id; /* the monitor row of the medians */
	int64_t now_ms;
	bool counts;        /* false: the monitor's clock is wrong */
	bool zones_changed; /* written: a server came into the pool or fell out */
};

/**
 * Inside a transaction.  A server that is gone, or a measurement that is not
 * newer than the pair's last one, is left out.
 *
 * Returns: 1, 0 when it was left out, or -errno.
 */
MUST_CHECK int scoring_take(struct scoring *s,
			    const struct talk_result *result);

/** What a row of the log was made from, for replay. */
struct log_row;
void scoring_measurement(const struct log_row *row, struct measurement *m);
