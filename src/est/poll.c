/* SPDX-License-Identifier: BSD-2-Clause */
#include "est/poll.h"

#include <math.h>

#include "base/units.h"

#define POLL_SETTLE_NS (300 * NS_PER_S)

/* doc/discipline.md section 6 */
#define SHARE 2
#define SHARE_MIN 8
#define ERROR_AIM_S 1e-3
#define ERROR_GOOD_S 4e-6
/* So many samples of each source before it is asked less often. */
#define STAY 4
/* In steps of a power of two: how far over the next one before it is taken. */
#define HYSTERESIS 0.75
#define HURRY 2

/* At most this part of an interval is a poll put off, or brought forward. */
#define PUT_OFF 0.25
#define BRING_FORWARD 0.05

/*
 * Tx = (3 R / q)^(1/3) is where wander equals noise.  The error grows with the
 * interval T as (T R / n)^(3/8) q^(1/8) only, so half of Tx is enough, or all
 * of it where the error is below ERROR_GOOD_S; but a clock that is worse than
 * ERROR_AIM_S is worth more packets.
 */
double poll_wanted_s(double noise_var, double q, unsigned sources)
{
	double tx = cbrt(3 * noise_var / q);
	double rest = sqrt(2) * pow(noise_var / sources, 0.75) * pow(q, 0.25);
	double aim = pow(ERROR_AIM_S * ERROR_AIM_S / rest, 4.0 / 3);
	double var = rest * pow(tx / SHARE, 0.75);
	double good = ERROR_GOOD_S * ERROR_GOOD_S;
	double enough = tx / SHARE * (1 + good / (good + var));

	return fmax(fmin(enough, aim), tx / SHARE_MIN);
}

void poll_restart(struct poll_policy *p, int min_log2, int64_t mono_ns)
{
	p->tau_log2 = min_log2;
	p->samples = 0;
	p->hold_until_ns = mono_ns + POLL_SETTLE_NS;
}

void poll_limit(struct poll_policy *p, int min_log2, int max_log2)
{
	if (p->tau_log2 > max_log2)
		p->tau_log2 = max_log2;
	if (p->tau_log2 < min_log2)
		p->tau_log2 = min_log2;
}

void poll_hurry(struct poll_policy *p, int min_log2, int max_log2)
{
	p->tau_log2 -= HURRY;
	p->samples = 0;
	poll_limit(p, min_log2, max_log2);
}

void poll_note(struct poll_policy *p, double wanted_s, unsigned sources,
	       int min_log2, int max_log2, int64_t mono_ns)
{
	double wanted = log2(wanted_s);

	if (mono_ns < p->hold_until_ns) {
		p->tau_log2 = min_log2;
		return;
	}
	p->samples++;
	if (wanted < p->tau_log2 - HYSTERESIS) {
		p->tau_log2 = (int)fmax(round(wanted), min_log2);
		p->samples = 0;
	} else if (wanted > p->tau_log2 + HYSTERESIS &&
		   p->samples >= STAY * sources) {
		p->tau_log2++;
		p->samples = 0;
	}
	poll_limit(p, min_log2, max_log2);
}

double poll_staggered_s(double interval_s, double ahead_s)
{
	if (ahead_s > (1 - BRING_FORWARD) * interval_s)
		ahead_s -= interval_s;
	return interval_s + fmin(ahead_s, PUT_OFF * interval_s);
}
