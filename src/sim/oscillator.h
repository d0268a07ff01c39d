/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/rng.h"

/*
 * A quartz and the kernel clock that counts it: true time in, CLOCK_MONOTONIC
 * out.  Like Linux, the monotonic clock runs at the steered rate:
 *
 *     d mono / d true = (1 + freq(t)) * (1 + steer)
 *     freq(t) = freq + walk(t) + sine_freq * sin(2 pi t / sine_period_s)
 *
 * walk and sine change once per second of true time.  Between changes of the
 * rate the clock is one straight line, and reading it changes nothing: a run
 * that is watched is the same to the nanosecond.
 */
struct oscillator {
	double freq;          /* s/s; positive runs fast */
	double wander;        /* deviation of walk's step each second, s/s */
	double sine_freq;     /* temperature: amplitude, s/s ... */
	double sine_period_s; /* ... and period; 0: none */

	double steer; /* the kernel's correction, s/s */
	bool stopped; /* the machine is suspended */

	/* now, as of the last oscillator_advance() */
	int64_t at_ns, mono_ns; /* true time and what the clock shows */
	double walk, sine;

	int64_t next_tick_ns; /* true time of the next change of walk and sine */
	struct {
		int64_t at_ns, mono_ns; /* where it begins ... */
		double mono_frac_ns;    /* ... to far below a nanosecond */
		double rate;            /* d mono / d true - 1 */
	} line;
	struct rng rng;
};

/** A perfect one that shows 0 at the true time at_ns. */
void oscillator_init(struct oscillator *o, int64_t at_ns, uint64_t seed);

/**
 * Run on to true_ns, never back.  Call it before and after changing any of the
 * first six numbers: the change holds from then on.
 */
void oscillator_advance(struct oscillator *o, int64_t true_ns);

/** d mono / d true - 1 now. */
double oscillator_rate(const struct oscillator *o);

/**
 * The true time when mono_ns will be reached if the rate stays as it is now,
 * at_ns when it is already, INT64_MAX for never.  With wander that is a guess:
 * ask again when it has come.
 */
int64_t oscillator_when(const struct oscillator *o, int64_t mono_ns);
