/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "world_ntp.h"

/*
 * Sockets fail, sending fails, the port is closed, for three hours.  Each
 * costs polls, never a storm of tries, and it ends when the trouble does.
 */
static void before(struct town *t)
{
	town_init(t, 1, 4, "iburst", "");
	town_run(t, 400, 3600);
}

static void after(struct town *t)
{
	struct assoc_report r;

	world_run(t->w, 4 * 3600 + 2 * 1024);
	r = daemon_assoc(&t->client, "10.1.0.1");
	assert_true(r.reach != 0);
	assert_true(daemon_is_synchronised(&t->client));
	assert_below((double)r.sent, 300);
	assert_below((double)t->client.host->logged[LOG_LEVEL_WARN], 10);
	assert_below(t->judge.max_s, 5e-3);
	town_done(t);
}

/* E-01 */
static void no_sockets(void **state)
{
	struct town t;

	(void)state;
	before(&t);
	t.client.host->connect_error = -EMFILE;
	world_run(t.w, 4 * 3600);
	t.client.host->connect_error = 0;
	after(&t);
}

/* E-02, E-05 */
static void nothing_leaves(void **state)
{
	struct town t;

	(void)state;
	before(&t);
	t.client.host->send_error = -ENOBUFS;
	world_run(t.w, 2 * 3600);
	t.client.host->send_error = -EPERM;
	world_run(t.w, 4 * 3600);
	t.client.host->send_error = 0;
	after(&t);
}

/* C-26 */
static void closed_ports(void **state)
{
	struct town t;

	(void)state;
	before(&t);
	for (int i = 0; i < t.n; i++)
		t.server[i].host->service[0].port = 9999;
	world_run(t.w, 4 * 3600);
	for (int i = 0; i < t.n; i++)
		t.server[i].host->service[0].port = 123;
	after(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_sockets),
		cmocka_unit_test(nothing_leaves),
		cmocka_unit_test(closed_ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
