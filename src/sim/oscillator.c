/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/oscillator.h"

#include <assert.h>
#include <math.h>

#include "base/units.h"

/* Beyond this no simulation goes; it keeps oscillator_when() from overflow. */
#define FAR_NS (INT64_C(1) << 61)

void oscillator_init(struct oscillator *o, int64_t at_ns, uint64_t seed)
{
	*o = (struct oscillator){
		.at_ns = at_ns,
		.next_tick_ns = at_ns + NS_PER_S,
		.line.at_ns = at_ns,
	};
	rng_seed(&o->rng, seed);
}

double oscillator_rate(const struct oscillator *o)
{
	double own = o->freq + o->walk + o->sine;

	return o->stopped ? -1 : own + o->steer + own * o->steer;
}

/* Follow the line, and begin another where the rate has changed. */
static void run(struct oscillator *o, int64_t true_ns)
{
	int64_t elapsed = true_ns - o->line.at_ns;
	double extra = (double)elapsed * o->line.rate + o->line.mono_frac_ns;
	double whole = floor(extra);
	double rate = oscillator_rate(o);

	o->at_ns = true_ns;
	o->mono_ns = o->line.mono_ns + elapsed + (int64_t)whole;
	if (rate == o->line.rate)
		return;
	o->line.at_ns = true_ns;
	o->line.mono_ns = o->mono_ns;
	o->line.mono_frac_ns = extra - whole;
	o->line.rate = rate;
}

static void tick(struct oscillator *o)
{
	if (o->wander > 0)
		o->walk += o->wander * rng_normal(&o->rng);
	if (o->sine_period_s > 0)
		o->sine = o->sine_freq * sin(2 * M_PI * s_from_ns(o->at_ns) /
					     o->sine_period_s);
	o->next_tick_ns += NS_PER_S;
}

void oscillator_advance(struct oscillator *o, int64_t true_ns)
{
	assert(true_ns >= o->at_ns);
	while (o->next_tick_ns <= true_ns) {
		o->at_ns = o->next_tick_ns;
		tick(o);
		run(o, o->at_ns);
	}
	run(o, true_ns);
}

int64_t oscillator_when(const struct oscillator *o, int64_t mono_ns)
{
	int64_t ahead;
	double rate, wait_ns;

	if (mono_ns <= o->mono_ns)
		return o->at_ns;
	/* No overflow: mono_ns counts from 0 at the start of the world. */
	ahead = mono_ns - o->mono_ns;
	rate = oscillator_rate(o);
	if (ahead > FAR_NS || rate <= -1)
		return INT64_MAX;
	/* ahead / (1 + rate), as a small correction to keep the nanoseconds */
	wait_ns = ceil(-(double)ahead * rate / (1 + rate));
	ahead += (int64_t)wait_ns;
	return o->at_ns + (ahead > 1 ? ahead : 1);
}
