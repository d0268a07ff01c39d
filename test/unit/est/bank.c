/* SPDX-License-Identifier: BSD-2-Clause */
#include "est/bank.h"

#include "base/rng.h"
#include "near.h"

#define NOISE_S 1e-5

static const struct noise_level level = {
	.excess_s = 2e-5,
	.spread_s = 2e-5,
	.base_var = 1e-12,
	.n = 100,
};

static void start(struct bank *b, unsigned sources)
{
	bank_init(b, 0, 1e-6, 0, 100e-6);
	for (unsigned i = 0; i < sources; i++)
		bank_join(b, 1e-3);
}

/* A clock that nobody steers: 50 ppm fast, seen every 16 s. */
static void finds_a_line(void **state)
{
	struct bank b;
	struct rng r;

	(void)state;
	rng_seed(&r, 1);
	start(&b, 1);
	for (int i = 1; i <= 500; i++) {
		bank_predict(&b, 16, 0);
		bank_update(&b, 0, 50e-6 * 16 * i + NOISE_S * rng_normal(&r),
			    &level);
	}
	assert_near(b.belief.f, 50e-6, 0.02e-6);
	assert_near(b.belief.x, 50e-6 * 16 * 500, 2 * NOISE_S);
	assert_true(sqrt(b.belief.seen_var) < NOISE_S);
	assert_false(b.surprised);
}

/* What we do to the clock ourselves is no news. */
static void known_input(void **state)
{
	static struct bank still, steered;

	(void)state;
	start(&still, 2);
	bank_update(&still, 0, 1e-3, &level);
	steered = still;
	bank_predict(&still, 100, 0);
	bank_predict(&steered, 100, -10e-6);
	assert_near(steered.belief.x - still.belief.x, 100 * 10e-6, 1e-12);
	assert_near(steered.belief.f, still.belief.f, 1e-18);
	assert_near(steered.belief.pxx, still.belief.pxx, 1e-15);
	bank_shift(&steered, 100 * 10e-6);
	assert_near(steered.belief.x, still.belief.x, 1e-12);
}

static void time_adds_up(void **state)
{
	static struct bank a, b;

	(void)state;
	start(&a, 1);
	start(&b, 1);
	bank_predict(&a, 100, 1e-6);
	for (int i = 0; i < 10; i++)
		bank_predict(&b, 10, 1e-6);
	assert_near(a.belief.x, b.belief.x, 1e-15);
	for (int i = 0; i < BANK_FILTERS; i++)
		for (int j = 0; j < 5 * 6 / 2; j++)
			assert_near(a.filter[i].p[j], b.filter[i].p[j],
				    1e-9 * fabs(b.filter[i].p[j]));
}

static void later(void **state)
{
	struct bank b;
	struct belief told;

	(void)state;
	start(&b, 1);
	for (int i = 0; i < 20; i++) {
		bank_predict(&b, 16, 0);
		bank_update(&b, 0, 1e-4, &level);
	}
	told = belief_later(&b.belief, 300, 2e-6);
	bank_predict(&b, 300, 2e-6);
	assert_near(told.x, b.belief.x, 1e-12);
	assert_near(told.f, b.belief.f, 0);
	assert_near(sqrt(told.pxx), sqrt(b.belief.pxx),
		    0.5 * sqrt(b.belief.pxx));
}

/* Servers that disagree for ever are told apart, and their mean is quiet. */
static void constant_errors(void **state)
{
	static const double error_s[] = {1e-4, -0.5e-4, 0.3e-4};
	struct bank b;
	struct rng r;
	double before = 0;

	(void)state;
	rng_seed(&r, 2);
	bank_init(&b, 0, 1e-6, 0, 1e-6);
	for (int i = 0; i < 3; i++)
		bank_join(&b, 20e-3);
	for (int i = 0; i < 600; i++) {
		bank_predict(&b, 5, 0);
		bank_update(&b, (unsigned)i % 3,
			    error_s[i % 3] + 1e-6 * rng_normal(&r), &level);
		if (i >= 300)
			assert_near(b.belief.x, before, 5e-6);
		before = b.belief.x;
	}
	for (int i = 0; i < BANK_FILTERS; i++) {
		const struct bank_filter *k = &b.filter[i];

		if (k->log_weight == 0)
			assert_near(k->x[2] - k->x[4], 1.5e-4, 3e-6);
	}
}

/* All the delay is in one direction: the offset is right all the same. */
static void one_sided(void **state)
{
	struct bank b;
	struct rng r;

	(void)state;
	rng_seed(&r, 3);
	bank_init(&b, 0, 1e-6, 0, 1e-6);
	bank_join(&b, 20e-3);
	for (int i = 0; i < 300; i++) {
		struct noise_level l = {
			.excess_s = 1e-3 * rng_exponential(&r),
			.spread_s = 0.7e-3,
			.base_var = 1e-12,
			.n = 100,
		};

		bank_predict(&b, 16, 0);
		bank_update(&b, 0, l.excess_s / 2 + 1e-6 * rng_normal(&r), &l);
	}
	assert_near(b.belief.x, 0, 40e-6);
}

/* One outlier moves nothing; the second on its side is a clock that jumped. */
static void jump(void **state)
{
	struct bank b;
	double sigma;

	(void)state;
	start(&b, 1);
	for (int i = 0; i < 100; i++) {
		bank_predict(&b, 16, 0);
		bank_update(&b, 0, i % 2 ? NOISE_S : -NOISE_S, &level);
	}
	sigma = sqrt(b.belief.seen_var);
	bank_update(&b, 0, 0.05, &level);
	assert_false(b.surprised);
	assert_near(b.belief.x, 0, 10 * sigma);
	bank_predict(&b, 16, 0);
	bank_update(&b, 0, 0.05, &level);
	assert_true(b.surprised);
	assert_near(b.belief.x, 0.05, 1e-3);
}

/* Outliers to both sides are no jump. */
static void both_sides(void **state)
{
	struct bank b;

	(void)state;
	start(&b, 1);
	for (int i = 0; i < 100; i++) {
		bank_predict(&b, 16, 0);
		bank_update(&b, 0, 0, &level);
	}
	for (int i = 0; i < 20; i++) {
		bank_predict(&b, 16, 0);
		bank_update(&b, 0, i % 2 ? 0.05 : -0.05, &level);
		assert_false(b.surprised);
	}
	assert_near(b.belief.f, 0, 1e-6);
}

/* Of three servers one goes off by a millisecond: not the clock. */
static void server_jumps(void **state)
{
	struct bank b;
	int n = 0;

	(void)state;
	start(&b, 3);
	for (int i = 0; i < 300; i++) {
		bank_predict(&b, 5, 0);
		bank_update(&b, (unsigned)i % 3, i % 2 ? 1e-6 : -1e-6, &level);
	}
	for (; !b.astray && n < 30; n++) {
		bank_predict(&b, 5, 0);
		bank_update(&b, (unsigned)n % 3, n % 3 == 1 ? 1e-3 : 0, &level);
		assert_false(b.surprised);
		assert_near(b.belief.x, 0, 10e-6);
	}
	assert_int_equal(n, 8);
	assert_true(bank_agrees(&b, 1e-5, 1e-3, &level));
	assert_false(bank_agrees(&b, 1e-3, 1e-3, &level));
	assert_true(bank_agrees(&b, 1e-3, 0.1, &level));
}

/*
 * Between two that disagree x is where their constant errors are least
 * surprising: up to 20 ms, a path's variance grows as its square, 0.015 sigma,
 * and from there as the path.
 */
static void whom_to_trust(void **state)
{
	static struct bank b;

	(void)state;
	start(&b, 0);
	bank_join(&b, 10e-3);
	bank_join(&b, 80e-3);
	for (int i = 0; i < 40; i++) {
		bank_predict(&b, 16, 0);
		bank_update(&b, 0, 0, &level);
		bank_update(&b, 1, 340e-6, &level);
	}
	/* 0.08 * 0.02 / 0.01^2 = 16 times the variance */
	assert_near(b.belief.x, 340e-6 / 17, 2e-6);
}

/* A false server leaves no trace in the others' constant errors. */
static void hears_no_lies(void **state)
{
	static struct bank b;
	double before;

	(void)state;
	start(&b, 4);
	for (unsigned i = 0; i < 12; i++)
		bank_update(&b, i % 3, 0, &level);
	bank_update(&b, 3, 0, &level);
	before = b.belief.x;
	for (int i = 0; i < 3; i++) {
		bank_update(&b, 3, 0.02, &level);
		assert_true(b.odd && !b.surprised);
		assert_near(b.belief.x, before, 1e-15);
	}
	assert_true(b.astray);
}

/* A new oscillator's wander is found by predicting well with it. */
static void learns_wander(void **state)
{
	static const double wander[] = {1e-10, 1e-7};
	double q[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		double x = 0, f = 0;
		struct bank b;
		struct rng r;

		rng_seed(&r, 4);
		start(&b, 1);
		for (int n = 0; n < 1000; n++) {
			x += f * 16;
			f += wander[i] * sqrt(16) * rng_normal(&r);
			bank_predict(&b, 16, 0);
			bank_update(&b, 0, x + NOISE_S * rng_normal(&r),
				    &level);
		}
		q[i] = b.belief.q;
	}
	assert_true(q[0] < 1e-17);
	assert_near(log10(q[1]), -14, 1);
}

/* What is said of one's own error is true, over many clocks. */
static void honest(void **state)
{
	double nees = 0;
	int n = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++) {
		double x = 0, f = 20e-6;
		struct bank b;
		struct rng r;

		rng_seed(&r, seed);
		start(&b, 1);
		for (int i = 0; i < 300; i++) {
			x += f * 64;
			f += 3e-9 * sqrt(64) * rng_normal(&r);
			bank_predict(&b, 64, 0);
			bank_update(&b, 0, x + NOISE_S * rng_normal(&r),
				    &level);
			if (i < 50)
				continue;
			nees += (b.belief.x - x) * (b.belief.x - x) /
				b.belief.pxx;
			n++;
		}
	}
	assert_true(nees / n > 0.1 && nees / n < 1.5);
}

/* Who leaves takes nothing of the others with it. */
static void leave(void **state)
{
	static struct bank three, two;

	(void)state;
	start(&three, 3);
	start(&two, 0);
	bank_join(&two, 1e-3);
	bank_join(&two, 1e-3);
	for (int i = 0; i < 20; i++) {
		bank_predict(&three, 16, 0);
		bank_predict(&two, 16, 0);
		bank_update(&three, 2, 1e-4, &level);
		bank_update(&two, 0, 1e-4, &level);
		bank_update(&three, 1, 0, &level);
		bank_update(&two, 1, 0, &level);
	}
	bank_leave(&three, 0); /* the third one takes its place */
	assert_int_equal(three.n, 2);
	assert_near(three.belief.x, two.belief.x, 1e-12);
	for (int i = 0; i < BANK_FILTERS; i++) {
		for (int j = 0; j < 6; j++)
			assert_near(three.filter[i].x[j], two.filter[i].x[j],
				    1e-12);
		for (int j = 0; j < 6 * 7 / 2; j++)
			assert_near(three.filter[i].p[j], two.filter[i].p[j],
				    1e-9 * fabs(two.filter[i].p[j]) + 1e-24);
	}
	bank_update(&three, 0, 1e-4, &level);
	bank_update(&two, 0, 1e-4, &level);
	assert_near(three.belief.x, two.belief.x, 1e-12);
	bank_leave(&three, 1);
	bank_leave(&three, 0);
	assert_int_equal(three.n, 0);
	assert_true(bank_sane(&three));
}

/* As if it had never been heard: x, its variance, what the others' b are. */
static void disown(void **state)
{
	static struct bank four, three;

	(void)state;
	start(&four, 4);
	start(&three, 3);
	for (int i = 0; i < 200; i++) {
		bank_predict(&four, 16, 0);
		bank_predict(&three, 16, 0);
		for (unsigned s = 0; s < 3; s++) {
			bank_update(&four, s, 1e-6 * s, &level);
			bank_update(&three, s, 1e-6 * s, &level);
		}
		bank_update(&four, 3, 2e-5, &level);
	}
	assert_true(four.belief.x - three.belief.x > 3e-6);
	bank_disown(&four, 3);
	assert_near(four.belief.x, three.belief.x, 1e-8);
	assert_near(four.belief.pxx, three.belief.pxx, 0.05 * three.belief.pxx);
	/* It starts as a newcomer would. */
	bank_update(&four, 3, 2e-5, &level);
	bank_join(&three, 1e-3);
	bank_update(&three, 3, 2e-5, &level);
	assert_near(four.belief.x, three.belief.x, 2e-7);
	for (unsigned s = 3; s > 0; s--) {
		bank_disown(&four, s);
		bank_leave(&four, s);
	}
	/* Who is alone is what x is known by. */
	three = four;
	bank_disown(&four, 0);
	assert_memory_equal(&four, &three, sizeof four);
	assert_true(bank_sane(&four));
}

/* Covariances stay what they are called, whatever the noise. */
static void positive(void **state)
{
	struct bank b;
	struct rng r;

	(void)state;
	rng_seed(&r, 5);
	start(&b, 4);
	for (int i = 0; i < 20000; i++) {
		struct noise_level l = {
			.excess_s = exp(3 * rng_normal(&r)) * 1e-5,
			.spread_s = exp(3 * rng_normal(&r)) * 1e-5,
			.base_var = 1e-16,
			.n = 100,
		};

		bank_predict(&b, exp(3 * rng_normal(&r)), 0);
		bank_update(&b, (unsigned)(rng_u64(&r) % b.n),
			    rng_normal(&r) * 1e-4, &l);
		assert_true(bank_sane(&b));
		for (int k = 0; k < BANK_FILTERS; k++) {
			const double *p = b.filter[k].p;

			/* the 2 x 2 minor of x and f */
			assert_true(p[0] > 0 && p[2] > 0);
			assert_true(p[0] * p[2] - p[1] * p[1] >
				    -1e-6 * p[0] * p[2]);
		}
	}
}

/* The clock moved by c: the same as all servers c farther away. */
static void shifted(void **state)
{
	const double c = 12.5;
	struct bank a, b;
	struct rng r;

	(void)state;
	rng_seed(&r, 21);
	start(&a, 3);
	start(&b, 3);
	for (int i = 0; i < 600; i++) {
		double z = 1e-4 * rng_normal(&r) + (i > 400 ? 1e-2 : 0);
		struct noise_level l = level;

		l.excess_s = l.spread_s * rng_exponential(&r);
		if (i == 200)
			bank_shift(&b, -c);
		bank_predict(&a, 16, 0);
		bank_predict(&b, 16, 0);
		bank_update(&a, (unsigned)i % 3, z, &l);
		bank_update(&b, (unsigned)i % 3, i < 200 ? z : z + c, &l);
		assert_near(b.belief.x, a.belief.x + (i < 200 ? 0 : c), 1e-9);
		assert_near(b.belief.f, a.belief.f, 1e-11);
		assert_near(b.belief.pxx / a.belief.pxx, 1, 1e-6);
	}
}

/*
 * Samples of one moment are the same knowledge in any order; only the weights
 * of the filters remember which one was the last.
 */
static void same_time(void **state)
{
	const unsigned order[2][3] = {{0, 1, 2}, {2, 0, 1}};
	struct bank b[2];
	struct rng r;

	(void)state;
	rng_seed(&r, 22);
	start(&b[0], 3);
	start(&b[1], 3);
	for (int i = 0; i < 300; i++) {
		double z[3], sigma;

		for (int k = 0; k < 3; k++)
			z[k] = 1e-7 * rng_normal(&r);
		for (int n = 0; n < 2; n++) {
			bank_predict(&b[n], 64, 0);
			for (int k = 0; k < 3; k++)
				bank_update(&b[n], order[n][k], z[order[n][k]],
					    &level);
		}
		for (int k = 0; k < BANK_FILTERS; k++) {
			const struct bank_filter *f = &b[0].filter[k];

			sigma = sqrt(f->p[0]);
			assert_near(b[1].filter[k].x[0], f->x[0], 1e-3 * sigma);
			assert_near(b[1].filter[k].p[0], f->p[0],
				    1e-6 * f->p[0]);
		}
		sigma = sqrt(b[0].belief.pxx);
		assert_near(b[1].belief.x, b[0].belief.x, 0.05 * sigma);
	}
}

static void restart(void **state)
{
	struct bank b;
	double f, pff, q;

	(void)state;
	start(&b, 2);
	for (int i = 0; i < 100; i++) {
		bank_predict(&b, 16, 0);
		bank_update(&b, (unsigned)i % 2, 1e-5 * i, &level);
	}
	f = b.belief.f;
	pff = b.belief.pff;
	q = b.belief.q;
	bank_restart(&b, 5, 1e-4);
	assert_near(b.belief.x, 5, 1e-12);
	assert_near(b.belief.pxx, 1e-4, 1e-12);
	assert_near(b.belief.f, f, 1e-15);
	assert_near(b.belief.pff, pff, 1e-6 * pff);
	assert_near(b.belief.q, q, 1e-9 * q);
	assert_true(bank_sane(&b));
	b.filter[BANK_FILTERS - 1].x[0] = nan("");
	bank_predict(&b, 1, 0);
	assert_false(bank_sane(&b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_a_line),
		cmocka_unit_test(known_input),
		cmocka_unit_test(time_adds_up),
		cmocka_unit_test(later),
		cmocka_unit_test(constant_errors),
		cmocka_unit_test(one_sided),
		cmocka_unit_test(jump),
		cmocka_unit_test(both_sides),
		cmocka_unit_test(server_jumps),
		cmocka_unit_test(whom_to_trust),
		cmocka_unit_test(hears_no_lies),
		cmocka_unit_test(learns_wander),
		cmocka_unit_test(honest),
		cmocka_unit_test(leave),
		cmocka_unit_test(disown),
		cmocka_unit_test(positive),
		cmocka_unit_test(shifted),
		cmocka_unit_test(same_time),
		cmocka_unit_test(restart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
