/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "os/clock.h"

static int64_t none_now(struct clock *clock)
{
	(void)clock;
	return os_clock_realtime_ns();
}

static int none_set_freq(struct clock *clock, double freq)
{
	(void)clock;
	(void)freq;
	return -EPERM;
}

static int none_step(struct clock *clock, double offset_s)
{
	(void)clock;
	(void)offset_s;
	return -EPERM;
}

/* Whoever steers the clock also tells the kernel how good it is. */
static int none_announce(struct clock *clock, const struct clock_status *status)
{
	(void)clock;
	(void)status;
	return 0;
}

static const struct clock_ops none_ops = {
	.now = none_now,
	.set_freq = none_set_freq,
	.step = none_step,
	.announce = none_announce,
};

void os_clock_none_init(struct os_clock *c)
{
	*c = (struct os_clock){
		.clock = {.ops = &none_ops},
		.line = {.host = TIMELINE_REALTIME},
	};
	c->clock.precision_log2 = os_clock_precision(&c->clock);
}
