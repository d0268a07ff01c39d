/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/* Four iburst servers: stratum 2 is told within 2 s of the start. */
static void cold_start(void **state)
{
	struct town t;

	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		town_init(&t, seed, 4, "iburst", "");
		town_run(&t, 2, 10);
		assert_int_equal(t.judge.served, t.judge.looks);
		assert_int_equal(daemon_view(&t.client).stratum, 2);
		town_done(&t);
	}
}

SCENARIO(cold_start)
