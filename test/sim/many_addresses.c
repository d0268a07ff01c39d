/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "world_ntp.h"

/* D-01: a name with 89 addresses gives a server line one source, a pool line at most four an answer. */
static void many_addresses(void **state)
{
	static struct ref_server crowd[89];
	struct town t;
	unsigned asked = 0;

	(void)state;
	town_init(&t, 1, 0, "",
		  "server one.example iburst\npool many.example iburst\n");
	for (int i = 0; i < 89; i++) {
		char addr[32];

		snprintf(addr, sizeof addr, "10.2.0.%d", i + 1);
		ref_server_init(&crowd[i], t.w, addr);
		sim_name_add(world_name(t.w, "one.example"), addr);
		sim_name_add(world_name(t.w, "many.example"), addr);
	}
	town_run(&t, 400, 20);
	for (int i = 0; i < 89; i++)
		asked += crowd[i].asked > 0;
	assert_in_range(asked, 4, 5);
	world_run(t.w, 5000);
	asked = 0;
	for (int i = 0; i < 89; i++)
		asked += crowd[i].asked > 0;
	assert_in_range(asked, 4, t.client.cfg->tos.max_clock);
	assert_below(t.judge.max_s, 1e-3);
	town_done(&t);
}

SCENARIO(many_addresses)
