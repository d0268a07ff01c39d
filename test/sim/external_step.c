/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/*
 * E-12: somebody moves the clock while the daemon runs.  It is noticed within
 * seconds, nothing false is served in between, and time is right again soon.
 */
static void external_step(void **state)
{
	static const double steps[] = {900, -900, 0.5, -0.5};
	struct town t;

	(void)state;
	for (int i = 0; i < 4; i++) {
		town_init(&t, 1, 4, "iburst", "");
		t.dishonest_max = 4; /* until it is noticed */
		sim_host_step_at(t.client.host, 2000.5, steps[i]);
		town_run(&t, 2005, 6000);
		assert_true(sim_host_events(t.client.host,
					    ENGINE_UNSYNCHRONISED) >= 1);
		assert_true(daemon_is_synchronised(&t.client));
		assert_near(sim_host_error_s(t.client.host), 0, 1e-3);
		/* all servers are asked at once, whatever the poll is by then */
		assert_true(t.judge.served >= t.judge.looks - 2);
		assert_below((double)daemon_assoc(&t.client, "10.1.0.1").sent,
			     100);
		town_done(&t);
	}
}

SCENARIO(external_step)
