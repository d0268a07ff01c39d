/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/* What restrict lines mean without writing an address: sources, and names. */

static unsigned flags_of(struct town *t, const char *addr)
{
	struct net_addr a = sim_addr(addr, 40000);

	server_set_hosts(t->client.server, t->client.host->access,
			 t->client.host->n_access);
	return server_access(t->client.server, &a);
}

static void sources_and_names(void **state)
{
	struct town t;
	struct sim_name *friend;

	(void)state;
	town_init(&t, 1, 3, "iburst",
		  "restrict default ignore\n"
		  "restrict source noquery\n"
		  "restrict friend.test nomodify\n"
		  "restrict 10.1.0.3 noserve\n");
	friend = world_name(t.w, "friend.test");
	daemon_serve(&t.client);
	town_run(&t, 1e9, 10);
	assert_int_equal(flags_of(&t, "10.1.0.1"), RES_NOQUERY);
	assert_int_equal(flags_of(&t, "10.1.0.3"), RES_NOSERVE);
	assert_int_equal(flags_of(&t, "10.3.0.7"), RES_IGNORE);

	/* The name comes up late, and moves. */
	sim_name_add(friend, "10.3.0.7");
	world_run(t.w, 200);
	assert_int_equal(flags_of(&t, "10.3.0.7"), RES_NOMODIFY);
	friend->addr[0] = sim_addr("10.3.0.8", 0);
	world_run(t.w, 5000);
	assert_int_equal(flags_of(&t, "10.3.0.7"), RES_IGNORE);
	assert_int_equal(flags_of(&t, "10.3.0.8"), RES_NOMODIFY);
	town_done(&t);
}

SCENARIO(sources_and_names)
