/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/*
 * S-08: half lost, 200 ms of jitter, and after three hours one direction takes
 * another way, 300 ms longer.  Accuracy cannot be had, honesty can.
 */
static void bad_road(void **state)
{
	struct town t;

	(void)state;
	for (uint64_t seed = 1; seed <= 5; seed++) {
		town_init(&t, seed, 4, "iburst", "");
		t.w->link.loss = 0.5;
		t.w->link.jitter_s = 0.2;
		for (int i = 0; i < t.n; i++)
			world_set(t.w, 10800,
				  &sim_link(t.client.host, t.server[i].host)
					   ->delay_s,
				  0.3);
		town_run(&t, 0, 40000);
		assert_true(t.judge.served > 30000);
		town_done(&t);
	}
}

SCENARIO(bad_road)
