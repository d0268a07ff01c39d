/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/* 2036-02-07 06:28:16, when NTP's seconds begin again at 0, is near. */
#define ERA_NS (INT64_C(2085978496) * 1000000000)

static void cross(double until_s, bool outage)
{
	struct town t;

	town_init(&t, 1, 4, "iburst", "");
	/* the town's world began in 2026: move everybody's clock to the era's end */
	t.w->utc_shift_ns = ERA_NS - (int64_t)(4000 * 1e9) - t.w->start_ns;
	for (int i = 0; i < t.n; i++)
		sim_host_set_offset(t.server[i].host, 0);
	sim_host_set_offset(t.client.host, 0.1);
	if (outage) {
		world_set_flag(t.w, 3995, &t.client.host->unplugged, true);
		world_set_flag(t.w, 4005, &t.client.host->unplugged, false);
	}
	town_run(&t, 400, until_s);
	assert_int_equal(t.client.host->steps, 1); /* at the start */
	assert_below(t.judge.max_s, 1e-3);
	assert_int_equal(t.judge.served, t.judge.looks);
	town_done(&t);
}

/* P-23 */
static void the_era_ends(void **state)
{
	(void)state;
	cross(8000, false);
}

/* S-06 */
static void with_an_outage_across(void **state)
{
	(void)state;
	cross(8000, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_era_ends),
		cmocka_unit_test(with_an_outage_across),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
