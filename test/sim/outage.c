/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/* The cable is out for ten seconds, in the first burst, right after it, later. */
static void ten_seconds(void **state)
{
	static const double at_s[] = {0.1, 1, 3, 7, 15, 100, 3000, 7000};
	struct town t;

	(void)state;
	for (size_t i = 0; i < sizeof at_s / sizeof *at_s; i++) {
		bool *out;

		town_init(&t, i + 1, 4, "iburst", "");
		out = &t.client.host->unplugged;
		world_set_flag(t.w, at_s[i], out, true);
		world_set_flag(t.w, at_s[i] + 10, out, false);
		town_run(&t, 400, 10000);
		assert_int_equal(t.client.host->steps, 1); /* at the start */
		assert_below(t.judge.max_s, 1e-3);
		assert_int_equal(t.judge.served, t.judge.looks);
		/* a burst that was cut is no reason for another storm */
		assert_below((double)t.server[0].asked, 10000 / 64 + 12);
		town_done(&t);
	}
}

/* It is not in at boot, and comes ten minutes later. */
static void late_cable(void **state)
{
	struct town t;

	(void)state;
	town_init(&t, 1, 4, "iburst", "");
	t.client.host->unplugged = true;
	world_set_flag(t.w, 600, &t.client.host->unplugged, false);
	town_run(&t, 1100, 10000);
	assert_int_equal(t.judge.served, t.judge.looks);
	assert_below(t.judge.max_s, 1e-3);
	town_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ten_seconds),
		cmocka_unit_test(late_cable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
