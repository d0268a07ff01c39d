/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/* Half of all datagrams vanish, so three of four polls come to nothing. */
static void packet_loss(void **state)
{
	struct town t;

	(void)state;
	for (uint64_t seed = 1; seed <= 5; seed++) {
		town_init(&t, seed, 4, "iburst", "");
		t.w->link.loss = 0.5;
		town_run(&t, 4000, 40000); /* a start may be slow */
		assert_int_equal(t.client.host->steps, 1); /* at the start */
		assert_below(t.judge.max_s, 2e-3);
		assert_below(judge_rms_s(&t.judge), 3e-4);
		assert_int_equal(t.judge.served, t.judge.looks);
		town_done(&t);
	}
}

SCENARIO(packet_loss)
