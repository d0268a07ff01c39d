/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/* Servers by IPv6, by both families under one name, and behind another port. */
static void ipv6(void **state)
{
	struct town t;
	struct sim_name *name;

	(void)state;
	town_init(&t, 1, 0, "",
		  "server 2001:db8::1 iburst\n"
		  "server -6 both.example iburst\n"
		  "server 2001:db8::3 iburst port 1123\n");
	sim_host_add_addr(t.client.host, "2001:db8::64");
	ref_server_init(&t.server[0], t.w, "2001:db8::1");
	ref_server_init(&t.server[1], t.w, "2001:db8::2");
	ref_server_init(&t.server[2], t.w, "2001:db8::3");
	sim_host_serve(t.server[2].host, 1123, t.server[2].host->service[0].fn,
		       &t.server[2]);
	name = world_name(t.w, "both.example");
	sim_name_add(name, "10.1.0.2");
	sim_name_add(name, "2001:db8::2");
	town_run(&t, 400, 10000);
	assert_below(t.judge.max_s, 1e-3);
	assert_int_equal(t.judge.served, t.judge.looks);
	assert_int_equal(daemon_assoc(&t.client, "2001:db8::1").reach, 0xff);
	assert_int_equal(daemon_assoc(&t.client, "2001:db8::2").reach, 0xff);
	assert_int_equal(daemon_assoc(&t.client, "2001:db8::3").reach, 0xff);
	/* the refid of an IPv6 server is a hash, and leads to no loop */
	assert_int_equal(daemon_view(&t.client).stratum, 2);
	town_done(&t);
}

SCENARIO(ipv6)
