/* SPDX-License-Identifier: BSD-2-Clause */
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
	sim_host_suspend_at(t.client.host, 3000, 4 * 3600);
	town_run(&t, 3000 + 4 * 3600 + 10, 30000);
	assert_true(t.judge.served >= t.judge.looks - 2);
	assert_true(daemon_is_synchronised(&t.client));
	assert_below(t.judge.max_s, 2e-3);
	assert_int_equal(t.judge.dishonest, 0);
	town_done(&t);
}

SCENARIO(suspend)
