/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/* What an operator says of who may be followed: prefer, noselect, true, and tos. */

/* Three servers, and a fourth one that is fourth_s ahead and admits 1 ms. */
static void with_a_fourth(struct town *t, const char *line, double fourth_s)
{
	town_init(t, 1, 3, "iburst", line);
	ref_server_init(&t->server[3], t->w, "10.1.0.4");
	t->server[3].root_disp_s = 1e-3;
	sim_host_set_offset(t->server[3].host, fourth_s);
	town_run(t, 400, 20000);
}

static enum select_status fourth(const struct town *t)
{
	return daemon_assoc(&t->client, "10.1.0.4").est.status;
}

/* The word of a preferred one alone counts as long as the others let it. */
static void prefer(void **state)
{
	struct town t;

	(void)state;
	with_a_fourth(&t, "server 10.1.0.4 iburst prefer\n", 8e-4);
	assert_int_equal(fourth(&t), SELECT_SYS_PEER);
	assert_near(sim_host_error_s(t.client.host), 8e-4, 2e-4);
	town_done(&t);
}

static void prefer_a_falseticker(void **state)
{
	struct town t;

	(void)state;
	with_a_fourth(&t, "server 10.1.0.4 iburst prefer\n", 0.05);
	assert_int_equal(fourth(&t), SELECT_FALSETICK);
	assert_below(t.judge.max_s, 1e-3);
	town_done(&t);
}

static void noselect(void **state)
{
	struct town t;

	(void)state;
	with_a_fourth(&t, "server 10.1.0.4 iburst noselect\n", 0.05);
	assert_int_equal(fourth(&t), SELECT_REJECT);
	assert_near(daemon_assoc(&t.client, "10.1.0.4").est.offset_s, 0.05,
		    1e-3);
	assert_below(t.judge.max_s, 1e-3);
	town_done(&t);
}

/* Of two against two nobody is believed, unless one of them must be. */
static void true_decides(void **state)
{
	struct town t;

	(void)state;
	town_init(&t, 1, 3, "iburst", "server 10.1.0.4 iburst true\n");
	ref_server_init(&t.server[3], t.w, "10.1.0.4");
	sim_host_set_offset(t.server[0].host, 1);
	sim_host_set_offset(t.server[1].host, 1);
	town_run(&t, 400, 5000);
	assert_int_equal(fourth(&t), SELECT_SYS_PEER);
	assert_below(t.judge.max_s, 1e-3);
	town_done(&t);
}

/* Three must agree: two do not do, and nothing is told on their word. */
static void min_sane(void **state)
{
	struct town t;

	(void)state;
	town_init(&t, 1, 3, "iburst", "tos minsane 3\n");
	world_set_flag(t.w, 0, &t.server[2].host->unplugged, true);
	world_set_flag(t.w, 5000, &t.server[2].host->unplugged, false);
	town_run(&t, 0, 4900);
	assert_int_equal(t.judge.told, 0);
	assert_int_equal(t.client.host->steps, 0);
	world_run(t.w, 20000);
	assert_true(daemon_is_synchronised(&t.client));
	assert_below(fabs(sim_host_error_s(t.client.host)), 1e-3);
	town_done(&t);
}

/* Strata from 2 to 5 only. */
static void strata(void **state)
{
	struct town t;

	(void)state;
	town_init(&t, 1, 4, "iburst", "tos floor 2 ceiling 6\n");
	for (int i = 0; i < 2; i++)
		sim_host_set_offset(t.server[i].host, 0.1);
	t.server[1].stratum = 6;
	t.server[2].stratum = 2;
	t.server[3].stratum = 5;
	town_run(&t, 400, 5000);
	assert_int_equal(daemon_view(&t.client).stratum, 3);
	assert_int_equal(daemon_assoc(&t.client, "10.1.0.1").est.status,
			 SELECT_REJECT);
	assert_int_equal(daemon_assoc(&t.client, "10.1.0.2").est.status,
			 SELECT_REJECT);
	assert_below(t.judge.max_s, 1e-3);
	town_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prefer),
		cmocka_unit_test(prefer_a_falseticker),
		cmocka_unit_test(noselect),
		cmocka_unit_test(true_decides),
		cmocka_unit_test(min_sane),
		cmocka_unit_test(strata),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
