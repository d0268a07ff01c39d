/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

#include "crypt/mac.h"

/*
 * C-12: a server of ours gets its time from us.  Its refid is our address: it
 * is not used, even when there is nothing else, because it would lead us in
 * circles.
 */
static void sync_loop(void **state)
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
	assert_int_equal(t.judge.dishonest, 0);
	town_done(&t);
}

SCENARIO(sync_loop)
