/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>

/*
 * A Kalman filter with two states: x, what the clock is behind by (server
 * minus local, s), and f, the frequency correction it needs (s/s).  The
 * correction u that it runs at is a known input:
 *
 *     dx/dt = f - u        df/dt = white noise of density q
 */
struct kalman {
	double x, f;
	double pxx, pxf, pff; /* covariance */
	double q;             /* s^2/s^3: f wanders by sqrt(q t) in t seconds */
	int last_sign;  /* of the last innovation, for the adaptation of q */
	int outliers;   /* successive ones of one sign; the sign is theirs */
	bool surprised; /* the last measurement was one outlier too many */
};

/** variance: of x; sigma: standard deviation of f. */
void kalman_init(struct kalman *k, double x, double variance, double f,
		 double sigma);

/** Begin anew with x; what is known of the frequency and its wander stays. */
void kalman_restart(struct kalman *k, double x, double variance);

/** Let dt_s >= 0 pass while the clock runs at correction u. */
void kalman_predict(struct kalman *k, double dt_s, double u);

/**
 * Take in a measurement z of x with noise of the given variance; dt_s: time
 * since the last one.  A single outlier has little influence; when several in
 * a row lie on one side, the clock is believed to have changed.
 *
 * Returns: the innovation, z minus the x that was expected.
 */
double kalman_update(struct kalman *k, double z, double variance, double dt_s);

/** All numbers are finite and the covariance is one. */
bool kalman_sane(const struct kalman *k);
