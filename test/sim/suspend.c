/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>

#include "world_ntp.h"

/*
 * A laptop sleeps for hours.  The monotonic clock stands still meanwhile, so
 * the daemon sees a jump of the wall clock that was right; it must come back
 * without making things worse.
 */
static void suspend(void **state)
{
	struct town t;

	(void)state;
	town_init(&t, 1, 4, "iburst", "");
	sim_host_suspend_at(t.client.host, 3000, 8 * 3600);
	town_run(&t, 3000 + 8 * 3600 + 10, 45000);
	assert_true(t.judge.served >= t.judge.looks - 2);
	assert_true(daemon_is_synchronised(&t.client));
	assert_below(t.judge.max_s, 2e-3);
	town_done(&t);
}

/*
 * E-14: a virtual machine is moved: for half a second nothing runs in it, no
 * clock either.  Nobody can know before the next poll; then one step takes it
 * back, and no sample that was on its way leads elsewhere.
 */
static void moved_to_another_machine(void **state)
{
	struct town t;

	(void)state;
	for (uint64_t seed = 1; seed <= 10; seed++) {
		bool *stopped;
		double at_s = 3000.05 + 6.4 * (double)seed;

		town_init(&t, seed, 4, "iburst maxpoll 6", "");
		t.dishonest_max = 64; /* until the majority was asked */
		stopped = &t.client.host->osc.stopped;
		world_set_flag(t.w, at_s, stopped, true);
		world_set_flag(t.w, at_s + 0.5, stopped, false);
		town_run(&t, 400, 5000);
		assert_below(t.judge.max_s, 0.502);
		assert_below(fabs(sim_host_error_s(t.client.host)), 1e-3);
		/* the one of the start, and this */
		assert_in_range(t.client.host->steps, 0, 2);
		world_run(t.w, 20000);
		assert_below(fabs(sim_host_freq_error(t.client.host)), 1e-6);
		town_done(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(suspend),
		cmocka_unit_test(moved_to_another_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
