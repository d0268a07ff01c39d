/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <math.h>
#include <stdbool.h>

/*
 * What is worth remembering of a clock from one run to the next: the frequency
 * that it needs, how well that is known, and how much it wanders
 * (doc/discipline.md section 1).
 */
struct drift {
	double freq;  /* correction, s/s */
	double sigma; /* standard deviation of freq, s/s; 0: unknown */
	double q; /* freq wanders by sqrt(q t) in t s, s^2/s^3; 0: unknown */
};

#define DRIFT_MAX_SIGMA 1e-3
#define DRIFT_MAX_Q 1e-10

/** No number in it is impossible; whether freq is too large is another's affair. */
static inline bool drift_makes_sense(const struct drift *d)
{
	return isfinite(d->freq) && d->sigma >= 0 &&
	       d->sigma <= DRIFT_MAX_SIGMA && d->q >= 0 && d->q <= DRIFT_MAX_Q;
}

/** How well freq is known after age_s >= 0 without a look; 0 when one of both is unknown. */
static inline double drift_sigma_after(const struct drift *d, double age_s)
{
	if (d->sigma == 0 || d->q == 0)
		return 0;
	return fmin(sqrt(d->sigma * d->sigma + d->q * age_s), DRIFT_MAX_SIGMA);
}
