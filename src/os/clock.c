/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/clock.h"

#include <math.h>
#include <time.h>

#include "base/units.h"

static int64_t read_ns(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

int64_t os_clock_realtime_ns(void)
{
	return read_ns(CLOCK_REALTIME);
}

int64_t os_clock_raw_ns(void)
{
	return read_ns(CLOCK_MONOTONIC_RAW);
}

/*
 * The smallest difference of two readings that differ.  The number of readings
 * is limited, because in simulated time the clock may stand still.
 */
int8_t os_clock_precision(struct clock *c)
{
	int64_t least = NS_PER_S, last = clock_now(c);

	for (int i = 0; i < 1000; i++) {
		int64_t now = clock_now(c);

		if (now > last && now - last < least)
			least = now - last;
		last = now;
	}
	if (least == NS_PER_S)
		least = 1;
	return (int8_t)ceil(log2(s_from_ns(least)));
}
