/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "world_ntp.h"

#include <sys/socket.h>

/*
 * D-03: at boot there is no network.  Names fail for ten minutes; then one
 * resolves at once, another only after 30 s, a third never does, and a literal
 * address is not kept waiting by any of them.
 */
static void late_name(void **state)
{
	static const char conf[] = "server a.example iburst\n"
				   "server slow.example iburst\n"
				   "server never.example iburst\n";
	struct town t;
	struct sim_name *a, *slow;

	(void)state;
	town_init(&t, 1, 1, "iburst", conf);
	a = world_name(t.w, "a.example");
	slow = world_name(t.w, "slow.example");
	ref_server_init(&t.server[1], t.w, "10.1.0.2");
	ref_server_init(&t.server[2], t.w, "10.1.0.3");
	sim_name_add(a, "10.1.0.2");
	sim_name_add(slow, "10.1.0.3");
	slow->delay_s = 30;
	a->error = slow->error = -EAGAIN;

	town_run(&t, 400, 600);
	assert_true(daemon_is_synchronised(&t.client));
	assert_int_equal(daemon_assoc(&t.client, "a.example").addr.family,
			 AF_UNSPEC);
	/* backoff: at most a minute apart, and no storm */
	assert_in_range(a->asked, 10, 20);
	a->error = slow->error = 0;
	world_run(t.w, 600 + 60 + 5);
	assert_true(daemon_assoc(&t.client, "10.1.0.2").reach != 0);
	world_run(t.w, 600 + 60 + 35);
	assert_true(daemon_assoc(&t.client, "10.1.0.3").reach != 0);
	world_run(t.w, 86400);
	assert_below(world_name(t.w, "never.example")->asked, 150);
	assert_true(world_name(t.w, "never.example")->asked > 50);
	assert_below(t.judge.max_s, 1e-3);
	town_done(&t);
}

SCENARIO(late_name)
