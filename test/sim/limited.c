/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/*
 * Our server allows a request each 32 s in the mean, our client was told to ask
 * each 8 s.  It heeds the kiss, comes as often as it may, and keeps time.
 */
static void limited(void **state)
{
	struct town t;
	struct daemon server;
	const struct server_stats *s;
	uint64_t kisses;

	(void)state;
	town_init(&t, 1, 0, "", "server 10.2.0.1 minpoll 3\n");
	ref_server_init(&t.server[0], t.w, "10.1.0.1");
	daemon_init(&server, sim_host_new(t.w, "10.2.0.1"),
		    "server 10.1.0.1 iburst\n"
		    "restrict default limited kod\ndiscard average 5\n");
	daemon_serve(&server);
	daemon_start(&server);
	town_run(&t, 1000, 10000);
	s = server_stats(server.server);
	kisses = s->by_verdict[SERVER_KISS];
	assert_true(kisses > 0);
	assert_true(daemon_assoc(&t.client, "10.2.0.1").host_poll_log2 >= 4);
	assert_true(daemon_is_synchronised(&t.client));
	assert_below(t.judge.max_s, 1e-3);
	world_run(t.w, 40000);
	/* forgiven now and then, so that it tries again: rarely in vain */
	assert_below((double)(s->by_verdict[SERVER_KISS] +
			      s->by_verdict[SERVER_LIMITED]),
		     0.1 * (double)s->received);
	assert_below(t.judge.max_s, 1e-3);
	daemon_done(&server);
	town_done(&t);
}

SCENARIO(limited)
