/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/* Oscillators that are far off, up to nearly all that the kernel can correct. */
static void large_freq(void **state)
{
	static const double freqs[] = {450e-6, -450e-6, 300e-6};
	struct town t;

	(void)state;
	for (int i = 0; i < 3; i++) {
		town_init(&t, 1, 4, "iburst", "");
		t.client.host->osc.freq = freqs[i];
		sim_host_set_offset(t.client.host, 0);
		town_run(&t, 2000, 10000);
		assert_below(t.judge.max_s, 1e-3);
		assert_below(judge_rms_freq(&t.judge), 1e-5);
		town_done(&t);
	}
}

SCENARIO(large_freq)
