/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * What the delays of one source tell of the noise of its offsets.
 *
 * A queue that makes the delay longer by e than the path needs makes the offset
 * wrong by something within +-e/2.  How long the path itself is, is the
 * smallest delay of a while; how much queues usually add is the median above it.
 */
#define NOISE_RING 128

struct noise {
	double delay_s[NOISE_RING]; /* the last ones, in a ring */
	uint32_t at_s[NOISE_RING];
	unsigned n, next;
	double floor_s;  /* delay of the path */
	double spread_s; /* median of what is added to it */
	unsigned above;  /* so many in succession far above the floor */
	bool misled;     /* until the last delay, the floor was a false one */
};

/* What is known of the noise of one sample. */
struct noise_level {
	double excess_s; /* of its delay */
	double spread_s; /* usual excess */
	double base_var; /* of reading the clocks, s^2 */
	double rest_var; /* of offsets, that no delay explains, s^2 */
	unsigned n;      /* delays that the floor is the smallest of */
};

/*
 * How excess and noise may be related; nobody knows beforehand, so the bank
 * tries all.
 */
enum noise_model {
	NOISE_DELAY, /* what the delay shows is all */
	NOISE_FINE,  /* the same for all samples: Gaussian jitter */
	NOISE_EVEN,  /* ... exponential jitter */
	NOISE_ROUGH, /* ... and more than the delays show, as offsets scatter */
	NOISE_SHARE, /* the excess has one direction: a fixed share of it is known */
	NOISE_MODELS
};

/**
 * Another delay.  Returns: how much longer the path is than before when it has
 * become another one (negative: shorter), 0 while it is the same.  A delay that
 * lies alone far below all others is false: as if a timestamp is taken while
 * somebody moves the clock.  When that is found out, misled is set.
 */
double noise_add(struct noise *s, double delay_s, int64_t mono_ns);

/** Of the sample added last; base_var, rest_var: as there. */
struct noise_level noise_level(const struct noise *s, double base_var,
			       double rest_var);

/** A typical sample of the source. */
struct noise_level noise_typical(const struct noise *s, double base_var,
				 double rest_var);

/** Variance of a sample's offset under a model, s^2. */
double noise_variance(const struct noise_level *level, enum noise_model model);

/** The excess is so large that it says nothing on which model is right. */
bool noise_is_spike(const struct noise_level *level);
