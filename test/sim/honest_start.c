/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/*
 * Time is served from the first reply on, while 0.1 s is still being slewed
 * away: the root distance that is told must cover what is left of it.
 */
static void honest_start(void **state)
{
	struct town t;

	(void)state;
	for (uint64_t seed = 1; seed <= 5; seed++) {
		town_init(&t, seed, 4, "iburst", "");
		town_run(&t, 0, 1000);
		assert_true(t.judge.served > 900);
		town_done(&t);
	}
}

SCENARIO(honest_start)
