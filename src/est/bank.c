/* SPDX-License-Identifier: BSD-2-Clause */
#include "est/bank.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* From a good oven to a laptop in the sun: sqrt(q) of 1e-10 to 3e-7 per s^0.5. */
#define Q_LOWEST 1e-20
#define Q_RATIO 10

/*
 * Constant error of a source, one sigma: this share of its round trip.  A longer
 * path than one across a country is a chain of such paths: variances add.
 */
#define BIAS_SHARE 0.015
#define LEG_S 0.02
/* Share of queues that turns into offset, one sigma: some, or anything. */
#define SHARE_SIGMA 0.1
#define SHARE_SIGMA_FREE 0.3
/* An excess beyond so many spreads has no more of it. */
#define SHARE_REACH 10
/* Both wander by their own sigma in this time. */
#define DAY_S 86400.0
/* Known no better than by so much of its prior: nothing else tells what x is. */
#define ONLY 0.99

/* Innovations beyond this many sigmas have bounded influence ... */
#define GATE 3.0
/* ... and are counted as outliers beyond this. */
#define OUTLIER 4.0
/* So many of one source alone: it is not the clock that has changed. */
#define OUTLIERS_MAX 3

/* The weights remember about this many samples; who is out stays near. */
#define FORGET 0.997
#define LOG_WEIGHT_MIN (-12.0)

#define PXX_MIN 1e-22
#define PFF_MIN 1e-26
#define PFF_MAX 1e-6
#define PBB_MIN 1e-24
#define PAA_MIN 1e-12

enum { X, F };

static unsigned at_b(unsigned slot)
{
	return 2 + 2 * slot;
}

static unsigned at_a(unsigned slot)
{
	return 3 + 2 * slot;
}

/* Row i of the lower triangle. */
static double *row(struct bank_filter *k, unsigned i)
{
	return &k->p[i * (i + 1) / 2];
}

static double *at(struct bank_filter *k, unsigned i, unsigned j)
{
	return i >= j ? row(k, i) + j : row(k, j) + i;
}

static double p(const struct bank_filter *k, unsigned i, unsigned j)
{
	return i >= j ? k->p[i * (i + 1) / 2 + j] : k->p[j * (j + 1) / 2 + i];
}

static double square(double x)
{
	return x * x;
}

static double bias_var(double path_s)
{
	return square(BIAS_SHARE) * path_s * fmin(path_s, LEG_S);
}

static double share_var(const struct bank_filter *k)
{
	return square(k->model == NOISE_SHARE ? SHARE_SIGMA_FREE : SHARE_SIGMA);
}

static const struct bank_filter *best_filter(const struct bank *b)
{
	const struct bank_filter *best = &b->filter[0];

	for (unsigned i = 1; i < BANK_FILTERS; i++)
		if (b->filter[i].log_weight > best->log_weight)
			best = &b->filter[i];
	return best;
}

/* --- the filters' word together ------------------------------------------- */

/* Variance of x as the best known source shows it. */
static double seen_var(const struct bank_filter *k, unsigned n)
{
	double least = p(k, X, X);

	for (unsigned i = 0; i < n; i++) {
		unsigned b = at_b(i);

		least = fmin(least, p(k, X, X) + 2 * p(k, X, b) + p(k, b, b));
	}
	return fmax(least, PXX_MIN);
}

static void add_belief(struct belief *sum, const struct bank_filter *k,
		       unsigned n, double w)
{
	sum->x += w * k->x[X];
	sum->f += w * k->x[F];
	sum->pxx += w * p(k, X, X);
	sum->pxf += w * p(k, X, F);
	sum->pff += w * p(k, F, F);
	sum->seen_var += w * seen_var(k, n);
	sum->q += w * log(k->q);
	sum->q_most += w * k->q;
}

/* Means, and covariances with what the filters differ by. */
static void mix(struct bank *b)
{
	struct belief sum = {0};
	double w[BANK_FILTERS], total = 0;

	for (unsigned i = 0; i < BANK_FILTERS; i++)
		total += w[i] = exp(b->filter[i].log_weight);
	for (unsigned i = 0; i < BANK_FILTERS; i++)
		add_belief(&sum, &b->filter[i], b->n, w[i] /= total);
	sum.q = exp(sum.q);
	/* The weights add up to 1 but for rounding; what is no number stays none. */
	if (fabs(sum.f) > b->limit)
		sum.f = copysign(b->limit, sum.f);
	for (unsigned i = 0; i < BANK_FILTERS; i++) {
		double dx = b->filter[i].x[X] - sum.x;
		double df = b->filter[i].x[F] - sum.f;

		sum.pxx += w[i] * dx * dx;
		sum.pxf += w[i] * dx * df;
		sum.pff += w[i] * df * df;
	}
	b->belief = sum;
}

struct belief belief_later(const struct belief *b, double dt, double u)
{
	struct belief later = *b;
	double grown = dt * (2 * b->pxf + dt * (b->pff + b->q * dt / 3));

	later.x += (b->f - u) * dt;
	later.pxx = fmax(b->pxx + grown, PXX_MIN);
	later.seen_var = fmax(b->seen_var + grown, PXX_MIN);
	later.pxf += dt * (b->pff + b->q * dt / 2);
	later.pff += dt * b->q;
	return later;
}

double bank_noise(const struct bank *b, const struct noise_level *level)
{
	double sum = 0, total = 0;

	for (unsigned i = 0; i < BANK_FILTERS; i++) {
		const struct bank_filter *k = &b->filter[i];
		double w = exp(k->log_weight);

		sum += w * log(noise_variance(level, k->model));
		total += w;
	}
	return exp(sum / total);
}

bool bank_sane(const struct bank *b)
{
	const struct belief *m = &b->belief;

	return isfinite(m->x) && isfinite(m->f) && isfinite(m->pxx) &&
	       isfinite(m->pxf) && isfinite(m->pff) && isfinite(m->seen_var) &&
	       isfinite(m->q);
}

/* --- states come and go ---------------------------------------------------- */

/* State i is v with this variance, and has nothing to do with the others. */
static void set_state(struct bank *b, struct bank_filter *k, unsigned i,
		      double v, double variance)
{
	for (unsigned j = 0; j < 2 + 2 * b->n; j++)
		*at(k, i, j) = 0;
	k->x[i] = v;
	*at(k, i, i) = variance;
}

static void add_diagonal(struct bank *b, unsigned i, double variance)
{
	for (unsigned k = 0; k < BANK_FILTERS; k++)
		*at(&b->filter[k], i, i) += variance;
}

static void set_slot(struct bank *b, unsigned slot, double path_s)
{
	b->slot[slot] = (struct bank_slot){
		.path_s = path_s,
		.calm_s = HUGE_VAL,
		.bias_var = fmax(bias_var(path_s), PBB_MIN),
		.prior_var = fmax(bias_var(path_s), PBB_MIN),
	};
	for (unsigned i = 0; i < BANK_FILTERS; i++) {
		struct bank_filter *k = &b->filter[i];

		set_state(b, k, at_b(slot), 0, b->slot[slot].bias_var);
		set_state(b, k, at_a(slot), 0, share_var(k));
	}
}

void bank_init(struct bank *b, double x, double variance, double f,
	       double sigma)
{
	*b = (struct bank){.limit = HUGE_VAL};
	for (unsigned i = 0; i < BANK_FILTERS; i++) {
		struct bank_filter *k = &b->filter[i];

		k->q = Q_LOWEST * pow(Q_RATIO, i % BANK_WANDERS);
		k->model = (enum noise_model)(i / BANK_WANDERS);
		set_state(b, k, X, x, variance);
		set_state(b, k, F, f, square(sigma));
	}
	mix(b);
}

void bank_restart(struct bank *b, double x, double variance)
{
	unsigned n = b->n;

	for (unsigned i = 0; i < BANK_FILTERS; i++) {
		struct bank_filter *k = &b->filter[i];

		set_state(b, k, X, x, variance);
	}
	for (unsigned i = 0; i < n; i++)
		set_slot(b, i, b->slot[i].path_s);
	mix(b);
}

unsigned bank_join(struct bank *b, double path_s)
{
	assert(b->n < BANK_SLOTS);
	b->n++;
	set_slot(b, b->n - 1, path_s);
	return b->n - 1;
}

void bank_leave(struct bank *b, unsigned slot)
{
	unsigned last = b->n - 1;

	assert(slot < b->n);
	b->slot[slot] = b->slot[last];
	for (unsigned i = 0; i < BANK_FILTERS && slot != last; i++) {
		struct bank_filter *k = &b->filter[i];

		for (unsigned s = 0; s < 2; s++) {
			unsigned to = at_b(slot) + s, from = at_b(last) + s;

			k->x[to] = k->x[from];
			for (unsigned j = 0; j < at_b(last); j++)
				if (j != at_b(slot) && j != at_a(slot))
					*at(k, to, j) = p(k, from, j);
		}
		*at(k, at_b(slot), at_b(slot)) = p(k, at_b(last), at_b(last));
		*at(k, at_b(slot), at_a(slot)) = p(k, at_b(last), at_a(last));
		*at(k, at_a(slot), at_a(slot)) = p(k, at_a(last), at_a(last));
	}
	b->n--;
	mix(b);
}

void bank_new_path(struct bank *b, unsigned slot, double path_s,
		   double longer_s)
{
	double one_way_s = fmax(longer_s, 0) / 2;

	set_slot(b, slot, path_s);
	b->slot[slot].prior_var += square(one_way_s);
	add_diagonal(b, at_b(slot), square(one_way_s));
	mix(b);
}

static void keep_correlation(struct bank_filter *k, unsigned i)
{
	double most = k->p[0] * p(k, i, i), *c = at(k, i, X);

	if (*c * *c > most)
		*c = copysign(sqrt(most), *c);
}

/* Rounding must not make of a covariance what is none. */
static void keep_positive(struct bank_filter *k, unsigned m)
{
	k->p[0] = fmax(k->p[0], PXX_MIN);
	*at(k, F, F) = fmax(p(k, F, F), PFF_MIN);
	for (unsigned i = 2; i < m; i += 2) {
		*at(k, i, i) = fmax(p(k, i, i), PBB_MIN);
		*at(k, i + 1, i + 1) = fmax(p(k, i + 1, i + 1), PAA_MIN);
		keep_correlation(k, i);
		keep_correlation(k, i + 1);
	}
	keep_correlation(k, F);
}

/* --- time ------------------------------------------------------------------ */

/* Nobody knows f worse than that.  Scaled with all that it is correlated with. */
static void limit_pff(struct bank_filter *k, unsigned m)
{
	double scale = sqrt(PFF_MAX / p(k, F, F));

	if (scale >= 1)
		return;
	for (unsigned j = 0; j < m; j++)
		*at(k, F, j) *= scale;
	*at(k, F, F) = PFF_MAX;
}

static void predict(struct bank *b, struct bank_filter *k, double dt, double u)
{
	unsigned m = 2 + 2 * b->n;
	double pff = p(k, F, F), q = k->q;

	k->x[X] += (k->x[F] - u) * dt;
	k->p[0] += dt * (2 * p(k, F, X) + dt * (pff + q * dt / 3));
	*at(k, F, X) += dt * (pff + q * dt / 2);
	*at(k, F, F) = pff + q * dt;
	for (unsigned j = 2; j < m; j++)
		row(k, j)[X] += dt * row(k, j)[F];
	limit_pff(k, m);
	for (unsigned i = 0; i < b->n; i++) {
		*at(k, at_b(i), at_b(i)) += dt * b->slot[i].bias_var / DAY_S;
		*at(k, at_a(i), at_a(i)) += dt * share_var(k) / DAY_S;
	}
	keep_positive(k, m);
}

void bank_predict(struct bank *b, double dt_s, double u)
{
	for (unsigned i = 0; i < b->n; i++) {
		b->slot[i].calm_s += dt_s;
		b->slot[i].prior_var += dt_s * b->slot[i].bias_var / DAY_S;
	}
	for (unsigned i = 0; i < BANK_FILTERS; i++)
		predict(b, &b->filter[i], dt_s, u);
	mix(b);
}

void bank_shift(struct bank *b, double offset_s)
{
	for (unsigned i = 0; i < BANK_FILTERS; i++)
		b->filter[i].x[X] -= offset_s;
	b->belief.x -= offset_s;
}

void bank_limit(struct bank *b, double limit)
{
	b->limit = limit;
	for (unsigned i = 0; i < BANK_FILTERS; i++)
		b->filter[i].x[F] =
			fmin(fmax(b->filter[i].x[F], -limit), limit);
	b->belief.f = fmin(fmax(b->belief.f, -limit), limit);
}

void bank_doubt(struct bank *b, double variance)
{
	for (unsigned i = 0; i < BANK_FILTERS; i++)
		b->filter[i].p[0] += variance;
	mix(b);
}

/* --- a sample --------------------------------------------------------------- */

/*
 * What a filter makes of a sample: nu, its variance S = h P h' + R, and P h',
 * which (P h')_j^2 <= (h P h') P_jj holds for in spite of rounding: so no
 * variance becomes negative.
 */
struct innovation {
	double nu, s;
	double ph[BANK_STATES];
};

static void innovate(const struct bank_filter *k, unsigned m, unsigned slot,
		     double z, double e, double r, struct innovation *out)
{
	unsigned b = at_b(slot), a = at_a(slot);
	double hph;

	assert(a < m && m <= BANK_STATES);
	for (unsigned j = 0; j < m; j++)
		out->ph[j] = p(k, X, j) + p(k, b, j) + e * p(k, a, j);
	hph = fmax(out->ph[X] + out->ph[b] + e * out->ph[a], 0);
	for (unsigned j = 0; j < m; j++)
		if (square(out->ph[j]) > hph * p(k, j, j))
			out->ph[j] =
				copysign(sqrt(hph * p(k, j, j)), out->ph[j]);
	out->s = hph + r;
	out->nu = z - k->x[X] - k->x[b] - e * k->x[a];
}

static void correct(struct bank_filter *k, unsigned m,
		    const struct innovation *in)
{
	for (unsigned i = 0; i < m; i++) {
		double gain = in->ph[i] / in->s, *pi = row(k, i);

		k->x[i] += gain * in->nu;
		for (unsigned j = 0; j <= i; j++)
			pi[j] -= gain * in->ph[j];
	}
	keep_positive(k, m);
}

/*
 * All that ties a source's samples to x is the prior of its b.  That is a
 * measurement of b = 0 with this variance; the same once more with the variance
 * negative takes it out, and all that followed from it.
 */
static void take_out(struct bank_filter *k, unsigned m, unsigned slot,
		     double prior_var)
{
	unsigned b = at_b(slot);
	struct innovation in = {
		.nu = -k->x[b],
		.s = p(k, b, b) - prior_var,
	};

	if (p(k, b, b) > ONLY * prior_var)
		return;
	for (unsigned j = 0; j < m; j++)
		in.ph[j] = p(k, b, j);
	correct(k, m, &in);
}

void bank_disown(struct bank *b, unsigned slot)
{
	assert(slot < b->n);
	if (b->n == 1)
		return;
	for (unsigned i = 0; i < BANK_FILTERS; i++)
		take_out(&b->filter[i], 2 + 2 * b->n, slot,
			 b->slot[slot].prior_var);
	set_slot(b, slot, b->slot[slot].path_s);
	mix(b);
}

/*
 * Beyond the gate the influence is bounded (Huber): nu counts as GATE sigmas,
 * and the likelihood has the tails of an exponential.  Returns its logarithm.
 */
static double temper(struct innovation *in)
{
	double d2 = square(in->nu) / in->s;
	double log_s = log(in->s);

	if (d2 <= GATE * GATE)
		return -0.5 * (d2 + log_s);
	in->s = square(in->nu / GATE);
	return -0.5 * (GATE * (2 * sqrt(d2) - GATE) + log_s);
}

static double expected_share(const struct noise_level *level)
{
	return fmin(level->excess_s, SHARE_REACH * level->spread_s);
}

static void level_weights(struct bank *b)
{
	double best = -HUGE_VAL;

	for (unsigned i = 0; i < BANK_FILTERS; i++)
		best = fmax(best, b->filter[i].log_weight);
	for (unsigned i = 0; i < BANK_FILTERS; i++)
		b->filter[i].log_weight =
			fmax(b->filter[i].log_weight - best, LOG_WEIGHT_MIN);
}

/*
 * Do most of the sources say that the clock has changed to this side, or with
 * sign 0 that it has not?
 */
static bool most_say(const struct bank *b, int sign)
{
	unsigned count = 0;

	if (b->n == 1)
		return b->slot[0].outliers * sign > 1;
	for (unsigned i = 0; i < b->n; i++) {
		int outliers = b->slot[i].outliers;

		count += sign == 0 ? outliers == 0 : outliers * sign > 0;
	}
	return 2 * count > b->n;
}

/* How long ago may it have changed?  When the first who say so were still calm. */
static double calm_since_s(const struct bank *b, int sign)
{
	double longest = 1;

	for (unsigned i = 0; i < b->n; i++)
		if (b->slot[i].outliers * sign > 0)
			longest = fmax(longest, b->slot[i].calm_s);
	return longest;
}

/* An outlier: the clock, or the server? */
static void wonder(struct bank *b, unsigned slot, double nu)
{
	struct bank_slot *s = &b->slot[slot];
	int sign = nu < 0 ? -1 : 1;

	s->outliers = s->outliers * sign > 0 ? s->outliers + sign : sign;
	if (most_say(b, sign)) {
		double turn = fmin(fabs(nu) / calm_since_s(b, sign), 1e-3);

		add_diagonal(b, F, turn * turn);
		add_diagonal(b, X, nu * nu);
		for (unsigned i = 0; i < b->n; i++)
			b->slot[i].outliers = 0;
		b->surprised = true;
	} else if (s->outliers * sign >= (b->n == 2 ? 1 : OUTLIERS_MAX) &&
		   (b->n == 2 || most_say(b, 0))) {
		s->outliers = 0;
		b->astray = true;
	}
}

bool bank_agrees(const struct bank *b, double z, double path_s,
		 const struct noise_level *level)
{
	double nu = z - b->belief.x;
	double s = b->belief.pxx + bias_var(path_s) + bank_noise(b, level);

	return nu * nu <= OUTLIER * OUTLIER * s;
}

/*
 * Does the sample tell which filters are good?  One with a queue of its own
 * does not, and an outlier of a single source is that source's affair.
 */
static bool tells(struct bank *b, unsigned slot, double z,
		  const struct noise_level *level)
{
	const struct bank_filter *k = best_filter(b);
	struct innovation in = {0};

	b->surprised = b->odd = b->astray = false;
	if (noise_is_spike(level))
		return false;
	innovate(k, 2 + 2 * b->n, slot, z, expected_share(level),
		 noise_variance(level, k->model), &in);
	if (square(in.nu) > OUTLIER * OUTLIER * in.s) {
		b->odd = true;
		wonder(b, slot, in.nu);
		return b->surprised;
	}
	b->slot[slot].outliers = 0;
	b->slot[slot].calm_s = 0;
	return true;
}

double bank_update(struct bank *b, unsigned slot, double z,
		   const struct noise_level *level)
{
	double e = expected_share(level), nu = 0;
	const struct bank_filter *best = best_filter(b);
	bool telling, not_ours;

	assert(slot < b->n);
	telling = tells(b, slot, z, level);
	/* The others are calm: it is that server's affair, or soon to be seen. */
	not_ours = b->odd && !b->surprised && most_say(b, 0);
	for (unsigned i = 0; i < BANK_FILTERS; i++) {
		struct bank_filter *k = &b->filter[i];
		struct innovation in = {0};
		double ll;

		innovate(k, 2 + 2 * b->n, slot, z, e,
			 noise_variance(level, k->model), &in);
		if (k == best)
			nu = in.nu;
		ll = temper(&in);
		if (telling)
			k->log_weight = FORGET * k->log_weight + ll;
		if (!not_ours)
			correct(k, 2 + 2 * b->n, &in);
	}
	level_weights(b);
	mix(b);
	return nu;
}
