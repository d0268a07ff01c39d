/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/*
 * A frequency that wanders by 1e-7 each second, a hundred times what is usual:
 * by 6 ppm in an hour.  The poll stays short, and nobody waits for more samples.
 */
static void large_wander(void **state)
{
	struct town t;

	(void)state;
	for (uint64_t seed = 1; seed <= 5; seed++) {
		town_init(&t, seed, 1, "iburst", "");
		t.client.host->osc.wander = 1e-7;
		town_run(&t, 1000, 20000);
		assert_below(t.judge.max_s, 2e-3);
		assert_below(judge_rms_s(&t.judge), 2e-4);
		assert_below(judge_rms_freq(&t.judge), 5e-6);
		assert_int_equal(t.judge.served, t.judge.looks);
		assert_int_equal(
			daemon_assoc(&t.client, "10.1.0.1").host_poll_log2, 6);
		town_done(&t);
	}
}

SCENARIO(large_wander)
