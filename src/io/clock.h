/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* What the kernel is told about the clock (adjtimex), for everybody who asks it. */
struct clock_status {
	bool synchronised;
	int8_t leap; /* +1: a second is inserted at the end of this UTC day, -1: deleted */
	double max_error_s; /* root distance */
	double est_error_s; /* expected error of the offset */
	int tai_offset_s;   /* TAI - UTC, 0 when unknown */
};

struct clock;

struct clock_ops {
	/* Wall time, ns since 1970 UTC. */
	int64_t (*now)(struct clock *c);
	/* Run at (1 + freq) of nominal from now on.  0 or -errno (-EPERM: may not steer). */
	int (*set_freq)(struct clock *c, double freq);
	/* Add offset_s at once.  0 or -errno. */
	int (*step)(struct clock *c, double offset_s);
	/* 0 or -errno. */
	int (*announce)(struct clock *c, const struct clock_status *status);
};

/* Embedded first in each back-end: kernel, none, virtual, ipc, sim. */
struct clock {
	const struct clock_ops *ops;
	int8_t precision_log2; /* of reading, log2 s, e.g. -24 */
	double freq; /* what set_freq last accepted; at start what was found */
	double max_freq; /* largest |freq| that set_freq takes, s/s */
	/* How often a command found that another program steers as well (E-18). */
	unsigned contested;
};

static inline int64_t clock_now(struct clock *c)
{
	return c->ops->now(c);
}

static inline int clock_set_freq(struct clock *c, double freq)
{
	return c->ops->set_freq(c, freq);
}

static inline int clock_step(struct clock *c, double offset_s)
{
	return c->ops->step(c, offset_s);
}

static inline int clock_announce(struct clock *c,
				 const struct clock_status *status)
{
	return c->ops->announce(c, status);
}
