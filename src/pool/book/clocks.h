/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/store/monitor.h"
#include "pool/talk/talk.h"

/*
 * May these results count?  Not when the monitor says itself that its clock is
 * wrong, not when its times cannot be, and not when it sees most servers
 * elsewhere than the other monitors do: then it is not the servers.
 */

#define CLOCK_SKEW_MAX_MS 5000   /* between a monitor's and poold's clock */
#define CLOCK_AGREE_S 0.050      /* with the other monitors, in the median */
#define CLOCK_WITNESS_SERVERS 3  /* servers that others measured as well */
#define CLOCK_WITNESS_MONITORS 2 /* others, of each of them */

/** Could this have been measured between handing out and now? */
bool clock_time_ok(const struct measurement *m, int64_t given_ms,
		   int64_t now_ms);

/**
 * Judge the clock that these were measured with; may turn results->clock.ok
 * to false, with why and the offset.  Returns: 0 or -errno.
 */
MUST_CHECK int clock_judge(struct db *db, int64_t monitor_id,
			   struct talk_results *results, int64_t given_ms,
			   int64_t now_ms);
