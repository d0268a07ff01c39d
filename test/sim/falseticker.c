/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/* C-21: one of four servers jumps by an hour; nobody follows it, and the log says so once. */
static void falseticker(void **state)
{
	struct town t;

	(void)state;
	town_init(&t, 1, 4, "iburst", "");
	t.client.host->log_watch = "falseticker";
	sim_host_step_at(t.server[2].host, 5000, 3600);
	town_run(&t, 400, 20000);
	assert_below(t.judge.max_s, 1e-3);
	assert_int_equal(t.client.host->steps, 1); /* at the start */
	assert_int_equal(daemon_assoc(&t.client, "10.1.0.3").est.status,
			 SELECT_FALSETICK);
	assert_int_equal(t.client.host->log_seen, 1);
	town_done(&t);
}

/* Off by 120 ms from the beginning, as in ./run. */
static void from_the_beginning(void **state)
{
	struct town t;

	(void)state;
	for (uint64_t seed = 1; seed <= 10; seed++) {
		town_init(&t, seed, 5, "iburst", "");
		sim_host_set_offset(t.server[0].host, 0.12);
		town_run(&t, 400, 5000);
		assert_below(t.judge.max_s, 1e-3);
		assert_int_equal(daemon_assoc(&t.client, "10.1.0.1").est.status,
				 SELECT_FALSETICK);
		town_done(&t);
	}
}

/* Minorities of every size, each liar with a time of its own or all with one. */
static void minorities(void **state)
{
	struct town t;

	(void)state;
	for (int servers = 3; servers <= 7; servers++) {
		for (int liars = 1; 2 * liars < servers; liars++) {
			town_init(&t, (uint64_t)servers, servers, "iburst", "");
			for (int i = 0; i < liars; i++)
				sim_host_set_offset(
					t.server[i].host,
					servers % 2 ? 0.1 : 0.1 * i - 0.5);
			town_run(&t, 400, 4000);
			assert_below(t.judge.max_s, 1e-3);
			assert_int_equal(t.judge.served, t.judge.looks);
			town_done(&t);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(falseticker),
		cmocka_unit_test(from_the_beginning),
		cmocka_unit_test(minorities),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
