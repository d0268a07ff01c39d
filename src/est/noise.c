/* SPDX-License-Identifier: BSD-2-Clause */
#include "est/noise.h"

#include <math.h>
#include <stdlib.h>

#include "base/units.h"

/* Delays older than this say nothing of today's path. */
#define MEMORY_S (4 * 3600)

/* An excess of so many spreads is no everyday queue. */
#define SPIKE 4
/* Nor does a fixed share of it turn into offset beyond this. */
#define SHARE_SPIKE 30
/* So many of them in succession are another path. */
#define NEW_PATH 8

/* Before so many delays are known, the spread is at least a share of the floor. */
#define FEW 8
#define FEW_SHARE 0.04

/* No network stack is quieter than this. */
#define SPREAD_MIN_S 1e-8

static double square(double x)
{
	return x * x;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void put(struct noise *s, double delay_s, uint32_t at_s)
{
	s->delay_s[s->next] = delay_s;
	s->at_s[s->next] = at_s;
	s->next = (s->next + 1) % NOISE_RING;
	if (s->n < NOISE_RING)
		s->n++;
}

/* i samples ago */
static unsigned place(const struct noise *s, unsigned i)
{
	return (s->next + NOISE_RING - 1 - i) % NOISE_RING;
}

/* Those that are not too old, in order of size; the others are forgotten. */
static void sort_delays(struct noise *s, uint32_t now_s, double *sorted)
{
	unsigned n = 0;

	while (n < s->n &&
	       (uint32_t)(now_s - s->at_s[place(s, n)]) <= MEMORY_S) {
		sorted[n] = s->delay_s[place(s, n)];
		n++;
	}
	s->n = n;
	qsort(sorted, n, sizeof sorted[0], compare);
}

/*
 * Is the smallest far from all others?  It cannot have been a shorter path: one
 * is told by its first sample, and forgets what was before.
 */
static bool is_alone(const double *sorted, unsigned n)
{
	double spread_s;

	if (n < FEW)
		return false;
	spread_s = fmax(sorted[n / 2] - sorted[1], SPREAD_MIN_S);
	return sorted[1] - sorted[0] > SPIKE * spread_s;
}

static void replace(struct noise *s, double delay_s, double by_s)
{
	for (unsigned i = 0; i < s->n; i++)
		if (s->delay_s[place(s, i)] == delay_s)
			s->delay_s[place(s, i)] = by_s;
}

static void measure(struct noise *s, uint32_t now_s)
{
	double sorted[NOISE_RING] = {0};
	unsigned n;

	sort_delays(s, now_s, sorted);
	n = s->n;
	s->misled = is_alone(sorted, n);
	if (s->misled) {
		replace(s, sorted[0], sorted[1]);
		sorted[0] = sorted[1];
	}
	s->floor_s = sorted[0];
	s->spread_s = sorted[n / 2] - sorted[0];
	if (n < FEW)
		s->spread_s = fmax(s->spread_s,
				   FEW_SHARE * s->floor_s * (FEW - n) / FEW);
	s->spread_s = fmax(s->spread_s, SPREAD_MIN_S);
}

/* Is it now so many in succession that a longer path must be believed in? */
static bool is_longer(struct noise *s, double delay_s)
{
	if (delay_s - s->floor_s <= SPIKE * s->spread_s) {
		s->above = 0;
		return false;
	}
	return ++s->above >= NEW_PATH;
}

double noise_add(struct noise *s, double delay_s, int64_t mono_ns)
{
	uint32_t now_s = (uint32_t)(mono_ns / NS_PER_S);
	double before_s = s->floor_s;
	unsigned keep = 0;

	if (s->n >= FEW && before_s - delay_s > SPIKE * s->spread_s)
		keep = 1;
	else if (s->n >= FEW && is_longer(s, delay_s))
		keep = NEW_PATH;
	put(s, delay_s, now_s);
	if (keep > 0) {
		s->n = keep;
		s->above = 0;
	}
	measure(s, now_s);
	return keep > 0 ? s->floor_s - before_s : 0;
}

struct noise_level noise_level(const struct noise *s, double base_var,
			       double rest_var)
{
	return (struct noise_level){
		.excess_s = s->delay_s[place(s, 0)] - s->floor_s,
		.spread_s = s->spread_s,
		.base_var = base_var,
		.rest_var = rest_var,
		.n = s->n,
	};
}

struct noise_level noise_typical(const struct noise *s, double base_var,
				 double rest_var)
{
	struct noise_level level = noise_level(s, base_var, rest_var);

	level.excess_s = s->spread_s;
	return level;
}

/*
 * Exponential queues both ways: given their sum e, their difference is even
 * within +-e, and the offset's standard deviation e / sqrt(12) = 0.29 e.  The
 * farther e is out of the ordinary, the less it is such a queue.  The smallest
 * of n delays has queues in it, too: of two directions 0.8 s / sqrt(n) in the
 * mean, of one direction 1.4 s / n.
 */
static double delay_variance(const struct noise_level *l)
{
	double far = l->excess_s / (6 * l->spread_s);

	return square(0.3 * l->excess_s * (1 + far * far)) +
	       square(0.05 * l->spread_s) + square(l->spread_s / 3) / l->n;
}

double noise_variance(const struct noise_level *l, enum noise_model model)
{
	double spike = l->excess_s / l->spread_s;

	if (spike > (model == NOISE_SHARE ? SHARE_SPIKE : SPIKE))
		model = NOISE_DELAY;
	switch (model) {
	case NOISE_FINE:
		return l->base_var + square(0.2 * l->spread_s);
	case NOISE_EVEN:
		return l->base_var + square(0.45 * l->spread_s);
	case NOISE_ROUGH:
		return l->base_var + square(1.2 * l->spread_s) + l->rest_var;
	case NOISE_SHARE:
		return l->base_var + square(0.03 * l->excess_s) +
		       square(0.02 * l->spread_s) +
		       square(l->spread_s / 2 / l->n);
	case NOISE_DELAY:
	default:
		return l->base_var + delay_variance(l);
	}
}

bool noise_is_spike(const struct noise_level *l)
{
	return l->excess_s > SPIKE * l->spread_s;
}
