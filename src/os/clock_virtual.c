/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <math.h>

#include "base/container.h"
#include "base/units.h"
#include "os/clock.h"

/*
 * A clock in software: an oscillator with an error of its own, corrected by the
 * frequency that was commanded.  The two multiply, as in a real one.
 */
#define MAX_FREQ_VIRTUAL 0.1

static struct os_clock *os_clock_of(struct clock *c)
{
	return CONTAINER_OF(c, struct os_clock, clock);
}

static double line_rate(const struct os_clock *c)
{
	return (1 + c->own_freq) * (1 + c->clock.freq) - 1;
}

static int64_t virtual_now(struct clock *clock)
{
	return timeline_at(&os_clock_of(clock)->line, os_clock_raw_ns());
}

static int virtual_set_freq(struct clock *clock, double freq)
{
	struct os_clock *c = os_clock_of(clock);

	if (!(fabs(freq) <= clock->max_freq))
		return -ERANGE;
	clock->freq = freq;
	c->line = timeline_turn(&c->line, os_clock_raw_ns(), line_rate(c));
	return 0;
}

static int virtual_step(struct clock *clock, double offset_s)
{
	if (!isfinite(offset_s))
		return -EINVAL;
	os_clock_of(clock)->line.base_ns += ns_from_s(offset_s);
	return 0;
}

static int virtual_announce(struct clock *clock,
			    const struct clock_status *status)
{
	(void)clock;
	(void)status;
	return 0;
}

static const struct clock_ops virtual_ops = {
	.now = virtual_now,
	.set_freq = virtual_set_freq,
	.step = virtual_step,
	.announce = virtual_announce,
};

void os_clock_virtual_init(struct os_clock *c, double offset_s,
			   double freq_error)
{
	*c = (struct os_clock){
		.clock = {.ops = &virtual_ops, .max_freq = MAX_FREQ_VIRTUAL},
		.line = {.host = TIMELINE_MONOTONIC_RAW},
		.own_freq = freq_error,
	};
	c->line.ref_ns = os_clock_raw_ns();
	c->line.base_ns = os_clock_realtime_ns() + ns_from_s(offset_s);
	c->line.rate = line_rate(c);
	c->clock.precision_log2 = os_clock_precision(&c->clock);
}
