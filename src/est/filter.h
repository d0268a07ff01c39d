/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "est/estimator.h"
#include "est/sample.h"

/*
 * The clock filter of one source (RFC 5905 section 10): its last eight
 * samples, of which the one with the smallest error bound speaks for it.
 *
 * Our own clock is moved while samples wait in the register.  So each one
 * carries the reading of the ledger (the integral of the frequency correction
 * that the clock ran at) when it was taken, and is brought forward exactly:
 *
 *     offset(now) = offset - (ledger(now) - ledger(then)) + freq * age
 *
 * where freq is the correction that the clock is believed to need.
 */
struct filter_stage {
	struct sample s;
	double ledger_s;
};

struct filter {
	struct filter_stage stage[SOURCE_FILTER_LEN]; /* newest first */
	size_t n;
};

/* What samples are brought forward with. */
struct filter_now {
	int64_t mono_ns;
	double ledger_s;
	double freq;       /* correction that the clock needs, s/s */
	double freq_sigma; /* its standard deviation */
	double precision_s;
};

struct filter_estimate {
	const struct sample *best; /* points into the filter */
	double offset_s;           /* of best, brought forward to now */
	double disp_s;             /* of best, aged to now */
	double jitter_s;    /* RMS of the other samples' offsets against best */
	double variance;    /* of offset_s by noise, s^2 */
	double unexplained; /* of any offset, by what delays do not show, s^2 */
	double weight;      /* in the combination with other sources, 1/s */
	double root_dist_s;
};

/** s: finite numbers within what NTP can say. */
void filter_add(struct filter *f, const struct sample *s, double ledger_s);

/** The local clock was moved by offset_s (after minus before). */
void filter_clock_moved(struct filter *f, double offset_s);

/** The filter holds at least one sample. */
struct filter_estimate filter_estimate(const struct filter *f,
				       const struct filter_now *now);

/** Rate at which an error bound grows while freq has this sigma, s/s. */
double filter_drift(double freq_sigma);
