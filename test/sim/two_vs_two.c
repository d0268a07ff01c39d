/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/*
 * C-22: two of four servers go off together by a second.  There is no
 * majority: nobody is believed, the clock is not moved, and it goes on by
 * itself with honest bounds until they agree again.
 */
static void two_vs_two(void **state)
{
	struct town t;

	(void)state;
	town_init(&t, 1, 4, "iburst", "");
	for (int i = 0; i < 2; i++) {
		sim_host_step_at(t.server[i].host, 5000, 1);
		sim_host_step_at(t.server[i].host, 15000, -1);
	}
	town_run(&t, 400, 14000);
	assert_below(t.judge.max_s, 5e-3);
	assert_int_equal(t.client.host->steps, 1); /* at the start */
	world_run(t.w, 25000);
	assert_true(daemon_is_synchronised(&t.client));
	assert_near(sim_host_error_s(t.client.host), 0, 1e-3);
	assert_int_equal(t.client.host->steps, 1); /* at the start */
	town_done(&t);
}

/* From the start: no time is better than a coin's. */
static void no_majority_at_the_start(void **state)
{
	struct town t;

	(void)state;
	town_init(&t, 1, 4, "iburst", "");
	sim_host_set_offset(t.server[0].host, 1);
	sim_host_set_offset(t.server[1].host, 1);
	town_run(&t, 30, 5000);
	assert_false(daemon_is_synchronised(&t.client));
	town_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_vs_two),
		cmocka_unit_test(no_majority_at_the_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
