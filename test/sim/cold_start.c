/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/* Four iburst servers: stratum 2 is told within 2 s of the start. */
static void cold_start(void **state)
{
	struct town t;

	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		town_init(&t, seed, 4, "iburst", "");
		town_run(&t, 2, 10);
		assert_int_equal(t.judge.served, t.judge.looks);
		assert_int_equal(daemon_view(&t.client).stratum, 2);
		town_done(&t);
	}
}

/*
 * A burst of one server, a hundred times: however its delays fall, the
 * frequency that it seems to show must not lead astray for long.  0.1 s takes
 * 250 s to slew away.
 */
static void one_server(void **state)
{
	struct town t;

	(void)state;
	for (uint64_t seed = 1; seed <= 100; seed++) {
		town_init(&t, seed, 1, "iburst", "");
		town_run(&t, 300, 1000);
		assert_below(t.judge.max_s, 1e-3);
		town_done(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cold_start),
		cmocka_unit_test(one_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
