/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/oscillator.h"

#include "base/units.h"
#include "near.h"

#define DAY_S 86400

static void a_perfect_one_keeps_true_time(void **state)
{
	struct oscillator o;

	(void)state;
	oscillator_init(&o, 5 * NS_PER_S, 1);
	oscillator_advance(&o, (5 + DAY_S) * NS_PER_S + 7);
	assert_true(o.mono_ns == DAY_S * NS_PER_S + 7);
}

static void frequency_and_steering_multiply(void **state)
{
	struct oscillator o;

	(void)state;
	oscillator_init(&o, 0, 1);
	o.freq = 100e-6;
	o.steer = -500e-6;
	oscillator_advance(&o, 0);
	oscillator_advance(&o, 10000 * NS_PER_S);
	assert_near(s_from_ns(o.mono_ns) - 10000, 10000 * (1.0001 * 0.9995 - 1),
		    2e-9);
}

/* 1e-12 makes a nanosecond in 1,000 s; read every millisecond it must not vanish. */
static void a_tiny_frequency_is_not_rounded_away(void **state)
{
	struct oscillator o;

	(void)state;
	oscillator_init(&o, 0, 1);
	o.freq = 1e-12;
	oscillator_advance(&o, 0);
	for (int64_t ms = 1; ms <= 3000 * 1000; ms++)
		oscillator_advance(&o, ms * NS_PER_MS);
	assert_in_range(o.mono_ns - 3000 * NS_PER_S, 2, 3);
}

static void reading_changes_nothing(void **state)
{
	struct oscillator seldom, often;
	struct rng r;
	int64_t t_ns = 0;

	(void)state;
	oscillator_init(&seldom, 0, 9);
	seldom.wander = 1e-8;
	seldom.sine_freq = 1e-6;
	seldom.sine_period_s = 3600;
	often = seldom;
	rng_seed(&r, 3);
	while (t_ns < 20000 * NS_PER_S) {
		t_ns += (int64_t)(rng_u64(&r) % (2 * NS_PER_S));
		oscillator_advance(&often, t_ns);
	}
	oscillator_advance(&seldom, t_ns);
	assert_true(seldom.walk == often.walk && seldom.sine == often.sine);
	assert_true(seldom.mono_ns == often.mono_ns);
}

/* After n seconds walk has the variance n * wander^2. */
static void wander_is_a_random_walk(void **state)
{
	const int runs = 400, seconds = 1000;
	double sum = 0;

	(void)state;
	for (int i = 0; i < runs; i++) {
		struct oscillator o;

		oscillator_init(&o, 0, (uint64_t)i);
		o.wander = 1e-9;
		oscillator_advance(&o, seconds * NS_PER_S);
		sum += o.walk * o.walk;
	}
	/* the relative deviation of this sum is sqrt(2 / 400) = 0.07 */
	assert_near(sum / runs / seconds / 1e-18, 1, 0.25);
}

static void the_sine_has_its_amplitude_and_period(void **state)
{
	struct oscillator o;

	(void)state;
	oscillator_init(&o, 0, 1);
	o.sine_freq = 1e-6;
	o.sine_period_s = 3600;
	oscillator_advance(&o, 900 * NS_PER_S);
	assert_near(oscillator_rate(&o), 1e-6, 1e-11);
	oscillator_advance(&o, 2700 * NS_PER_S);
	assert_near(oscillator_rate(&o), -1e-6, 1e-11);
}

/* When the guessed time has come the clock shows it, and not two ns before. */
static void when_is_the_inverse_of_advance(void **state)
{
	static const double rates[] = {0, 1e-9, -1e-9, 5e-4, -5e-4, 0.1, -0.1};

	(void)state;
	for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
		for (int64_t ahead = 1; ahead < NS_PER_S * DAY_S;
		     ahead = ahead * 7 + 3) {
			struct oscillator o, just_before;
			int64_t when;

			oscillator_init(&o, 1000, 1);
			o.freq = rates[i];
			oscillator_advance(&o, 1000);
			just_before = o;
			when = oscillator_when(&o, ahead);
			oscillator_advance(&o, when);
			assert_in_range(o.mono_ns - ahead, 0, 1);
			if (when >= 1002)
				oscillator_advance(&just_before, when - 2);
			assert_true(just_before.mono_ns < ahead);
		}
}

static void a_suspended_one_stands_still(void **state)
{
	struct oscillator o;

	(void)state;
	oscillator_init(&o, 0, 1);
	o.freq = 1e-4;
	o.stopped = true;
	oscillator_advance(&o, 0);
	oscillator_advance(&o, 100 * NS_PER_S);
	assert_true(o.mono_ns == 0);
	assert_true(oscillator_when(&o, 1) == INT64_MAX);
	assert_true(oscillator_when(&o, 0) == 100 * NS_PER_S);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_perfect_one_keeps_true_time),
		cmocka_unit_test(frequency_and_steering_multiply),
		cmocka_unit_test(a_tiny_frequency_is_not_rounded_away),
		cmocka_unit_test(reading_changes_nothing),
		cmocka_unit_test(wander_is_a_random_walk),
		cmocka_unit_test(the_sine_has_its_amplitude_and_period),
		cmocka_unit_test(when_is_the_inverse_of_advance),
		cmocka_unit_test(a_suspended_one_stands_still),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
