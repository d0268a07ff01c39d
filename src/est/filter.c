/* SPDX-License-Identifier: BSD-2-Clause */
#include "est/filter.h"

#include <math.h>
#include <string.h>

#include "base/units.h"

void filter_add(struct filter *f, const struct sample *s, double ledger_s)
{
	if (f->n < SOURCE_FILTER_LEN)
		f->n++;
	memmove(&f->stage[1], &f->stage[0], (f->n - 1) * sizeof f->stage[0]);
	f->stage[0] = (struct filter_stage){*s, ledger_s};
}

void filter_clock_moved(struct filter *f, double offset_s)
{
	for (size_t i = 0; i < f->n; i++)
		f->stage[i].s.offset_s -= offset_s;
}

double filter_drift(double freq_sigma)
{
	return NTP_PHI + 2 * freq_sigma;
}

static double age_s(const struct filter_stage *st, const struct filter_now *now)
{
	return fmax(s_from_ns(now->mono_ns - st->s.mono_ns), 0);
}

static double aged_disp(const struct filter_stage *st,
			const struct filter_now *now)
{
	return st->s.disp_s + filter_drift(now->freq_sigma) * age_s(st, now);
}

static double brought_forward(const struct filter_stage *st,
			      const struct filter_now *now)
{
	return st->s.offset_s - (now->ledger_s - st->ledger_s) +
	       now->freq * age_s(st, now);
}

/* The stage with the smallest bound delay / 2 + dispersion; the newest of equals. */
static const struct filter_stage *best_stage(const struct filter *f,
					     const struct filter_now *now)
{
	const struct filter_stage *best = &f->stage[0];

	for (size_t i = 1; i < f->n; i++) {
		const struct filter_stage *st = &f->stage[i];

		if (st->s.delay_s / 2 + aged_disp(st, now) <
		    best->s.delay_s / 2 + aged_disp(best, now))
			best = st;
	}
	return best;
}

/* Two standard deviations of what the frequency may do between two samples. */
static double turn_s(const struct filter_now *now, const struct sample *a,
		     const struct sample *b)
{
	return 2 * now->freq_sigma * s_from_ns(a->mono_ns - b->mono_ns);
}

static double square(double x)
{
	return x * x;
}

static void sort(double *v, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		double x = v[i];
		size_t j = i;

		for (; j > 0 && v[j - 1] > x; j--)
			v[j] = v[j - 1];
		v[j] = x;
	}
}

/* Smallest delay in the register, and how far above it the middle one lies. */
static double delay_floor(const struct filter *f, double *spread_s)
{
	double delay[SOURCE_FILTER_LEN] = {0};

	for (size_t i = 0; i < f->n; i++)
		delay[i] = f->stage[i].s.delay_s;
	sort(delay, f->n);
	*spread_s = delay[f->n / 2] - delay[0];
	return delay[0];
}

/*
 * Variance of the server's own noise: what neither delays nor a wrong frequency
 * explain of the differences between successive offsets.  The median, so that
 * a server or a clock that has changed once is not taken for a noisy one; that
 * of squares of normal deviates is 0.455.
 */
static double unexplained_variance(const struct filter *f, double floor_s,
				   const struct filter_now *now)
{
	double left[SOURCE_FILTER_LEN] = {0};

	for (size_t i = 0; i + 1 < f->n; i++) {
		const struct filter_stage *a = &f->stage[i], *b = a + 1;
		double d = brought_forward(a, now) - brought_forward(b, now);
		double ea = a->s.delay_s - floor_s;
		double eb = b->s.delay_s - floor_s;

		left[i] = fmax(d * d - (ea * ea + eb * eb) / 4 -
				       square(turn_s(now, &a->s, &b->s)),
			       0);
	}
	if (f->n < 2)
		return 0;
	sort(left, f->n - 1);
	return left[(f->n - 1) / 2] / (2 * 0.455);
}

/*
 * Noise of the best sample's offset, s^2.
 *
 * Queues in both directions make the delay longer by e and the offset wrong by
 * anything within +-e/2: variance e^2 / 12.  Jitter that the delay does not
 * show beyond its usual spread is taken from that spread.  With few samples in
 * the register nobody knows the floor yet: the smallest of n delays may be
 * queues for its n-th part, with the same variance e^2 / 12.
 */
static double noise_var(const struct filter *f, const struct filter_stage *best,
			double unexplained, const struct filter_now *now)
{
	double spread;
	double floor_s = delay_floor(f, &spread);
	double e = best->s.delay_s - floor_s;
	double left = (double)(SOURCE_FILTER_LEN - f->n) / SOURCE_FILTER_LEN;
	double doubt = 0.29 * floor_s * left / (double)f->n;

	return e * e / 12 + 0.04 * spread * spread + doubt * doubt +
	       unexplained + best->s.disp_s * best->s.disp_s +
	       now->precision_s * now->precision_s;
}

/*
 * What a frequency that is not known yet may have turned between two samples is
 * no jitter, or a long poll would make a source too bad to learn it from.
 */
static double rms_to_best(const struct filter *f,
			  const struct filter_stage *best,
			  const struct filter_now *now)
{
	double sum = 0;

	for (size_t i = 0; i < f->n; i++) {
		double d = brought_forward(&f->stage[i], now) -
			   brought_forward(best, now);

		sum += fmax(
			d * d - square(turn_s(now, &f->stage[i].s, &best->s)),
			0);
	}
	if (f->n > 1)
		sum /= (double)(f->n - 1);
	return fmax(sqrt(sum), now->precision_s);
}

struct filter_estimate filter_estimate(const struct filter *f,
				       const struct filter_now *now)
{
	const struct filter_stage *best = best_stage(f, now);
	/* The doubt about the frequency under which it was brought forward. */
	double spread_s, floor_s = delay_floor(f, &spread_s);
	double unexplained = unexplained_variance(f, floor_s, now);
	double carried = now->freq_sigma * age_s(best, now);
	struct filter_estimate est = {
		.best = &best->s,
		.offset_s = brought_forward(best, now),
		.disp_s = aged_disp(best, now),
		.jitter_s = rms_to_best(f, best, now),
		.variance = noise_var(f, best, unexplained, now),
		.unexplained = unexplained,
	};

	/* Root distance: RFC 5905 appendix A.5.5.2. */
	est.root_dist_s = (best->s.root_delay_s + best->s.delay_s) / 2 +
			  best->s.root_disp_s + est.disp_s + est.jitter_s;
	est.weight = est.variance / est.root_dist_s;
	est.variance += carried * carried;
	est.weight /= est.variance;
	return est;
}
