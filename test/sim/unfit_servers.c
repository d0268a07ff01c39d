/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

#include <stdio.h>

static struct assoc_report nth(const struct town *t, int i)
{
	char addr[32];

	snprintf(addr, sizeof addr, "10.1.0.%d", i + 1);
	return daemon_assoc(&t->client, addr);
}

/*
 * C-09, C-11: servers that say themselves that they are no good, all with a
 * time of an hour ahead.  They are heard, counted, and never reachable; with
 * absurd root values they are reachable and never selected.
 */
static void unfit_servers(void **state)
{
	struct town t;

	(void)state;
	town_init(&t, 1, 8, "iburst", "");
	for (int i = 1; i < 8; i++)
		sim_host_set_offset(t.server[i].host, 3600);
	t.server[1].leap = 3;
	t.server[2].stratum = 16;
	t.server[3].stratum = 0;
	t.server[3].refid = 0;
	t.server[4].stratum = 255;
	t.server[5].root_delay_s = 65535.9;
	t.server[6].root_disp_s = 32768;
	t.server[7].root_disp_s = 40000; /* negative, if it had a sign */
	town_run(&t, 400, 10000);
	for (int i = 1; i < 8; i++) {
		struct assoc_report r = nth(&t, i);

		assert_true(r.received > 5);
		assert_int_equal(r.est.status, SELECT_REJECT);
		assert_int_equal(r.flash & FLASH_PKT_UNSYNC,
				 i < 5 ? FLASH_PKT_UNSYNC : 0);
		assert_int_equal(r.flash & FLASH_PEER_DIST,
				 i < 5 ? 0 : FLASH_PEER_DIST);
		assert_int_equal(r.reach != 0, i >= 5);
	}
	assert_int_equal(nth(&t, 0).est.status, SELECT_SYS_PEER);
	assert_int_equal(t.client.host->steps, 1);
	assert_below(t.judge.max_s, 1e-3);
	town_done(&t);
}

SCENARIO(unfit_servers)
