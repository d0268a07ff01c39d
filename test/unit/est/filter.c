/* SPDX-License-Identifier: BSD-2-Clause */
#include "est/filter.h"

#include "base/rng.h"
#include "base/units.h"
#include "near.h"

static const struct filter_now at_64s = {
	.mono_ns = 64 * NS_PER_S,
	.precision_s = 1e-7,
};

static struct sample taken(double t_s, double offset_s, double delay_s)
{
	return (struct sample){
		.mono_ns = ns_from_s(t_s),
		.offset_s = offset_s,
		.delay_s = delay_s,
		.disp_s = 1e-6,
		.root_delay_s = 0.02,
		.root_disp_s = 0.003,
		.stratum = 2,
	};
}

/* One sample is enough, and its distance says how little it promises. */
static void single(void **state)
{
	struct filter f = {0};
	struct sample s = taken(62, 0.25, 0.010);
	struct filter_estimate est;

	(void)state;
	filter_add(&f, &s, 0);
	est = filter_estimate(&f, &at_64s);
	assert_near(est.offset_s, 0.25, 1e-15);
	assert_near(est.disp_s, 1e-6 + 2 * NTP_PHI, 1e-12);
	assert_near(est.jitter_s, 1e-7, 1e-12);
	/* (0.02 + 0.01) / 2 + 0.003 + disp + jitter */
	assert_near(est.root_dist_s, 0.018 + 31e-6 + 1e-7, 1e-9);
	assert_true(est.variance > 0 && est.weight > 0);
}

/* RFC 5905 section 10: the sample of least delay speaks. */
static void least_delay(void **state)
{
	struct filter f = {0};
	static const double delay[] = {0.050, 0.012, 0.030, 0.090};
	struct filter_estimate est;

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct sample s = taken(56 + 2 * i, 0.1 * i, delay[i]);

		filter_add(&f, &s, 0);
	}
	est = filter_estimate(&f, &at_64s);
	assert_near(est.offset_s, 0.1, 1e-12);
	/* differences to it: 0.1, 0.1, 0.2 */
	assert_near(est.jitter_s, sqrt(0.06 / 3), 1e-12);
}

/* A little less delay does not make up for much more age. */
static void age(void **state)
{
	struct filter f = {0};
	struct sample old = taken(0, 1, 0.0100);
	struct sample young = taken(64, 2, 0.0110);

	(void)state;
	filter_add(&f, &old, 0);
	filter_add(&f, &young, 0);
	assert_near(filter_estimate(&f, &at_64s).offset_s, 2, 0);
	f.n = 0;
	young.delay_s = 0.0130;
	filter_add(&f, &old, 0);
	filter_add(&f, &young, 0);
	assert_near(filter_estimate(&f, &at_64s).offset_s, 1, 0);
}

static void keeps_eight(void **state)
{
	struct filter f = {0};

	(void)state;
	for (int i = 0; i < 20; i++) {
		struct sample s = taken(i, i, i < 10 ? 0.001 : 0.1);

		filter_add(&f, &s, 0);
	}
	assert_int_equal(f.n, SOURCE_FILTER_LEN);
	for (size_t i = 0; i < f.n; i++)
		assert_near(f.stage[i].s.offset_s, 19.0 - (double)i, 0);
}

/*
 * What we did to our clock since is known exactly: a sample taken before a
 * slew of 100 ppm and a step of 1 s says the same afterwards.
 */
static void brought_forward(void **state)
{
	struct filter f = {0};
	struct sample s = taken(0, 1.5, 0.01);
	struct filter_now now = at_64s;

	(void)state;
	filter_add(&f, &s, 7);
	now.ledger_s = 7 + 64 * 100e-6;
	now.freq = 20e-6;
	filter_clock_moved(&f, 1.0);
	assert_near(filter_estimate(&f, &now).offset_s, 0.5 - 64 * 80e-6,
		    1e-12);
}

/* A constant added to all offsets is added to the result and changes nothing else. */
static void shift_invariance(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 7);
	for (int round = 0; round < 1000; round++) {
		struct filter a = {0}, b = {0};
		size_t n = 1 + rng_u64(&r) % 12;
		struct filter_estimate ea, eb;

		for (size_t i = 0; i < n; i++) {
			struct sample s =
				taken(5 * (double)i, 1e-3 * rng_normal(&r),
				      0.01 + 1e-3 * rng_exponential(&r));

			filter_add(&a, &s, 0);
			s.offset_s += 12.0;
			filter_add(&b, &s, 0);
		}
		ea = filter_estimate(&a, &at_64s);
		eb = filter_estimate(&b, &at_64s);
		assert_near(eb.offset_s, ea.offset_s + 12, 1e-12);
		assert_near(eb.jitter_s, ea.jitter_s, 1e-12);
		assert_near(eb.root_dist_s, ea.root_dist_s, 1e-12);
		assert_near(eb.variance, ea.variance, 1e-12);
	}
}

/*
 * The noise that is expected agrees with the noise that there is, for queues
 * that the delay shows, for jitter that it does not, and for a server whose
 * own clock is unsteady.
 */
static void honest_noise(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 11);
	for (int kind = 0; kind < 3; kind++) {
		double error2 = 0, expected = 0;

		for (int round = 0; round < 3000; round++) {
			struct filter f = {0};
			struct filter_estimate est;

			for (int i = 0; i < SOURCE_FILTER_LEN; i++) {
				double there = rng_exponential(&r) * 1e-4;
				double back = rng_exponential(&r) * 1e-4;
				double own = 0;

				if (kind == 1) {
					there = 1e-3 + rng_normal(&r) * 1e-4;
					back = 1e-3 + rng_normal(&r) * 1e-4;
				} else if (kind == 2) {
					own = rng_normal(&r) * 1e-3;
				}
				filter_add(
					&f,
					&(struct sample){
						.mono_ns =
							(i - 6) * 64 * NS_PER_S,
						.offset_s = own +
							    (there - back) / 2,
						.delay_s = 1e-3 + there + back,
						.disp_s = 1e-7,
					},
					0);
			}
			est = filter_estimate(&f, &at_64s);
			error2 += est.offset_s * est.offset_s;
			expected += est.variance;
		}
		assert_near(log(expected / error2), 0, log(2));
	}
}

/* A frequency in doubt makes an old sample count for less than a new one. */
static void weight_of_age(void **state)
{
	struct filter f = {0};
	struct sample s = taken(0, 0, 0.01);
	struct filter_now now = at_64s;
	double sure, doubtful;

	(void)state;
	filter_add(&f, &s, 0);
	sure = filter_estimate(&f, &now).weight;
	now.freq_sigma = 100e-6;
	doubtful = filter_estimate(&f, &now).weight;
	assert_true(doubtful < sure / 5);
	now.mono_ns = s.mono_ns;
	assert_near(filter_estimate(&f, &now).weight, sure, 0.2 * sure);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(single),
		cmocka_unit_test(least_delay),
		cmocka_unit_test(age),
		cmocka_unit_test(keeps_eight),
		cmocka_unit_test(brought_forward),
		cmocka_unit_test(shift_invariance),
		cmocka_unit_test(honest_noise),
		cmocka_unit_test(weight_of_age),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
