/* SPDX-License-Identifier: BSD-2-Clause */
#include "est/discipline.h"

#include <math.h>

#include "base/units.h"

#define FREQ_SIGMA_UNKNOWN 100e-6
#define FREQ_SIGMA_DRIFT_FILE 2e-6

#define SLEW_MIN_S 2.0
#define SLEW_ONLY_STEP_S 600.0
#define AVERAGE 8.0 /* updates, for reported jitter and wander */

static double clamp(double v, double limit)
{
	return fmin(fmax(v, -limit), limit);
}

void discipline_init(struct discipline *d,
		     const struct estimator_params *params, int64_t mono_ns)
{
	*d = (struct discipline){
		.params = params,
		.now_ns = mono_ns,
		.applied_freq = params->freq,
		.slew_end_ns = INT64_MAX,
		.last_update_ns = mono_ns,
	};
	kalman_init(&d->kalman, 0, 1, clamp(params->freq, params->max_freq),
		    params->freq_known ? FREQ_SIGMA_DRIFT_FILE
				       : FREQ_SIGMA_UNKNOWN);
}

void discipline_advance(struct discipline *d, int64_t mono_ns)
{
	double dt;

	if (mono_ns <= d->now_ns)
		return;
	dt = s_from_ns(mono_ns - d->now_ns);
	kalman_predict(&d->kalman, dt, d->applied_freq);
	d->ledger_s += d->applied_freq * dt;
	d->now_ns = mono_ns;
}

struct kalman discipline_expected(const struct discipline *d, int64_t mono_ns)
{
	struct kalman k = d->kalman;

	if (mono_ns > d->now_ns)
		kalman_predict(&k, s_from_ns(mono_ns - d->now_ns),
			       d->applied_freq);
	return k;
}

bool discipline_synchronised(const struct discipline *d, double offset_s)
{
	double panic_s = d->params->panic_s;

	return d->started && (panic_s <= 0 || fabs(offset_s) <= panic_s);
}

void discipline_clock_moved(struct discipline *d, double offset_s)
{
	d->kalman.x -= offset_s;
}

void discipline_doubt(struct discipline *d)
{
	d->founded = false;
	d->spike_sign = 0;
}

/* Offsets beyond this are stepped; 0: none is. */
static double step_threshold(const struct estimator_params *p)
{
	if (p->slew_only && p->step_s > 0)
		return fmax(p->step_s, SLEW_ONLY_STEP_S);
	return p->step_s;
}

enum verdict { MEASUREMENT_WAITS, MEASUREMENT_FOLLOWED, MEASUREMENT_RESTARTS };

/*
 * A jump beyond the step threshold is believed at once while the state rests
 * on a minority of the sources, later when it has lasted.
 */
static enum verdict judge(struct discipline *d, const struct measurement *m)
{
	double innovation = m->offset_s - d->kalman.x;
	double limit = step_threshold(d->params);
	int sign = innovation < 0 ? -1 : 1;

	if (!d->started || !kalman_sane(&d->kalman))
		return MEASUREMENT_RESTARTS;
	if (limit <= 0 || fabs(innovation) <= limit) {
		d->spike_sign = 0;
		return MEASUREMENT_FOLLOWED;
	}
	if (d->spike_sign != sign) {
		d->spike_sign = sign;
		d->spike_since_ns = d->now_ns;
	}
	if (d->founded &&
	    s_from_ns(d->now_ns - d->spike_since_ns) < d->params->stepout_s)
		return MEASUREMENT_WAITS;
	return MEASUREMENT_RESTARTS;
}

/*
 * Start from this measurement; what is known of the frequency stays.  Numbers
 * that make no sense cannot come about; should they, all is forgotten.
 */
static void restart(struct discipline *d, const struct measurement *m)
{
	struct kalman *k = &d->kalman;

	if (!kalman_sane(k))
		kalman_init(k, 0, 1,
			    clamp(d->applied_freq, d->params->max_freq),
			    FREQ_SIGMA_UNKNOWN);
	kalman_restart(k, m->offset_s, m->variance);
	d->last_innovation_s = 0;
	d->spike_sign = 0;
	d->started = true;
}

static void note_change(double *mean_square, double change)
{
	*mean_square += (change * change - *mean_square) / AVERAGE;
}

static void follow(struct discipline *d, const struct measurement *m)
{
	struct kalman *k = &d->kalman;
	double f = k->f;
	double dt = s_from_ns(d->now_ns - d->last_update_ns);

	d->last_innovation_s = kalman_update(k, m->offset_s, m->variance, dt);
	if (!kalman_sane(k))
		restart(d, m);
	k->f = clamp(k->f, d->params->max_freq);
	note_change(&d->jitter_var, d->last_innovation_s);
	note_change(&d->wander_var, k->f - f);
}

/*
 * Remove x over the time constant, or sooner when x is clearly not noise; as
 * fast as the limit on the frequency allows.
 */
static struct clock_cmd slew(const struct discipline *d, int time_const_log2)
{
	const struct kalman *k = &d->kalman;
	double max = d->params->max_freq;
	double sure = k->x * k->x / (9 * k->pxx);
	double tau = fmax(exp2(time_const_log2) / (1 + sure), SLEW_MIN_S);
	double freq = clamp(k->f + k->x / tau, max);
	double rate = freq - k->f;
	struct clock_cmd cmd = {
		.action = CLOCK_SLEW,
		.freq = freq,
		.until_mono_ns = INT64_MAX,
	};

	if (rate * k->x > 0) {
		int64_t ns = ns_from_s(k->x / rate);

		if (ns < INT64_MAX - d->now_ns)
			cmd.until_mono_ns = d->now_ns + ns;
	}
	return cmd;
}

struct clock_cmd discipline_idle(const struct discipline *d)
{
	struct clock_cmd cmd = {
		.action = CLOCK_HOLD,
		.freq = d->applied_freq,
		.until_mono_ns = d->slew_end_ns,
	};

	if (d->now_ns < d->slew_end_ns)
		return cmd;
	return (struct clock_cmd){
		.action = CLOCK_SLEW,
		.freq = d->kalman.f,
		.until_mono_ns = INT64_MAX,
	};
}

static struct clock_cmd correct(const struct discipline *d,
				const struct measurement *m)
{
	const struct estimator_params *p = d->params;
	double x = d->kalman.x;
	double limit = step_threshold(p);
	bool panic = p->panic_s > 0 && fabs(x) > p->panic_s;
	struct clock_cmd cmd = {
		.freq = d->kalman.f,
		.step_s = x,
		.until_mono_ns = INT64_MAX,
	};

	/* What cannot be taken back is not done on the word of a minority. */
	if (!d->founded && (panic || p->set_once))
		return discipline_idle(d);
	if (panic && !(p->panic_once_ok && !d->corrected))
		cmd.action = CLOCK_PANIC;
	else if ((p->set_once && !d->corrected) ||
		 (limit > 0 && fabs(x) > limit))
		cmd.action = CLOCK_STEP;
	else
		return slew(d, m->time_const_log2);
	return cmd;
}

struct clock_cmd discipline_update(struct discipline *d,
				   const struct measurement *m)
{
	switch (judge(d, m)) {
	case MEASUREMENT_WAITS:
		return discipline_idle(d);
	case MEASUREMENT_RESTARTS:
		restart(d, m);
		break;
	case MEASUREMENT_FOLLOWED:
		follow(d, m);
		break;
	}
	d->founded |= m->quorum;
	d->last_update_ns = d->now_ns;
	return correct(d, m);
}

void discipline_applied(struct discipline *d, const struct clock_cmd *cmd)
{
	if (cmd->action != CLOCK_SLEW && cmd->action != CLOCK_STEP)
		return;
	if (cmd->action == CLOCK_STEP)
		discipline_clock_moved(d, cmd->step_s);
	d->applied_freq = cmd->freq;
	d->slew_end_ns = cmd->until_mono_ns;
	d->corrected |= d->founded;
}
