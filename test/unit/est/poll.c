/* SPDX-License-Identifier: BSD-2-Clause */
#include "est/poll.h"

#include "base/units.h"
#include "near.h"

#define MIN 6
#define MAX 10

static int64_t after(double s)
{
	return ns_from_s(s);
}

/* Half of the interval at which wander is as large as noise. */
static void wanted(void **state)
{
	double tx = cbrt(3 * 1e-8 / 1e-18);

	(void)state;
	assert_near(poll_wanted_s(1e-8, 1e-18, 1), tx / 2, 0.01 * tx);
	/* Eight times the wander: more often. */
	assert_near(poll_wanted_s(1e-8, 8e-18, 1), tx / 4, 0.01 * tx);
	/* Of several sources each one as often: they make the time better. */
	assert_near(poll_wanted_s(1e-8, 1e-18, 4), tx / 2, 0.02 * tx);
}

/* Where the error is a microsecond, half as many packets will do. */
static void good_enough(void **state)
{
	double tx = cbrt(3 * 1e-13 / 1e-18);

	(void)state;
	assert_near(poll_wanted_s(1e-13, 1e-18, 1), tx, 0.05 * tx);
	for (double var = 1e-14; var < 1e-9; var *= 1.1)
		assert_true(poll_wanted_s(var * 1.1, 1e-18, 1) >
			    poll_wanted_s(var, 1e-18, 1));
}

/* A clock worse than a millisecond is asked up to four times as often. */
static void aim(void **state)
{
	double tx = cbrt(3 * 1e-4 / 1e-16);

	(void)state;
	assert_near(poll_wanted_s(1e-4, 1e-16, 1), tx / 8, 1e-6);
	for (double var = 1e-12; var < 1; var *= 1.1)
		assert_true(poll_wanted_s(var * 1.1, 1e-16, 1) >
			    0.7 * poll_wanted_s(var, 1e-16, 1));
}

static void at_first_often(void **state)
{
	struct poll_policy p;

	(void)state;
	poll_restart(&p, MIN, 0);
	for (int t = 0; t < 300; t += 2) {
		poll_note(&p, 1e4, 1, MIN, MAX, after(t));
		assert_int_equal(p.tau_log2, MIN);
	}
}

/* Upwards four samples a step, downwards at once. */
static void up_and_down(void **state)
{
	struct poll_policy p;
	int n = 0;

	(void)state;
	poll_restart(&p, MIN, 0);
	for (; p.tau_log2 < MAX && n < 100; n++)
		poll_note(&p, 1e4, 1, MIN, MAX, after(400));
	assert_int_equal(n, 4 * 4);
	poll_note(&p, 1e4, 1, MIN, MAX, after(400));
	assert_int_equal(p.tau_log2, MAX);
	poll_note(&p, 130, 1, MIN, MAX, after(400));
	assert_int_equal(p.tau_log2, 7);
	poll_note(&p, 1, 1, MIN, MAX, after(400));
	assert_int_equal(p.tau_log2, MIN);
	/* Three sources: of each one four. */
	for (n = 0; p.tau_log2 == MIN && n < 100; n++)
		poll_note(&p, 1e4, 3, MIN, MAX, after(400));
	assert_int_equal(n, 12);
}

/* What cannot be noise is looked at again soon. */
static void hurry(void **state)
{
	struct poll_policy p;

	(void)state;
	poll_restart(&p, 9, 0);
	poll_hurry(&p, MIN, MAX);
	assert_int_equal(p.tau_log2, 7);
	poll_hurry(&p, MIN, MAX);
	assert_int_equal(p.tau_log2, MIN);
}

/* What lies between two intervals changes nothing. */
static void hysteresis(void **state)
{
	struct poll_policy p;

	(void)state;
	poll_restart(&p, 8, 0);
	for (int i = 0; i < 100; i++) {
		poll_note(&p, i % 2 ? 400 : 160, 1, MIN, MAX, after(400));
		assert_int_equal(p.tau_log2, 8);
	}
}

static void range(void **state)
{
	struct poll_policy p;

	(void)state;
	poll_restart(&p, 0, 0);
	poll_limit(&p, 4, 6);
	assert_int_equal(p.tau_log2, 4);
	p.tau_log2 = 9;
	poll_limit(&p, 4, 6);
	assert_int_equal(p.tau_log2, 6);
	/* Polls below one second still get longer, and shorter. */
	poll_restart(&p, -3, 0);
	for (int i = 0; i < 200; i++)
		poll_note(&p, 100, 1, -3, 3, after(400));
	assert_int_equal(p.tau_log2, 3);
	poll_note(&p, 0.01, 1, -3, 3, after(400));
	assert_int_equal(p.tau_log2, -3);
}

/* Never much sooner, not very much later, and right after a few rounds. */
static void staggered(void **state)
{
	(void)state;
	assert_near(poll_staggered_s(64, 0), 64, 0);
	assert_near(poll_staggered_s(64, 10), 74, 0);
	assert_near(poll_staggered_s(64, 40), 80, 0);
	assert_near(poll_staggered_s(64, 63), 63, 0);
	for (double ahead = 0; ahead < 64; ahead += 0.5) {
		assert_true(poll_staggered_s(64, ahead) >= 0.95 * 64);
		assert_true(poll_staggered_s(64, ahead) <= 1.25 * 64);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wanted),      cmocka_unit_test(good_enough),
		cmocka_unit_test(aim),         cmocka_unit_test(at_first_often),
		cmocka_unit_test(up_and_down), cmocka_unit_test(hurry),
		cmocka_unit_test(hysteresis),  cmocka_unit_test(range),
		cmocka_unit_test(staggered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
