/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

#include <limits.h>
#include <string.h>
#include <sys/socket.h>

#include "ntp/answer.h"

/* What the engine says of itself: everything that ntpq shows comes from here. */

static struct assoc_report at(const struct town *t, size_t i)
{
	struct assoc_report r;

	engine_assoc_report(t->client.engine, i, &r);
	return r;
}

static void a_server_line(void **state)
{
	struct town t;
	struct assoc_report r;
	struct sys_report sys;

	(void)state;
	town_init(&t, 1, 4, "iburst", "server 10.1.0.99\n");
	town_run(&t, 400, 600);
	assert_int_equal(engine_assoc_count(t.client.engine), 5);

	r = daemon_assoc(&t.client, "10.1.0.1");
	assert_int_equal(r.kind, ASSOC_SERVER);
	assert_int_equal(r.state_flags, ASSOC_CONFIGURED | ASSOC_REACHABLE);
	assert_int_equal(r.event, PEER_EVENT_REACHABLE);
	assert_int_equal(r.stratum, 1);
	assert_int_equal(r.hmode, 3);
	assert_int_equal(r.pmode, 4);
	assert_true(r.reach != 0);
	assert_int_equal(r.flash, 0);
	assert_true(r.est.status >= SELECT_OUTLIER);
	assert_near(r.est.delay_s, 400e-6, 600e-6);

	/* one that is not there */
	r = daemon_assoc(&t.client, "10.1.0.99");
	assert_int_equal(r.state_flags, ASSOC_CONFIGURED);
	assert_int_equal(r.stratum, 16);
	assert_true(r.refid == refid_from_code("INIT"));
	assert_int_equal(r.leap, 3);
	assert_int_equal(r.pmode, 0);
	assert_int_equal(r.reach, 0);
	assert_int_equal(r.flash, FLASH_PEER_STRATUM | FLASH_PEER_UNREACH);
	assert_int_equal(r.precision_log2,
			 t.client.host->io.clock->precision_log2);
	assert_true(r.last_reply_mono_ns == INT64_MIN);

	engine_report(t.client.engine, &sys);
	assert_int_equal(sys.view.stratum, 2);
	assert_in_range(sys.uptime_s, 599, 600);
	assert_true(sys.clock_control && sys.clock.synchronised);
	assert_int_equal(sys.event, SYS_EVENT_CLOCK_SYNC);
	for (size_t i = 0; i < 5; i++) {
		if (at(&t, i).id == sys.peer_id)
			assert_int_equal(at(&t, i).est.status, SELECT_SYS_PEER);
		for (size_t j = 0; j < i; j++)
			assert_int_not_equal(at(&t, i).id, at(&t, j).id);
	}
	town_done(&t);
}

/* A name without an address is a row of its own, a pool line always. */
static void names(void **state)
{
	struct town t;
	struct assoc_report r;
	struct sim_name *name;

	(void)state;
	town_init(&t, 1, 1, "iburst",
		  "server lost.test\npool many.test iburst\n");
	name = world_name(t.w, "many.test");
	sim_name_add(name, "10.1.0.1");
	sim_name_add(name, "10.1.0.50");
	town_run(&t, 1e9, 60);
	/* 10.1.0.1 is taken already */
	assert_int_equal(engine_assoc_count(t.client.engine), 4);
	r = daemon_assoc(&t.client, "lost.test");
	assert_int_equal(r.kind, ASSOC_SERVER);
	assert_int_equal(r.addr.family, AF_UNSPEC);
	assert_true(r.refid == refid_from_code("DNS"));
	r = at(&t, 3);
	assert_int_equal(r.kind, ASSOC_POOL_NAME);
	assert_string_equal(r.name, "many.test");
	assert_int_equal(r.addr.family, AF_UNSPEC);
	assert_true(r.refid == refid_from_code("POOL"));
	assert_int_equal(r.stratum, 16);
	assert_int_not_equal(r.id, at(&t, 2).id);
	town_done(&t);
}

/* 127.127.1.0 serves while nothing better is there. */
static void local_clock(void **state)
{
	struct town t;
	struct assoc_report r;
	struct sys_view view;

	(void)state;
	town_init(&t, 1, 3, "iburst",
		  "server 127.127.1.0\nfudge 127.127.1.0 stratum 10\n");
	t.client.host->unplugged = true;
	t.dishonest_max = UINT_MAX; /* it was told to believe its clock */
	town_run(&t, 1e9, 60);
	view = daemon_view(&t.client);
	assert_int_equal(view.stratum, 11);
	assert_true(view.refid == 0x7f7f0100);
	r = at(&t, 3);
	assert_int_equal(r.kind, ASSOC_LOCAL_CLOCK);
	assert_int_equal(r.est.status, SELECT_SYS_PEER);
	assert_true(r.refid == refid_from_code("LOCL"));

	t.client.host->unplugged = false;
	world_run(t.w, 600);
	assert_int_equal(daemon_view(&t.client).stratum, 2);
	assert_int_equal(at(&t, 3).est.status, SELECT_REJECT);
	town_done(&t);
}

/* Below stratum 2 the local clock speaks for a receiver, and says which. */
static void local_clock_as_a_receiver(void **state)
{
	struct town t;

	(void)state;
	town_init(&t, 1, 0, "",
		  "server 127.127.1.0\n"
		  "fudge 127.127.1.0 stratum 0 refid GPS\n");
	t.dishonest_max = UINT_MAX;
	town_run(&t, 1e9, 10);
	assert_int_equal(daemon_view(&t.client).stratum, 1);
	assert_true(daemon_view(&t.client).refid == refid_from_code("GPS"));
	assert_int_equal(daemon_view(&t.client).leap, LEAP_NONE);
	town_done(&t);
}

/* a key that is not there, or that the server does not answer with. */
static void keys(void **state)
{
	static const char text[] = "5 SHA1 secret\n";
	struct keys keys = {0};
	struct town t;
	struct assoc_report r;

	(void)state;
	assert_int_equal(keys_parse(text, strlen(text), &keys, NULL, NULL), 1);
	town_init(&t, 1, 3, "iburst",
		  "server 10.1.0.1 port 124 key 5\nserver 10.1.0.9 key 6\n");
	t.client.in.keys = &keys;
	sim_host_serve(t.server[0].host, 124, t.server[0].host->service[0].fn,
		       &t.server[0]);
	town_run(&t, 400, 600);
	r = at(&t, 3);
	assert_int_equal(r.key_id, 5);
	assert_true(r.state_flags & ASSOC_AUTH_ENABLED);
	assert_false(r.state_flags & (ASSOC_AUTHENTIC | ASSOC_REACHABLE));
	assert_true(r.by_verdict[REPLY_BAD_AUTH] > 0 &&
		    r.flash & FLASH_PKT_AUTH);
	assert_int_equal(at(&t, 4).sent, 0);
	assert_true(daemon_is_synchronised(&t.client));
	town_done(&t);
	keys_free(&keys);
}

/* `burst`: eight a poll while the server is reachable. */
static void burst(void **state)
{
	struct town t;

	(void)state;
	town_init(&t, 1, 1, "burst minpoll 6 maxpoll 6", "");
	town_run(&t, 1e9, 64 * 20);
	assert_in_range(t.server[0].asked, 8 * 15, 8 * 20);
	town_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_line),
		cmocka_unit_test(names),
		cmocka_unit_test(local_clock),
		cmocka_unit_test(local_clock_as_a_receiver),
		cmocka_unit_test(keys),
		cmocka_unit_test(burst),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
