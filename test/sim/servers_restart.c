/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/*
 * A power cut: all servers come back wrong by the same amount.  No majority
 * helps then; what helps is that we know the time ourselves.
 */

/* All are off by wrong_s from 20000 s on, for for_s. */
static void all_wrong(struct town *t, double wrong_s, double for_s)
{
	town_init(t, 1, 4, "iburst", "");
	for (int i = 0; i < t->n; i++) {
		sim_host_step_at(t->server[i].host, 20000, wrong_s);
		sim_host_step_at(t->server[i].host, 20000 + for_s, -wrong_s);
	}
	town_run(t, 400, 20000);
	assert_below(t->judge.max_s, 1e-3);
}

/* Until they have found their own time again: nobody follows, and the error told covers both. */
static void for_minutes(void **state)
{
	struct town t;

	(void)state;
	for (int sign = -1; sign <= 1; sign += 2) {
		all_wrong(&t, sign * 3600, 250);
		world_run(t.w, 40000);
		assert_int_equal(t.client.host->steps, 1); /* at the start */
		assert_int_equal(sim_host_events(t.client.host, ENGINE_PANIC),
				 0);
		assert_below(t.judge.max_s, 5e-3);
		town_done(&t);
	}
}

/* By a second, for good: believed after stepout, not before, and by one step. */
static void for_good(void **state)
{
	struct town t;

	(void)state;
	all_wrong(&t, 1, 1e6);
	t.dishonest_max = 100000; /* from the step on, with all that it asks */
	world_run(t.w, 20000 + 300);
	assert_int_equal(t.client.host->steps, 1);
	assert_below(t.judge.max_s, 5e-3);
	assert_int_equal(t.judge.dishonest, 0);
	world_run(t.w, 20000 + 300 + 1500);
	assert_int_equal(t.client.host->steps, 2);
	assert_near(sim_host_error_s(t.client.host), 1, 1e-3);
	town_done(&t);
}

/* By an hour, for good: that is for a human to decide. */
static void by_an_hour(void **state)
{
	struct town t;

	(void)state;
	all_wrong(&t, 3600, 1e6);
	world_run(t.w, 25000);
	assert_int_equal(t.client.host->steps, 1);
	assert_int_equal(sim_host_events(t.client.host, ENGINE_PANIC), 1);
	assert_below(t.judge.max_s, 5e-3);
	town_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(for_minutes),
		cmocka_unit_test(for_good),
		cmocka_unit_test(by_an_hour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
