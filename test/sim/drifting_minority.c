/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>

#include "world_ntp.h"

/*
 * One of four servers, or two of five, drift away: slowly enough that each
 * sample agrees with the last one.  They must be found out before they have led
 * anybody astray.
 */
static void drift_away(int drifting, int servers, double freq, double for_s)
{
	struct town t;

	for (uint64_t seed = 1; seed <= 3; seed++) {
		town_init(&t, seed, servers, "iburst", "");
		for (int i = 0; i < drifting; i++)
			world_set(t.w, 20000, &t.server[i].host->osc.freq,
				  freq);
		town_run(&t, 400, 20000 + for_s);
		assert_int_equal(t.client.host->steps, 1); /* at the start */
		/* mindist, within which nobody is called a falseticker */
		assert_below(t.judge.max_s, 1.5e-3);
		assert_below(fabs(sim_host_error_s(t.client.host)), 5e-5);
		assert_int_equal(t.judge.served, t.judge.looks);
		assert_true(daemon_assoc(&t.client, "10.1.0.1").est.status <=
			    SELECT_OUTLIER);
		town_done(&t);
	}
}

static void one_of_four(void **state)
{
	(void)state;
	drift_away(1, 4, 1e-7, 60000);
	drift_away(1, 4, -1e-6, 30000);
	drift_away(1, 4, 1e-5, 20000);
}

static void two_of_five(void **state)
{
	(void)state;
	drift_away(2, 5, -1e-6, 30000);
	drift_away(2, 5, 1e-5, 20000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_of_four),
		cmocka_unit_test(two_of_five),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
