/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/clock_guard.h"

#include <math.h>

#include "base/units.h"
#include "cmocka_all.h"

static struct clock_guard guard(bool panic_once_ok)
{
	struct clock_guard g;

	clock_guard_init(&g, 500e-6, 1000, panic_once_ok, 0);
	return g;
}

/* E-24: NaN frequency, and one that would run away. */
static void test_frequency(void **state)
{
	struct clock_guard g = guard(false);

	(void)state;
	assert_int_equal(clock_guard_freq(&g, 0), CLOCK_ASK_OK);
	assert_int_equal(clock_guard_freq(&g, -500e-6), CLOCK_ASK_OK);
	assert_int_equal(clock_guard_freq(&g, 501e-6), CLOCK_ASK_FREQ_RANGE);
	assert_int_equal(clock_guard_freq(&g, -1), CLOCK_ASK_FREQ_RANGE);
	assert_int_equal(clock_guard_freq(&g, (double)NAN),
			 CLOCK_ASK_NOT_FINITE);
	assert_int_equal(clock_guard_freq(&g, (double)INFINITY),
			 CLOCK_ASK_NOT_FINITE);
}

/* E-24: step +10 years. */
static void test_a_large_step_is_refused(void **state)
{
	struct clock_guard g = guard(false);

	(void)state;
	assert_int_equal(clock_guard_step(&g, 3.2e8, 0), CLOCK_ASK_STEP_PANIC);
	assert_int_equal(clock_guard_step(&g, (double)NAN, 0),
			 CLOCK_ASK_NOT_FINITE);
	assert_int_equal(clock_guard_step(&g, -999, 0), CLOCK_ASK_OK);
}

/* V6: small step, big step. */
static void test_g_is_for_the_first_step_alone(void **state)
{
	struct clock_guard g = guard(true);

	(void)state;
	assert_int_equal(clock_guard_step(&g, 3.2e8, 0), CLOCK_ASK_OK);
	assert_int_equal(clock_guard_step(&g, 3.2e8, 0), CLOCK_ASK_STEP_PANIC);
	g = guard(true);
	assert_int_equal(clock_guard_step(&g, 0.2, 0), CLOCK_ASK_OK);
	assert_int_equal(clock_guard_step(&g, 3.2e8, 0), CLOCK_ASK_STEP_PANIC);
}

static void test_no_panic_threshold(void **state)
{
	struct clock_guard g;

	(void)state;
	clock_guard_init(&g, 500e-6, 0, false, 0);
	assert_int_equal(clock_guard_step(&g, 3.2e8, 0), CLOCK_ASK_OK);
	assert_int_equal(clock_guard_step(&g, 3.2e8, 0), CLOCK_ASK_OK);
}

/* E-24: 1,000 steps a second. */
static void test_steps_have_a_budget(void **state)
{
	struct clock_guard g = guard(false);
	int done = 0;

	(void)state;
	for (int i = 0; i < 1000; i++)
		done += clock_guard_step(&g, 1, i * NS_PER_MS) == CLOCK_ASK_OK;
	assert_int_equal(done, CLOCK_GUARD_STEPS);
	/* An hour on, the ten are back, and no more than ten after a year. */
	for (int i = 0; i < 1000; i++)
		done += clock_guard_step(&g, 1, 3700 * NS_PER_S) ==
			CLOCK_ASK_OK;
	assert_int_equal(done, 2 * CLOCK_GUARD_STEPS);
	for (int i = 0; i < 1000; i++)
		done += clock_guard_step(&g, 1, 31536000 * NS_PER_S) ==
			CLOCK_ASK_OK;
	assert_int_equal(done, 3 * CLOCK_GUARD_STEPS);
}

static void test_status(void **state)
{
	const struct clock_status good = {.synchronised = true,
					  .leap = 1,
					  .max_error_s = 0.1,
					  .est_error_s = 0.01,
					  .tai_offset_s = 37};
	struct clock_status s = good;

	(void)state;
	assert_int_equal(clock_guard_status(&s), CLOCK_ASK_OK);
	s.leap = 2;
	assert_int_equal(clock_guard_status(&s), CLOCK_ASK_STATUS_RANGE);
	s = good;
	s.max_error_s = (double)NAN;
	assert_int_equal(clock_guard_status(&s), CLOCK_ASK_NOT_FINITE);
	s = good;
	s.est_error_s = -1;
	assert_int_equal(clock_guard_status(&s), CLOCK_ASK_STATUS_RANGE);
	s = good;
	s.tai_offset_s = 100000;
	assert_int_equal(clock_guard_status(&s), CLOCK_ASK_STATUS_RANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frequency),
		cmocka_unit_test(test_a_large_step_is_refused),
		cmocka_unit_test(test_g_is_for_the_first_step_alone),
		cmocka_unit_test(test_no_panic_threshold),
		cmocka_unit_test(test_steps_have_a_budget),
		cmocka_unit_test(test_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
