/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/*
 * The way to servers changes for six hours: longer in one direction, in both,
 * or shorter.  A change in one direction looks like half of it in offset.  To
 * one of several servers it is seen through; to all of them it cannot be told
 * from a clock that has changed, so half of it bounds the error.  The shorter
 * way is believed at once: it leaves less room for being wrong.
 */
#define BEGIN_S 20000
#define END_S (BEGIN_S + 6 * 3600)

static void detour(double there_s, double back_s, int servers, int changing,
		   double limit_s)
{
	struct town t;

	for (uint64_t seed = 1; seed <= 3; seed++) {
		town_init(&t, seed, servers, "iburst", "");
		t.w->link.delay_s = 6e-3;
		for (int i = 0; i < changing; i++) {
			struct sim_host *a = t.client.host,
					*b = t.server[i].host;
			double *there = &sim_link(a, b)->delay_s;
			double *back = &sim_link(b, a)->delay_s;

			world_set(t.w, BEGIN_S, there, 6e-3 + there_s);
			world_set(t.w, BEGIN_S, back, 6e-3 + back_s);
			world_set(t.w, END_S, there, 6e-3);
			world_set(t.w, END_S, back, 6e-3);
		}
		town_run(&t, 4000, END_S + 20000);
		assert_int_equal(t.client.host->steps, 1); /* at the start */
		assert_below(t.judge.max_s, limit_s);
		assert_int_equal(t.judge.served, t.judge.looks);
		town_done(&t);
	}
}

static void to_all_longer_one_way(void **state)
{
	(void)state;
	detour(5e-3, 0, 1, 1, 3.5e-3);
	detour(0, 5e-3, 4, 4, 3.5e-3);
}

static void to_all_longer_both_ways(void **state)
{
	(void)state;
	detour(5e-3, 5e-3, 1, 1, 2e-3);
	detour(5e-3, 5e-3, 4, 4, 2e-3);
}

static void to_all_shorter_one_way(void **state)
{
	(void)state;
	detour(-5e-3, 0, 1, 1, 3.5e-3);
	detour(0, -5e-3, 4, 4, 3.5e-3);
}

static void to_one_of_four(void **state)
{
	(void)state;
	detour(5e-3, 0, 4, 1, 5e-4);
	detour(0, -5e-3, 4, 1, 5e-4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(to_all_longer_one_way),
		cmocka_unit_test(to_all_longer_both_ways),
		cmocka_unit_test(to_all_shorter_one_way),
		cmocka_unit_test(to_one_of_four),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
