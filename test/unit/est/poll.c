/* SPDX-License-Identifier: BSD-2-Clause */
#include "est/poll.h"

#include "base/units.h"
#include "near.h"

#define MIN 6
#define MAX 10

static int64_t after(int seconds)
{
	return seconds * NS_PER_S;
}

static void at_first_often(void **state)
{
	struct poll_policy p;

	(void)state;
	poll_restart(&p, MIN, after(100));
	for (int t = 100; t < 400; t += 2)
		poll_note(&p, 0, 1e-3, MIN, MAX, after(t));
	assert_int_equal(p.tau_log2, MIN);
}

static void calm_and_surprise(void **state)
{
	struct poll_policy p;
	int n = 0;

	(void)state;
	poll_restart(&p, MIN, 0);
	while (p.tau_log2 < MAX && n < 100) {
		poll_note(&p, 3e-3, 1e-3, MIN, MAX, after(400));
		n++;
	}
	/* 30 / 6 + 30 / 7 + 30 / 8 + 30 / 9, each rounded up */
	assert_int_equal(n, 5 + 5 + 4 + 4);
	for (int i = 0; i < 100; i++)
		poll_note(&p, 3e-3, 1e-3, MIN, MAX, after(400));
	assert_int_equal(p.tau_log2, MAX);

	for (n = 0; p.tau_log2 > MIN && n < 100; n++)
		poll_note(&p, 5e-3, 1e-3, MIN, MAX, after(400));
	assert_in_range(n, 1, 20);
	for (int i = 0; i < 100; i++)
		poll_note(&p, -5e-3, 1e-3, MIN, MAX, after(400));
	assert_int_equal(p.tau_log2, MIN);
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

/* One surprise among much calm changes nothing at once. */
static void hysteresis(void **state)
{
	struct poll_policy p;

	(void)state;
	poll_restart(&p, 8, 0);
	poll_note(&p, 5e-3, 1e-3, MIN, MAX, after(400));
	assert_int_equal(p.tau_log2, 8);
	poll_note(&p, 0, 1e-3, MIN, MAX, after(400));
	assert_int_equal(p.tau_log2, 8);
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
	/* Polls below one second still get longer. */
	poll_restart(&p, -3, 0);
	for (int i = 0; i < 200; i++)
		poll_note(&p, 0, 1e-3, -3, 3, after(400));
	assert_int_equal(p.tau_log2, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_first_often),
		cmocka_unit_test(calm_and_surprise),
		cmocka_unit_test(hurry),
		cmocka_unit_test(hysteresis),
		cmocka_unit_test(range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
