/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/* The cable is in for ten minutes of every hour. */
static void intermittent(void **state)
{
	struct town t;

	(void)state;
	town_init(&t, 1, 4, "iburst", "");
	for (int hour = 0; hour < 12; hour++) {
		bool *out = &t.client.host->unplugged;

		world_set_flag(t.w, hour * 3600 + 600, out, true);
		world_set_flag(t.w, hour * 3600 + 3600, out, false);
	}
	town_run(&t, 3 * 3600, 12 * 3600);
	assert_int_equal(t.client.host->steps, 1); /* at the start */
	assert_below(t.judge.max_s, 2e-3);
	assert_int_equal(t.judge.served, t.judge.looks);
	town_done(&t);
}

SCENARIO(intermittent)
