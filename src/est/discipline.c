/* SPDX-License-Identifier: BSD-2-Clause */
#include "est/discipline.h"

#include <math.h>

#include "base/units.h"

#define FREQ_SIGMA_UNKNOWN 100e-6
#define FREQ_SIGMA_DRIFT_FILE 2e-6

/* doc/discipline.md section 5 */
#define SLEW_MIN_S 2.0
#define SLEW_PER_INTERVAL 0.125
#define SLEW_PER_MEMORY 0.2
#define GOOD_TIME_S 1e-4
#define GENTLE_SLEW_S 256.0
#define FIRST_SLEW_MAX_S 10.0
#define JUMP_SIGMAS 4
#define SLEW_ONLY_STEP_S 600.0
#define AVERAGE 8.0 /* updates, for reported jitter and wander */

static double clamp(double v, double limit)
{
	return fmin(fmax(v, -limit), limit);
}

static double first_sigma(const struct estimator_params *p)
{
	if (!p->freq_known)
		return FREQ_SIGMA_UNKNOWN;
	return p->freq_sigma > 0 ? fmin(p->freq_sigma, FREQ_SIGMA_UNKNOWN)
				 : FREQ_SIGMA_DRIFT_FILE;
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
	bank_init(&d->bank, 0, 1, clamp(params->freq, params->max_freq),
		  first_sigma(params));
}

void discipline_advance(struct discipline *d, int64_t mono_ns)
{
	double dt;

	if (mono_ns <= d->now_ns)
		return;
	dt = s_from_ns(mono_ns - d->now_ns);
	bank_predict(&d->bank, dt, d->applied_freq);
	d->ledger_s += d->applied_freq * dt;
	d->now_ns = mono_ns;
}

struct belief discipline_expected(const struct discipline *d, int64_t mono_ns)
{
	double dt = fmax(s_from_ns(mono_ns - d->now_ns), 0);

	return belief_later(&d->bank.belief, dt, d->applied_freq);
}

bool discipline_synchronised(const struct discipline *d, double offset_s)
{
	double panic_s = d->params->panic_s;

	return d->started && (panic_s <= 0 || fabs(offset_s) <= panic_s);
}

void discipline_clock_moved(struct discipline *d, double offset_s)
{
	bank_shift(&d->bank, offset_s);
}

void discipline_doubt(struct discipline *d, double offset_s)
{
	bank_doubt(&d->bank, offset_s * offset_s);
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

/*
 * The first correction comes before anybody is told the time by us.  What would
 * take long to slew away is stepped then (doc/decisions/0012-first-step.md).
 */
static bool first_step(const struct discipline *d)
{
	const struct estimator_params *p = d->params;
	const struct belief *b = &d->bank.belief;

	return !d->moved && !p->slew_only && p->step_s > 0 &&
	       fabs(b->x) > FIRST_SLEW_MAX_S * p->max_freq &&
	       fabs(b->x) > 3 * sqrt(b->pxx);
}

enum verdict { MEASUREMENT_WAITS, MEASUREMENT_FOLLOWED, MEASUREMENT_RESTARTS };

/* Beyond the step threshold, and not by noise. */
static bool is_jump(const struct discipline *d, const struct measurement *m,
		    double innovation)
{
	double limit = step_threshold(d->params);
	double var = d->bank.belief.seen_var + bank_noise(&d->bank, &m->noise);

	return limit > 0 && fabs(innovation) > limit &&
	       innovation * innovation > JUMP_SIGMAS * JUMP_SIGMAS * var;
}

/*
 * A jump beyond the step threshold is believed at once while the state rests
 * on a minority of the sources, later when it has lasted.
 */
static enum verdict judge(struct discipline *d, const struct measurement *m)
{
	double innovation = m->offset_s - d->bank.belief.x;
	int sign = innovation < 0 ? -1 : 1;

	if (!d->started || !bank_sane(&d->bank))
		return MEASUREMENT_RESTARTS;
	if (!is_jump(d, m, innovation)) {
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

/* Numbers that make no sense cannot come about; should they, all is forgotten. */
static void reset(struct discipline *d)
{
	unsigned n = d->bank.n;
	double path_s[BANK_SLOTS];

	for (unsigned i = 0; i < n; i++)
		path_s[i] = d->bank.slot[i].path_s;
	bank_init(&d->bank, 0, 1, clamp(d->applied_freq, d->params->max_freq),
		  FREQ_SIGMA_UNKNOWN);
	for (unsigned i = 0; i < n; i++)
		bank_join(&d->bank, path_s[i]);
	d->samples = 0;
	d->resets++;
}

/* Start from this measurement; what is known of the frequency stays. */
static void restart(struct discipline *d, const struct measurement *m)
{
	if (!bank_sane(&d->bank))
		reset(d);
	bank_restart(&d->bank, m->offset_s, m->root_dist_s * m->root_dist_s);
	d->spike_sign = 0;
	d->started = true;
}

static void note_change(double *mean_square, double change)
{
	*mean_square += (change * change - *mean_square) / AVERAGE;
}

static void follow(struct discipline *d, const struct measurement *m)
{
	struct bank *b = &d->bank;
	double f = b->belief.f;
	double nu = bank_update(b, m->slot, m->offset_s, &m->noise);

	if (!bank_sane(b)) {
		restart(d, m);
		return;
	}
	bank_limit(b, d->params->max_freq);
	note_change(&d->jitter_var, nu);
	note_change(&d->wander_var, b->belief.f - f);
}

/*
 * How long to take for what is not much more than noise: a part of the time
 * that a filter of one such source remembers, (R T / q)^(1/4).  Half as much
 * again when time is good already, for the frequency's sake, but not many minutes.
 */
static double calm_slew_s(const struct discipline *d,
			  const struct circumstances *now)
{
	double memory_s =
		pow(now->noise_var * now->interval_s / d->bank.belief.q, 0.25);
	double good = GOOD_TIME_S * GOOD_TIME_S;
	double calm = 1 + 0.5 * good / (good + d->bank.belief.seen_var);
	double slew_s = fmax(now->interval_s / sqrt(d->bank.n),
			     SLEW_PER_MEMORY * memory_s);
	double gentle_s = SLEW_PER_MEMORY * calm * memory_s;

	return fmax(slew_s, fmin(gentle_s, GENTLE_SLEW_S));
}

/*
 * Remove x at leisure, or sooner when it is clearly not noise; as fast as the
 * limit on the frequency allows.
 */
static struct clock_cmd slew(const struct discipline *d,
			     const struct circumstances *now)
{
	const struct belief *b = &d->bank.belief;
	double max = d->params->max_freq;
	double sure = b->x * b->x / (9 * b->seen_var);
	double least = fmax(SLEW_MIN_S, SLEW_PER_INTERVAL * now->interval_s);
	double tau = fmax(calm_slew_s(d, now) / (1 + sure), least);
	double freq = clamp(b->f + b->x / tau, max);
	double rate = freq - b->f;
	struct clock_cmd cmd = {
		.action = CLOCK_SLEW,
		.freq = freq,
		.until_mono_ns = INT64_MAX,
	};

	if (rate * b->x > 0) {
		int64_t ns = ns_from_s(b->x / rate);

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
		.freq = d->bank.belief.f,
		.until_mono_ns = INT64_MAX,
	};
}

static struct clock_cmd correct(const struct discipline *d,
				const struct circumstances *now)
{
	const struct estimator_params *p = d->params;
	double x = d->bank.belief.x;
	double limit = step_threshold(p);
	bool panic = p->panic_s > 0 && fabs(x) > p->panic_s;
	struct clock_cmd cmd = {
		.freq = d->bank.belief.f,
		.step_s = x,
		.until_mono_ns = INT64_MAX,
	};

	/* What cannot be taken back is not done on the word of a minority. */
	if (!d->founded && (panic || p->set_once))
		return discipline_idle(d);
	if (panic && !(p->panic_once_ok && !d->corrected))
		cmd.action = CLOCK_PANIC;
	else if ((p->set_once && !d->corrected) || first_step(d) ||
		 (limit > 0 && fabs(x) > limit))
		cmd.action = CLOCK_STEP;
	else
		return slew(d, now);
	return cmd;
}

struct clock_cmd discipline_update(struct discipline *d,
				   const struct measurement *m, size_t n,
				   const struct circumstances *now)
{
	switch (judge(d, m)) {
	case MEASUREMENT_WAITS:
		return discipline_idle(d);
	case MEASUREMENT_RESTARTS:
		restart(d, m);
		break;
	case MEASUREMENT_FOLLOWED:
		break;
	}
	for (size_t i = 0; i < n; i++)
		follow(d, &m[i]);
	d->samples += (double)n;
	d->founded |= now->quorum;
	d->last_update_ns = d->now_ns;
	return correct(d, now);
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
	d->moved = true;
}
