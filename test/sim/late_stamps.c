/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/*
 * A busy machine: what is sent waits 5 ms in the mean before it is under way,
 * and when that was is told afterwards.  Without these stamps time would be
 * 2.5 ms off.
 */
static void late_stamps(void **state)
{
	struct town t;

	(void)state;
	for (uint64_t seed = 1; seed <= 5; seed++) {
		town_init(&t, seed, 1, "iburst", "");
		t.client.host->send_latency_s = 5e-3;
		town_run(&t, 400, 10000);
		assert_below(t.judge.max_s, 4e-4);
		assert_int_equal(t.judge.served, t.judge.looks);
		town_done(&t);
	}
}

SCENARIO(late_stamps)
