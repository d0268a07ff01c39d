/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/*
 * S-04: some servers smear a leap second that never comes for the others: they
 * drift away by a second in a day, and back in another one.
 */
#define DAY_S 86400

static void smear(struct town *t, int smearing, int servers)
{
	town_init(t, 1, servers, "iburst", "");
	for (int i = 0; i < smearing; i++) {
		double *freq = &t->server[i].host->osc.freq;

		world_set(t->w, 10000, freq, 1.0 / DAY_S);
		world_set(t->w, 10000 + DAY_S, freq, -1.0 / DAY_S);
		world_set(t->w, 10000 + 2 * DAY_S, freq, 0);
	}
	town_run(t, 400, 10000 + 2 * DAY_S + 20000);
}

/* A minority is left behind, and taken up again at the end. */
static void by_a_minority(void **state)
{
	struct town t;

	(void)state;
	smear(&t, 2, 5);
	assert_int_equal(t.client.host->steps, 1); /* at the start */
	assert_below(t.judge.max_s, 5e-3);
	assert_int_equal(t.judge.served, t.judge.looks);
	assert_true(daemon_assoc(&t.client, "10.1.0.1").est.status >=
		    SELECT_OUTLIER);
	town_done(&t);
}

/* Of two halves none is believed: no mixture of both, and no step. */
static void by_half_of_them(void **state)
{
	struct town t;

	(void)state;
	smear(&t, 2, 4);
	assert_int_equal(t.client.host->steps, 1); /* at the start */
	assert_below(t.judge.max_s, 0.1);
	assert_true(daemon_is_synchronised(&t.client));
	assert_near(sim_host_error_s(t.client.host), 0, 1e-3);
	town_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_a_minority),
		cmocka_unit_test(by_half_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
