/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/* C-24: one of four servers is 100 ms ahead and behind in turn. */
static void swinging_server(void **state)
{
	struct town t;

	(void)state;
	town_init(&t, 1, 4, "iburst", "");
	t.server[0].swing_s = 0.1;
	town_run(&t, 1000, 40000);
	assert_below(t.judge.max_s, 1e-3);
	assert_below(judge_rms_freq(&t.judge), 1e-6);
	town_done(&t);
}

SCENARIO(swinging_server)
