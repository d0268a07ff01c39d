/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/* Queues of 100 ms in the mean, both ways, at the default polls. */
static void large_jitter(void **state)
{
	struct town t;

	(void)state;
	for (uint64_t seed = 1; seed <= 5; seed++) {
		town_init(&t, seed, 4, "iburst", "");
		t.w->link.jitter_s = 0.1;
		town_run(&t, 4000, 40000);
		assert_below(judge_rms_s(&t.judge), 0.03);
		assert_below(t.judge.max_s, 0.1);
		town_done(&t);
	}
}

SCENARIO(large_jitter)
