/* SPDX-License-Identifier: BSD-2-Clause */
#include "set.h"

#include <errno.h>
#include <math.h>

#include "base/units.h"

/* No server is right about a time before this program was written (2025). */
#define EARLIEST_NS (INT64_C(1735689600) * NS_PER_S)

static bool leads_to_a_sane_time(struct os_clock *c, double offset_s)
{
	int64_t now_ns = clock_now(&c->clock);

	return isfinite(offset_s) && fabs(offset_s) < 68.0 * 365 * 86400 &&
	       now_ns + ns_from_s(offset_s) >= EARLIEST_NS;
}

int set_step(struct os_clock *c, double offset_s)
{
	if (!leads_to_a_sane_time(c, offset_s))
		return -ERANGE;
	return clock_step(&c->clock, offset_s);
}

int set_slew(struct os_clock *c, double offset_s)
{
	struct timex tx = {.modes = ADJ_OFFSET_SINGLESHOT};

	if (!leads_to_a_sane_time(c, offset_s) || fabs(offset_s) > 2000)
		return -ERANGE;
	if (!c->adjtimex) /* no kernel behind it that could slew meanwhile */
		return clock_step(&c->clock, offset_s);
	tx.offset = lrint(offset_s * 1e6);
	return c->adjtimex(&tx) < 0 ? -errno : 0;
}
