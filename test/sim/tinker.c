/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/* The thresholds of tinker: what is stepped, after how long, and what ends us. */

/* All four servers are right until 5000 s, then jump_s ahead for good. */
static void with_a_jump(struct town *t, const char *tinker, double jump_s)
{
	town_init(t, 1, 4, "iburst maxpoll 6", tinker);
	sim_host_set_offset(t->client.host, 0);
	for (int i = 0; i < t->n; i++)
		sim_host_step_at(t->server[i].host, 5000, jump_s);
	/* who follows them is wrong by what they are wrong by */
	t->dishonest_max = 100000;
	town_run(t, 400, 5000);
	assert_below(t->judge.max_s, 1e-3);
	assert_int_equal(t->client.host->steps, 0);
}

static void never_a_step(void **state)
{
	struct town t;

	(void)state;
	with_a_jump(&t, "tinker step 0\n", 0.3);
	world_run(t.w, 10000);
	assert_int_equal(t.client.host->steps, 0);
	assert_near(sim_host_error_s(t.client.host), 0.3, 1e-3);
	/* all that is allowed, and the oscillator's own 100 ppm */
	assert_below(t.judge.max_freq, 601e-6);
	town_done(&t);
}

static void a_low_threshold(void **state)
{
	struct town t;

	(void)state;
	with_a_jump(&t, "tinker step 0.01 stepout 100\n", 0.05);
	world_run(t.w, 5090);
	assert_int_equal(t.client.host->steps, 0);
	world_run(t.w, 5400);
	assert_int_equal(t.client.host->steps, 1);
	assert_near(sim_host_error_s(t.client.host), 0.05, 1e-3);
	town_done(&t);
}

static void a_long_stepout(void **state)
{
	struct town t;

	(void)state;
	with_a_jump(&t, "tinker stepout 3600\n", 1);
	world_run(t.w, 5000 + 3600);
	assert_int_equal(t.client.host->steps, 0);
	assert_below(fabs(sim_host_error_s(t.client.host)), 5e-3);
	world_run(t.w, 5000 + 3600 + 100);
	assert_int_equal(t.client.host->steps, 1);
	assert_near(sim_host_error_s(t.client.host), 1, 1e-3);
	town_done(&t);
}

static void no_panic(void **state)
{
	struct town t;

	(void)state;
	with_a_jump(&t, "tinker panic 0\n", 5000);
	world_run(t.w, 8000);
	assert_int_equal(t.client.host->steps, 1);
	assert_int_equal(sim_host_events(t.client.host, ENGINE_PANIC), 0);
	assert_near(sim_host_error_s(t.client.host), 5000, 1e-3);
	town_done(&t);
}

static void an_early_panic(void **state)
{
	struct town t;

	(void)state;
	with_a_jump(&t, "tinker panic 10\n", 20);
	world_run(t.w, 8000);
	assert_int_equal(t.client.host->steps, 0);
	assert_int_equal(sim_host_events(t.client.host, ENGINE_PANIC), 1);
	town_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(never_a_step),
		cmocka_unit_test(a_low_threshold),
		cmocka_unit_test(a_long_stepout),
		cmocka_unit_test(no_panic),
		cmocka_unit_test(an_early_panic),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
