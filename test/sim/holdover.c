/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

#include "base/units.h"

/*
 * P-22, S-09: after a day all servers vanish for a week, and the temperature
 * swings by 1 ppm.  What is told grows with time and covers the true error,
 * until it is too much to be served; the time itself is kept.
 */
static void holdover(void **state)
{
	const double gone_s = 86400;
	struct town t;
	double soon, later;

	(void)state;
	town_init(&t, 1, 4, "iburst", "");
	t.client.host->osc.sine_freq = 1e-6;
	t.client.host->osc.sine_period_s = 86400;
	world_set_flag(t.w, gone_s, &t.client.host->unplugged, true);
	town_run(&t, 400, gone_s + 3600);
	assert_true(daemon_is_synchronised(&t.client));
	soon = daemon_view(&t.client).root_disp_s;
	world_run(t.w, gone_s + 7200);
	later = daemon_view(&t.client).root_disp_s;
	assert_near(later - soon, 3600 * NTP_PHI, 0.2 * 3600 * NTP_PHI);
	world_run(t.w, 8 * 86400);
	assert_false(daemon_is_synchronised(&t.client));
	/* 7 days at 2 ppm are 1.2 s; a clock that runs wild would be 60 s off */
	assert_below(t.judge.max_s, 1.5);

	/* and they come back */
	t.client.host->unplugged = false;
	world_run(t.w, 9 * 86400);
	assert_true(daemon_is_synchronised(&t.client));
	assert_near(sim_host_error_s(t.client.host), 0, 1e-3);
	town_done(&t);
}

SCENARIO(holdover)
