/* SPDX-License-Identifier: BSD-2-Clause */
#include "est/kalman.h"

#include "base/rng.h"
#include "near.h"

/* An oscillator that needs 50 ppm, measured with 1 ms of noise. */
static void finds_a_line(void **state)
{
	struct kalman k;
	struct rng r;

	(void)state;
	rng_seed(&r, 3);
	kalman_init(&k, 0, 1e-6, 0, 100e-6);
	for (int i = 1; i <= 500; i++) {
		kalman_predict(&k, 64, 0);
		kalman_update(&k, 50e-6 * 64 * i + 1e-3 * rng_normal(&r), 1e-6,
			      64);
	}
	assert_near(k.f, 50e-6, 1e-6);
	assert_near(k.x, 50e-6 * 64 * 500, 0.5e-3);
}

/* The same with 40 ppm already applied: what is known need not be found. */
static void known_input(void **state)
{
	struct kalman k, still;

	(void)state;
	kalman_init(&k, 1e-3, 1e-6, 50e-6, 1e-6);
	still = k;
	kalman_predict(&k, 100, 40e-6);
	kalman_predict(&still, 100, 0);
	assert_near(k.x, 1e-3 + 100 * 10e-6, 1e-15);
	assert_near(k.f, 50e-6, 0);
	assert_near(k.pxx, still.pxx, 0);
	assert_near(k.pff, still.pff, 0);
}

/* Two halves of a time give what the whole gives. */
static void time_adds_up(void **state)
{
	struct kalman a, b;

	(void)state;
	kalman_init(&a, 1e-3, 1e-6, 50e-6, 1e-6);
	b = a;
	kalman_predict(&a, 100, 1e-6);
	kalman_predict(&b, 37, 1e-6);
	kalman_predict(&b, 63, 1e-6);
	assert_near(a.x, b.x, 1e-15);
	assert_near(a.pxx, b.pxx, 1e-15 * a.pxx + 1e-24);
	assert_near(a.pxf, b.pxf, 1e-12 * fabs(a.pxf));
	assert_near(a.pff, b.pff, 1e-12 * a.pff);
}

/* What it says of its own error is true: mean of error^2 / P about 1. */
static void honest(void **state)
{
	double nees = 0;
	struct rng r;

	(void)state;
	rng_seed(&r, 4);
	for (int run = 0; run < 300; run++) {
		double x = 0, f = 100e-6 * rng_normal(&r);
		struct kalman k;

		kalman_init(&k, 1e-4 * rng_normal(&r), 1e-8, 0, 100e-6);
		for (int i = 0; i < 100; i++) {
			x += f * 64;
			f += 3e-9 * 8 * rng_normal(&r);
			kalman_predict(&k, 64, 0);
			kalman_update(&k, x + 1e-4 * rng_normal(&r), 1e-8, 64);
		}
		nees += (k.x - x) * (k.x - x) / k.pxx / 300;
	}
	assert_near(nees, 1, 0.5);
}

static struct kalman settled(void)
{
	struct kalman k;

	kalman_init(&k, 0, 1e-10, 0, 1e-8);
	for (int i = 0; i < 100; i++) {
		kalman_predict(&k, 64, 0);
		kalman_update(&k, i % 2 ? 1e-5 : -1e-5, 1e-10, 64);
	}
	return k;
}

/* One measurement that is wrong by 50 ms moves the clock by no more than its error. */
static void outlier(void **state)
{
	struct kalman k = settled();
	double x, f = k.f;
	double sigma = sqrt(k.pxx);

	(void)state;
	kalman_predict(&k, 64, 0);
	x = k.x;
	kalman_update(&k, 0.05, 1e-10, 64);
	assert_false(k.surprised);
	assert_true(fabs(k.x - x) < sigma);
	assert_near(k.f, f, 1e-8);
}

/* When it was not one but a jump, it follows at the third. */
static void jump(void **state)
{
	struct kalman k = settled();
	int n = 0;

	(void)state;
	do {
		kalman_predict(&k, 64, 0);
		kalman_update(&k, 0.05, 1e-10, 64);
		n++;
	} while (!k.surprised && n < 10);
	assert_int_equal(n, 3);
	assert_near(k.x, 0.05, 1e-4);
}

/* Outliers of both signs never add up to one. */
static void both_sides(void **state)
{
	struct kalman k = settled();

	(void)state;
	for (int i = 0; i < 100; i++) {
		kalman_predict(&k, 64, 0);
		kalman_update(&k, i % 2 ? 0.1 : -0.1, 1e-10, 64);
		assert_false(k.surprised);
	}
	assert_near(k.f, 0, 1e-6);
}

/* The wander that it believes in follows the wander that there is. */
static void learns_wander(void **state)
{
	static const double wander[] = {1e-10, 1e-7};
	double q[2];
	struct rng r;

	(void)state;
	rng_seed(&r, 6);
	for (int i = 0; i < 2; i++) {
		double x = 0, f = 0;
		struct kalman k;

		kalman_init(&k, 0, 1e-10, 0, 1e-6);
		for (int n = 0; n < 2000; n++) {
			x += f * 64;
			f += wander[i] * 8 * rng_normal(&r);
			kalman_predict(&k, 64, 0);
			kalman_update(&k, x + 1e-5 * rng_normal(&r), 1e-10, 64);
		}
		q[i] = k.q;
	}
	assert_true(q[0] < 1e-16);
	assert_true(q[1] > 1e-15);
}

static void restart(void **state)
{
	struct kalman k = settled();
	double q = k.q, f = k.f, pff = k.pff;

	(void)state;
	kalman_restart(&k, 5, 1e-4);
	assert_near(k.x, 5, 0);
	assert_near(k.pxx, 1e-4, 0);
	assert_near(k.f, f, 0);
	assert_near(k.pff, pff, 0);
	assert_near(k.q, q, 0);
	assert_true(kalman_sane(&k));
	k.x = nan("");
	assert_false(kalman_sane(&k));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_a_line), cmocka_unit_test(known_input),
		cmocka_unit_test(time_adds_up), cmocka_unit_test(honest),
		cmocka_unit_test(outlier),      cmocka_unit_test(jump),
		cmocka_unit_test(both_sides),   cmocka_unit_test(learns_wander),
		cmocka_unit_test(restart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
