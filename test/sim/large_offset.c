/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/* Up to the panic threshold the first correction is one step, either way. */
static void a_step_at_the_start(void **state)
{
	static const double offsets[] = {900, -900, 0.2, -0.2};
	struct town t;

	(void)state;
	for (int i = 0; i < 4; i++) {
		town_init(&t, 1, 4, "iburst", "");
		sim_host_set_offset(t.client.host, offsets[i]);
		town_run(&t, 400, 4000);
		assert_int_equal(t.client.host->steps, 1);
		assert_near(t.client.host->stepped_s, fabs(offsets[i]), 1e-2);
		assert_below(t.judge.max_s, 1e-3);
		town_done(&t);
	}
}

/* Beyond it nothing is touched: the program is told to end, once. */
static void panic(void **state)
{
	struct town t;

	(void)state;
	town_init(&t, 1, 4, "iburst", "");
	sim_host_set_offset(t.client.host, 2000);
	t.client.host->log_watch = "beyond the panic threshold";
	town_run(&t, 0, 400);
	assert_int_equal(t.client.host->steps, 0);
	assert_int_equal(sim_host_events(t.client.host, ENGINE_PANIC), 1);
	assert_int_equal(t.client.host->log_seen, 1);
	town_done(&t);
}

/* With -g once, of any size; F-17, E-20: a machine without a battery starts in 1970. */
static void panic_is_allowed_once(void **state)
{
	struct town t;

	(void)state;
	town_init(&t, 1, 4, "iburst", "");
	sim_host_set_offset(t.client.host, -56 * 365.25 * 86400);
	t.client.in.panic_once_ok = true;
	town_run(&t, 400, 4000);
	assert_int_equal(t.client.host->steps, 1);
	assert_below(t.judge.max_s, 1e-3);
	sim_host_step_at(t.client.host, 4000.5, 5000);
	world_run(t.w, 8000);
	assert_int_equal(t.client.host->steps, 1);
	assert_true(sim_host_events(t.client.host, ENGINE_PANIC) > 0);
	t.dishonest_max = 4; /* until it is noticed */
	town_done(&t);
}

/*
 * E-20: a clock that starts in another century, before 1970 or after 2038 and
 * 2106: the era is not guessed from it.
 */
static void another_century(void **state)
{
	static const double years[] = {-100, -76, -56, 20, 80, 130};
	struct town t;

	(void)state;
	for (size_t i = 0; i < sizeof years / sizeof *years; i++) {
		town_init(&t, 1, 4, "iburst", "");
		sim_host_set_offset(t.client.host, years[i] * 365.25 * 86400);
		t.client.in.panic_once_ok = true;
		town_run(&t, 400, 4000);
		assert_int_equal(t.client.host->steps, 1);
		assert_below(t.judge.max_s, 1e-3);
		town_done(&t);
	}
}

/* -x: slewed up to 600 s, so 0.5 s takes its time and no step. */
static void slew_only(void **state)
{
	struct town t;

	(void)state;
	town_init(&t, 1, 4, "iburst", "");
	sim_host_set_offset(t.client.host, 0.5);
	t.client.in.slew_only = true;
	town_run(&t, 3000, 6000);
	assert_int_equal(t.client.host->steps, 0);
	assert_below(t.judge.max_s, 1e-3);
	town_done(&t);
}

/* -q: set whatever the size, and the program is told that it is done. */
static void set_once(void **state)
{
	struct town t;

	(void)state;
	town_init(&t, 1, 4, "iburst", "");
	sim_host_set_offset(t.client.host, 0.05);
	t.client.in.set_once = true;
	town_run(&t, 0, 20);
	assert_int_equal(sim_host_events(t.client.host, ENGINE_SET_ONCE), 1);
	assert_int_equal(t.client.host->steps, 1);
	assert_near(sim_host_error_s(t.client.host), 0, 3e-3);
	town_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_step_at_the_start),
		cmocka_unit_test(panic),
		cmocka_unit_test(panic_is_allowed_once),
		cmocka_unit_test(another_century),
		cmocka_unit_test(slew_only),
		cmocka_unit_test(set_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
