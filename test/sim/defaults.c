/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/*
 * One server on a quiet link, no iburst.  0.1 s are slewed away at 500 ppm,
 * against an oscillator that is 100 ppm off: that alone takes 250 s.
 */
static void defaults(void **state)
{
	struct town t;

	(void)state;
	for (uint64_t seed = 1; seed <= 5; seed++) {
		town_init(&t, seed, 1, "", "");
		town_run(&t, 400, 10000);
		assert_true(daemon_is_synchronised(&t.client));
		assert_below(t.judge.max_s, 1e-3);
		assert_below(judge_rms_s(&t.judge), 3e-4);
		assert_below(t.judge.max_freq, 5e-4);
		assert_below(judge_rms_freq(&t.judge), 1e-5);
		assert_int_equal(t.judge.served, t.judge.looks);
		town_done(&t);
	}
}

SCENARIO(defaults)
