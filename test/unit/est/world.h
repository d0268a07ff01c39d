/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/rng.h"
#include "base/units.h"
#include "est/estimator.h"

/*
 * A little world for closed loop tests: one clock that the estimator steers,
 * and servers that it measures.  True time is world.t_s.
 */
#define WORLD_SOURCES 8
#define WORLD_BURST 8
/* Ratios are counted in quarters of powers of two. */
#define WORLD_RATIOS 128

struct world_source {
	int handle;
	double base_s;   /* one-way delay */
	double jitter_s; /* mean of exponential queues, or sigma */
	bool gaussian;
	double back_s; /* mean queue on the way back, where it is not the same */
	double detour_s;    /* longer way there */
	double error_s;     /* the server's own clock minus true time */
	double alternate_s; /* added with changing sign */
	double spike;       /* so many requests wait 40 ms more on average */
	double loss;
	double late_s; /* the first request is sent so long before its stamp */
	uint8_t leap, stratum;
	bool silent;    /* answers nothing */
	bool reachable; /* but was heard within the last eight polls */
	double next_s;
	int sent;
};

struct world {
	struct estimator *e;
	struct rng rng;
	double t_s;
	double mono_s;
	double clock_s;  /* local minus true */
	double freq_err; /* of the oscillator */
	double wander;   /* s/s per sqrt(s) */
	double freq;     /* correction that the clock runs at */
	bool refuses;    /* commands are not carried out */
	int64_t until_ns;
	struct world_source src[WORLD_SOURCES];
	int n;
	/* What happened. */
	int steps, slews, panics, commands;
	double max_abs_freq, first_step_s;
	double sum2_s, max_s;
	long n_stat;
	long dishonest;
	long ratio
		[WORLD_RATIOS]; /* of root distance to true error, see below */
};

static inline int64_t world_mono_ns(const struct world *w)
{
	return ns_from_s(w->mono_s);
}

static inline void world_start(struct world *w, struct estimator_params *p,
			       uint64_t seed)
{
	rng_seed(&w->rng, seed);
	w->mono_s = 1;
	w->freq = p->freq;
	w->until_ns = INT64_MAX;
	w->e = estimator_new(p, world_mono_ns(w));
}

static inline struct world_source *world_add(
	struct world *w, struct world_source src,
	const struct estimator_source_params *sp)
{
	static const struct estimator_source_params poll6 = {
		.min_poll_log2 = 6, .max_poll_log2 = 6};
	struct world_source *s = &w->src[w->n++];

	*s = src;
	s->handle = estimator_add(w->e, sp ? sp : &poll6);
	s->next_s = w->t_s + 0.01 * w->n;
	if (s->stratum == 0)
		s->stratum = 1;
	return s;
}

/* Let the clock run in small steps so that its wander shows. */
static inline void world_pass(struct world *w, double to_s)
{
	while (w->t_s < to_s) {
		double dt = fmin(to_s - w->t_s, 1.0);
		double rate = (1 + w->freq_err) * (1 + w->freq) - 1;

		w->clock_s += rate * dt;
		w->mono_s += (1 + rate) * dt;
		w->t_s += dt;
		w->freq_err += w->wander * sqrt(dt) * rng_normal(&w->rng);
	}
}

static inline void world_obey(struct world *w, struct clock_cmd cmd)
{
	w->commands++;
	w->until_ns = cmd.until_mono_ns;
	if (cmd.action == CLOCK_PANIC)
		w->panics++;
	if (cmd.action == CLOCK_STEP) {
		if (w->steps++ == 0)
			w->first_step_s = cmd.step_s;
		if (!w->refuses)
			w->clock_s += cmd.step_s;
	}
	if (cmd.action == CLOCK_SLEW)
		w->slews++;
	if ((cmd.action == CLOCK_SLEW || cmd.action == CLOCK_STEP) &&
	    !w->refuses) {
		w->freq = cmd.freq;
		w->max_abs_freq = fmax(w->max_abs_freq, fabs(cmd.freq));
	}
	estimator_applied(w->e, &cmd, !w->refuses, world_mono_ns(w));
}

static inline double world_queue(struct world *w, const struct world_source *s)
{
	return s->gaussian
		       ? fabs(s->base_s + s->jitter_s * rng_normal(&w->rng)) -
				 s->base_s
		       : s->jitter_s * rng_exponential(&w->rng);
}

/* A burst, a ramp, and then in turn, as ntp/assoc.c does it. */
static inline double world_interval(struct world *w, struct world_source *s)
{
	double poll_s = exp2(estimator_poll(w->e, s->handle));
	double ramp_s = exp2(s->sent - WORLD_BURST + 2);

	if (s->sent < WORLD_BURST)
		return 2;
	if (ramp_s < poll_s)
		return ramp_s;
	return estimator_next_poll_s(w->e, s->handle, poll_s,
				     world_mono_ns(w)) *
	       (0.98 + 0.04 * rng_uniform(&w->rng));
}

static inline void world_poll(struct world *w, struct world_source *s)
{
	double there = s->base_s + s->detour_s + world_queue(w, s);
	double back = s->base_s +
		      (s->back_s > 0 ? s->back_s * rng_exponential(&w->rng)
				     : world_queue(w, s));
	double alt = s->sent % 2 ? s->alternate_s : -s->alternate_s;
	if (s->spike > 0 && rng_uniform(&w->rng) < s->spike)
		there += 0.04 * rng_exponential(&w->rng);
	double late = s->sent == 0 ? s->late_s : 0;
	struct sample m = {
		.mono_ns = world_mono_ns(w),
		.offset_s = s->error_s + alt - w->clock_s +
			    (there - back - late) / 2,
		.delay_s = there + back - late,
		.disp_s = 1e-6,
		.root_disp_s = 10e-6,
		.stratum = s->stratum,
		.leap = s->leap,
	};

	s->sent++;
	if (s->silent || rng_uniform(&w->rng) < s->loss)
		world_obey(w, estimator_missed(w->e, s->handle,
					       !s->silent || s->reachable,
					       m.mono_ns));
	else
		world_obey(w, estimator_sample(w->e, s->handle, &m));
	s->next_s = w->t_s + world_interval(w, s);
}

static inline int world_ratio(double distance_s, double error_s)
{
	double ratio = 4 * log2(distance_s / fmax(error_s, 1e-12));

	return (int)fmin(fmax(ratio, 0), WORLD_RATIOS - 1);
}

/* How many times the true error the root distance was, in the median. */
static inline double world_median_ratio(const struct world *w)
{
	long seen = 0, all = 0;
	int i;

	for (i = 0; i < WORLD_RATIOS; i++)
		all += w->ratio[i];
	for (i = 0; i < WORLD_RATIOS && 2 * seen <= all; i++)
		seen += w->ratio[i];
	return exp2(i / 4.0);
}

static inline void world_look(struct world *w)
{
	struct estimator_report r;

	estimator_report(w->e, world_mono_ns(w), &r);
	w->sum2_s += w->clock_s * w->clock_s;
	w->max_s = fmax(w->max_s, fabs(w->clock_s));
	w->n_stat++;
	if (!r.synchronised)
		return;
	w->dishonest += fabs(w->clock_s) > r.root_delay_s / 2 + r.root_disp_s;
	w->ratio[world_ratio(r.root_delay_s / 2 + r.root_disp_s,
			     fabs(w->clock_s))]++;
}

static inline void world_forget(struct world *w)
{
	w->sum2_s = w->max_s = 0;
	w->n_stat = w->dishonest = 0;
	memset(w->ratio, 0, sizeof w->ratio);
}

static inline double world_rms(const struct world *w)
{
	return sqrt(w->sum2_s / (double)w->n_stat);
}

/* Run until t_s; the clock is looked at once a second. */
static inline void world_run(struct world *w, double until_s)
{
	double look_s = w->t_s;

	while (w->t_s < until_s) {
		double next = fmin(until_s, look_s);
		struct world_source *due = NULL;
		double timer_s =
			w->until_ns == INT64_MAX
				? HUGE_VAL
				: w->t_s + fmax(s_from_ns(w->until_ns) -
							w->mono_s,
						0);

		for (int i = 0; i < w->n; i++)
			if (w->src[i].next_s <= next) {
				due = &w->src[i];
				next = due->next_s;
			}
		if (timer_s < next) {
			world_pass(w, timer_s);
			w->mono_s =
				fmax(w->mono_s, s_from_ns(w->until_ns) + 1e-9);
			world_obey(w,
				   estimator_timeout(w->e, world_mono_ns(w)));
		} else {
			world_pass(w, next);
			if (due)
				world_poll(w, due);
			else {
				world_look(w);
				look_s += 1;
			}
		}
	}
}
