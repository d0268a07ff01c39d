/* SPDX-License-Identifier: BSD-2-Clause */
#include "est/select.h"

#include <assert.h>
#include <math.h>

/* How much more those disagree that did not survive last time. */
#define NEWCOMER 1.5

/* A silent source ranks behind all strata that there are. */
#define SILENT_STRATA 16

static double low_edge(const struct candidate *c)
{
	return c->offset_s - c->root_dist_s;
}

static double high_edge(const struct candidate *c)
{
	return c->offset_s + c->root_dist_s;
}

/* How many intervals hold the point? */
static size_t cover(const struct candidate *c, size_t n, double point)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += low_edge(&c[i]) <= point && point <= high_edge(&c[i]);
	return count;
}

static bool inside(const struct candidate *c, double low, double high)
{
	return low <= c->offset_s && c->offset_s <= high;
}

/*
 * The smallest interval that holds every point common to at least n - f
 * sources, for the smallest number f < n / 2 of falsetickers such that at
 * least n - f midpoints lie in it.
 */
static bool intersect(const struct candidate *c, size_t n, double *low,
		      double *high)
{
	size_t low_cover[ESTIMATOR_MAX_SOURCES];
	size_t high_cover[ESTIMATOR_MAX_SOURCES];

	for (size_t i = 0; i < n; i++) {
		low_cover[i] = cover(c, n, low_edge(&c[i]));
		high_cover[i] = cover(c, n, high_edge(&c[i]));
	}
	for (size_t f = 0; 2 * f < n; f++) {
		size_t mids = 0;

		*low = HUGE_VAL;
		*high = -HUGE_VAL;
		for (size_t i = 0; i < n; i++) {
			if (low_cover[i] >= n - f)
				*low = fmin(*low, low_edge(&c[i]));
			if (high_cover[i] >= n - f)
				*high = fmax(*high, high_edge(&c[i]));
		}
		for (size_t i = 0; i < n; i++)
			mids += inside(&c[i], *low, *high);
		if (mids >= n - f)
			return true;
	}
	return false;
}

static unsigned mark_truechimers(struct candidate *c, size_t n)
{
	unsigned count = 0;
	double low, high;
	bool majority = intersect(c, n, &low, &high);

	for (size_t i = 0; i < n; i++) {
		bool good =
			c[i].always || (majority && inside(&c[i], low, high));

		c[i].status = good ? SELECT_CANDIDATE : SELECT_FALSETICK;
		count += good;
	}
	return count;
}

/* RMS distance of one survivor's offset from those of the others. */
static double select_jitter(const struct candidate *c, size_t n, size_t of)
{
	double sum = 0;
	unsigned others = 0;

	for (size_t i = 0; i < n; i++) {
		double d = c[i].offset_s - c[of].offset_s;

		if (i == of || c[i].status != SELECT_CANDIDATE)
			continue;
		sum += d * d;
		others++;
	}
	return others > 0 ? sqrt(sum / others) : 0;
}

/* The better one is lower: stratum first, then distance (RFC 5905 11.2.2). */
static double metric(const struct candidate *c,
		     const struct estimator_params *params)
{
	return c->stratum * params->max_dist_s + c->root_dist_s;
}

/*
 * The survivor that disagrees most with the others, or -1 when discarding it
 * would gain nothing: no source is itself steadier than the disagreement.
 * Who survived the last time has an advantage, so that the set is steady.
 */
static int worst_survivor(const struct candidate *c, size_t n,
			  const struct estimator_params *params)
{
	double least_jitter = HUGE_VAL, most = -1;
	int worst = -1;

	for (size_t i = 0; i < n; i++) {
		double phi;

		if (c[i].status != SELECT_CANDIDATE)
			continue;
		least_jitter = fmin(least_jitter, c[i].jitter_s);
		phi = select_jitter(c, n, i) * (c[i].survived ? 1 : NEWCOMER);
		if (phi < most ||
		    (phi == most &&
		     metric(&c[i], params) <= metric(&c[worst], params)))
			continue;
		most = phi;
		worst = (int)i;
	}
	if (worst < 0 || c[worst].prefer || c[worst].always ||
	    select_jitter(c, n, (size_t)worst) <= least_jitter)
		return -1;
	return worst;
}

static unsigned cluster(struct candidate *c, size_t n, unsigned survivors,
			const struct estimator_params *params)
{
	while (survivors > params->min_clock && survivors > 1) {
		int worst = worst_survivor(c, n, params);

		if (worst < 0)
			break;
		c[worst].status = SELECT_OUTLIER;
		survivors--;
	}
	return survivors;
}

/*
 * The survivor with the lowest metric; a preferred one before all others.  The
 * incumbent stays while it is not worse by more than min_dist_s, so that two
 * equals do not take turns, but not when it has fallen silent.
 */
static int choose_peer(const struct candidate *c, size_t n,
		       const struct estimator_params *params)
{
	double best_metric = HUGE_VAL;
	int best = -1;

	for (size_t i = 0; i < n; i++) {
		double m = metric(&c[i], params);

		if (c[i].status != SELECT_CANDIDATE)
			continue;
		if (c[i].silent)
			m += SILENT_STRATA * params->max_dist_s;
		if (c[i].incumbent)
			m -= params->min_dist_s;
		if (best >= 0 && c[i].prefer != c[best].prefer) {
			if (c[best].prefer)
				continue;
		} else if (m >= best_metric) {
			continue;
		}
		best = (int)i;
		best_metric = m;
	}
	return best;
}

static void reject_candidates(struct candidate *c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (c[i].status == SELECT_CANDIDATE)
			c[i].status = SELECT_REJECT;
}

struct selection select_sources(struct candidate *c, size_t n,
				const struct estimator_params *params)
{
	struct selection sel = {.peer = -1};

	assert(n <= ESTIMATOR_MAX_SOURCES);
	sel.truechimers = mark_truechimers(c, n);
	if (sel.truechimers == 0)
		return sel;
	if (sel.truechimers < params->min_sane) {
		reject_candidates(c, n);
		return sel;
	}
	sel.survivors = cluster(c, n, sel.truechimers, params);
	sel.peer = choose_peer(c, n, params);
	c[sel.peer].status = SELECT_SYS_PEER;
	return sel;
}

struct combined combine_survivors(const struct candidate *c, size_t n,
				  const struct selection *sel)
{
	const struct candidate *peer = &c[sel->peer];
	double weight = 0, offset = 0, variance = 0, spread = 0;

	if (peer->prefer)
		return (struct combined){
			.offset_s = peer->offset_s,
			.variance = peer->variance,
			.noise_s = sqrt(peer->variance),
			.jitter_s = peer->jitter_s,
		};
	for (size_t i = 0; i < n; i++) {
		double w = c[i].weight;
		double d = c[i].offset_s - peer->offset_s;

		if (!c[i].fresh || !select_survives(c[i].status))
			continue;
		weight += w;
		offset += w * d; /* differences: exact for huge offsets too */
		variance += w * w * c[i].variance;
		spread += w * d * d;
	}
	offset /= weight;
	variance /= weight * weight;
	spread /= weight;
	return (struct combined){
		.offset_s = peer->offset_s + offset,
		.variance = variance + spread / sel->survivors,
		.noise_s = sqrt(variance),
		.jitter_s = sqrt(peer->jitter_s * peer->jitter_s + spread),
	};
}
