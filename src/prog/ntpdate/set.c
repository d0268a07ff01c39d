/* SPDX-License-Identifier: BSD-2-Clause */
#include "set.h"

#include <errno.h>
#include <math.h>

#include "base/units.h"
#include "os/clock_guard.h"

#define FARTHEST_S 2.1e9 /* 68 years: what four timestamps can tell */
#define SLEW_MAX_S 2000  /* what adjtime takes is not much more */
/* No server is right about a time before this program was written (2025). */
#define EARLIEST_NS (INT64_C(1735689600) * NS_PER_S)

/* What the daemon's guard says of a first step of any size, and where it leads. */
static bool may_add(struct os_clock *c, double offset_s)
{
	struct clock_guard guard;

	clock_guard_init(&guard, c->clock.max_freq, 0, true, 0);
	return clock_guard_step(&guard, offset_s, 0) == CLOCK_ASK_OK &&
	       fabs(offset_s) < FARTHEST_S &&
	       clock_now(&c->clock) + ns_from_s(offset_s) >= EARLIEST_NS;
}

int set_step(struct os_clock *c, double offset_s)
{
	if (!may_add(c, offset_s))
		return -ERANGE;
	return clock_step(&c->clock, offset_s);
}

int set_slew(struct os_clock *c, double offset_s)
{
	struct timex tx = {.modes = ADJ_OFFSET_SINGLESHOT};

	if (!may_add(c, offset_s) || fabs(offset_s) > SLEW_MAX_S)
		return -ERANGE;
	if (!c->adjtimex) /* no kernel behind it that could slew meanwhile */
		return clock_step(&c->clock, offset_s);
	tx.offset = lrint(offset_s * 1e6);
	return c->adjtimex(&tx) < 0 ? -errno : 0;
}
