/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypt/mac.h"
#include "world_ntp.h"

/*
 * C-12: a server of ours gets its time from us.  Its refid is our address: it
 * is not used, even when there is nothing else, because it would lead us in
 * circles.
 */
static void a_server_that_follows_us(void **state)
{
	struct town t;
	struct assoc_report r;

	(void)state;
	town_init(&t, 1, 2, "iburst", "");
	t.server[0].stratum = 3;
	t.server[0].refid = refid_from_addr(&t.client.host->addr[0]);
	sim_host_set_offset(t.server[0].host, 0.05);
	world_set_flag(t.w, 5000, &t.server[1].host->unplugged, true);
	town_run(&t, 400, 20000);
	r = daemon_assoc(&t.client, "10.1.0.1");
	assert_int_equal(r.reach, 0);
	assert_true(r.flash & FLASH_PEER_LOOP);
	assert_true(t.server[0].asked > 10);
	assert_below(t.judge.max_s, 5e-3);
	town_done(&t);
}

/*
 * Two daemons ask each other and one reference, which then vanishes.  They
 * must not lift each other's stratum for ever, nor call the time good that
 * they hand round.
 */
static void two_that_ask_each_other(void **state)
{
	struct town t;
	struct daemon other;
	struct judge judge;

	(void)state;
	town_init(&t, 2, 1, "iburst", "server 10.0.0.2 iburst\n");
	daemon_serve(&t.client);
	daemon_init(&other, sim_host_new(t.w, "10.0.0.2"),
		    "server 10.1.0.1 iburst\nserver 10.0.0.1 iburst\n");
	other.host->osc.freq = -3e-5;
	daemon_serve(&other);
	daemon_start(&other);
	judge_start(&judge, &other, 400);
	town_run(&t, 400, 20000);
	assert_int_equal(daemon_view(&t.client).stratum, 2);
	assert_int_equal(daemon_view(&other).stratum, 2);
	t.server[0].host->unplugged = true;
	world_run(t.w, 5 * 86400);
	assert_int_equal(judge.dishonest, 0);
	assert_false(daemon_is_synchronised(&t.client));
	assert_false(daemon_is_synchronised(&other));
	daemon_done(&other);
	town_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_that_follows_us),
		cmocka_unit_test(two_that_ask_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
