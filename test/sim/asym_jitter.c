/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/*
 * Queues in one direction only, 1 ms in the mean: half of what they add looks
 * like an offset.
 */
static void asym_jitter(bool there, int servers)
{
	struct town t;

	for (uint64_t seed = 1; seed <= 5; seed++) {
		town_init(&t, seed, servers, "iburst", "");
		t.w->link.jitter_s = 1e-5;
		for (int i = 0; i < servers; i++) {
			struct sim_host *a = t.client.host,
					*b = t.server[i].host;

			(there ? sim_link(a, b) : sim_link(b, a))->jitter_s =
				1e-3;
		}
		town_run(&t, 4000, 40000);
		assert_int_equal(t.client.host->steps, 1); /* at the start */
		assert_below(t.judge.max_s, 2e-3);
		assert_below(judge_rms_s(&t.judge), servers == 1 ? 5e-4 : 1e-4);
		assert_int_equal(t.judge.served, t.judge.looks);
		town_done(&t);
	}
}

static void on_the_way_there(void **state)
{
	(void)state;
	asym_jitter(true, 1);
	asym_jitter(true, 4);
}

static void on_the_way_back(void **state)
{
	(void)state;
	asym_jitter(false, 1);
	asym_jitter(false, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(on_the_way_there),
		cmocka_unit_test(on_the_way_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
