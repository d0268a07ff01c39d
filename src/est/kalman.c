/* SPDX-License-Identifier: BSD-2-Clause */
#include "est/kalman.h"

#include <math.h>

/* From a good oven to a laptop in the sun: sqrt(q) of 1e-10 to 1e-6 per s^0.5. */
#define Q_MIN 1e-20
#define Q_START 1e-17
#define Q_MAX 1e-12
#define Q_TURN 1.05

/* Innovations beyond this many sigmas have bounded influence. */
#define GATE 3.0
/* So many of them in a row, of one sign: the clock has really changed. */
#define OUTLIERS_MAX 3

#define PXX_MIN 1e-22
#define PFF_MIN 1e-24
#define PFF_MAX 1e-6

void kalman_init(struct kalman *k, double x, double variance, double f,
		 double sigma)
{
	*k = (struct kalman){
		.x = x,
		.f = f,
		.pxx = variance,
		.pff = sigma * sigma,
		.q = Q_START,
	};
}

void kalman_restart(struct kalman *k, double x, double variance)
{
	k->x = x;
	k->pxx = variance;
	k->pxf = 0;
	k->last_sign = 0;
	k->outliers = 0;
}

static void bound(struct kalman *k)
{
	double limit;

	k->pxx = fmax(k->pxx, PXX_MIN);
	k->pff = fmin(fmax(k->pff, PFF_MIN), PFF_MAX);
	limit = sqrt(k->pxx * k->pff);
	k->pxf = fmin(fmax(k->pxf, -limit), limit);
}

void kalman_predict(struct kalman *k, double dt_s, double u)
{
	k->x += (k->f - u) * dt_s;
	k->pxx += dt_s * (2 * k->pxf + dt_s * (k->pff + k->q * dt_s / 3));
	k->pxf += dt_s * (k->pff + k->q * dt_s / 2);
	k->pff += dt_s * k->q;
	bound(k);
}

/*
 * A filter that follows too slowly sees innovations of one sign in succession,
 * one that chases noise sees them alternate; with the right q they are white
 * (Mehra 1970).  This needs no opinion about the measurement noise.
 */
static void adapt(struct kalman *k, double nu)
{
	int sign = (nu > 0) - (nu < 0);

	if (sign == 0)
		return;
	if (k->last_sign == sign)
		k->q = fmin(k->q * Q_TURN, Q_MAX);
	else if (k->last_sign != 0)
		k->q = fmax(k->q / Q_TURN, Q_MIN);
	k->last_sign = sign;
}

/* Count outliers of one sign; is it time to believe them? */
static bool believes(struct kalman *k, double nu)
{
	int sign = nu < 0 ? -1 : 1;

	k->outliers = k->outliers * sign > 0 ? k->outliers + sign : sign;
	if (k->outliers * sign < OUTLIERS_MAX)
		return false;
	k->outliers = 0;
	return true;
}

double kalman_update(struct kalman *k, double z, double variance, double dt_s)
{
	double nu = z - k->x;
	double s = k->pxx + variance;
	double kx, kf;

	k->surprised = false;
	if (nu * nu <= GATE * GATE * s) {
		k->outliers = 0;
	} else if (believes(k, nu)) {
		/* Both states may have changed; let the data say. */
		double turn = fmin(fabs(nu) / fmax(dt_s, 1), 1e-3);

		k->pxx += nu * nu;
		k->pff += turn * turn;
		bound(k);
		s = k->pxx + variance;
		k->surprised = true;
	} else {
		s = nu * nu / (GATE * GATE);
	}
	adapt(k, nu);
	kx = k->pxx / s;
	kf = k->pxf / s;
	k->x += kx * nu;
	k->f += kf * nu;
	k->pff -= kf * k->pxf;
	k->pxf -= kx * k->pxf;
	k->pxx -= kx * k->pxx;
	bound(k);
	return nu;
}

bool kalman_sane(const struct kalman *k)
{
	return isfinite(k->x) && isfinite(k->f) && isfinite(k->pxx) &&
	       isfinite(k->pxf) && isfinite(k->pff) && isfinite(k->q);
}
