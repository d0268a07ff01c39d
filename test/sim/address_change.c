/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/*
 * D-05: the address behind a name changes.  As long as the old one answers
 * nobody looks; when it falls silent the name is looked up again and the new
 * one takes its place.
 */
static void of_a_server(void **state)
{
	struct town t;
	struct sim_name *name;

	(void)state;
	town_init(&t, 1, 0, "", "server a.example iburst maxpoll 6\n");
	ref_server_init(&t.server[0], t.w, "10.1.0.1");
	ref_server_init(&t.server[1], t.w, "10.1.0.2");
	name = world_name(t.w, "a.example");
	sim_name_add(name, "10.1.0.1");
	town_run(&t, 400, 3600);
	name->addr[0] = sim_addr("10.1.0.2", 0);
	world_run(t.w, 2 * 3600);
	assert_int_equal(name->asked, 1);
	assert_int_equal(t.server[1].asked, 0);

	t.server[0].host->unplugged = true;
	world_run(t.w, 3 * 3600);
	assert_true(name->asked > 1);
	assert_int_equal(daemon_assoc(&t.client, "10.1.0.2").reach, 0xff);
	assert_int_equal(engine_assoc_count(t.client.engine), 1);
	assert_below(t.judge.max_s, 1e-3);
	town_done(&t);
}

/*
 * D-04: a pool gives the same four addresses every time; one of them dies and
 * another one of the pool's takes its place.
 */
static void of_a_pool(void **state)
{
	struct town t;
	struct sim_name *name;

	(void)state;
	town_init(&t, 1, 0, "", "pool pool.example iburst maxpoll 6\n");
	name = world_name(t.w, "pool.example");
	for (int i = 0; i < 5; i++) {
		static const char *const addr[] = {"10.1.0.1", "10.1.0.2",
						   "10.1.0.3", "10.1.0.4",
						   "10.1.0.5"};

		ref_server_init(&t.server[i], t.w, addr[i]);
		if (i < 4)
			sim_name_add(name, addr[i]);
	}
	town_run(&t, 400, 3600);
	/* four associations and the pool itself */
	assert_int_equal(engine_assoc_count(t.client.engine), 5);
	t.server[1].host->unplugged = true;
	name->addr[1] = sim_addr("10.1.0.5", 0);
	world_run(t.w, 2 * 3600);
	assert_int_equal(engine_assoc_count(t.client.engine), 5);
	assert_int_equal(daemon_assoc(&t.client, "10.1.0.5").reach, 0xff);
	assert_int_equal(daemon_assoc(&t.client, "10.1.0.1").reach, 0xff);
	assert_below(t.judge.max_s, 1e-3);
	town_done(&t);
}

/* F-04: two names of one server.  It is asked once, and the log says why. */
static void by_two_names(void **state)
{
	struct town t;

	(void)state;
	town_init(&t, 1, 0, "",
		  "server a.example iburst\n"
		  "server b.example iburst\n"
		  "server 10.1.0.1 iburst\n");
	ref_server_init(&t.server[0], t.w, "10.1.0.1");
	sim_name_add(world_name(t.w, "a.example"), "10.1.0.1");
	sim_name_add(world_name(t.w, "b.example"), "10.1.0.1");
	t.client.host->log_watch = "once is enough";
	town_run(&t, 400, 20000);
	assert_int_equal(t.client.host->log_seen, 2);
	assert_int_equal(t.server[0].asked,
			 daemon_assoc(&t.client, "10.1.0.1").sent);
	assert_int_equal(daemon_assoc(&t.client, "a.example").sent, 0);
	assert_int_equal(daemon_assoc(&t.client, "b.example").sent, 0);
	assert_below(t.judge.max_s, 1e-3);
	town_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_a_server),
		cmocka_unit_test(of_a_pool),
		cmocka_unit_test(by_two_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
