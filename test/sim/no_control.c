/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/* E-04: the clock may not be steered.  We measure, say so once, and are honest about the error. */
static void no_control(void **state)
{
	struct town t;
	struct sys_report r;

	(void)state;
	town_init(&t, 1, 4, "iburst", "");
	t.client.host->no_control = true;
	t.client.host->log_watch = "may not be steered";
	town_run(&t, 0, 20000);
	engine_report(t.client.engine, &r);
	assert_false(r.clock_control);
	assert_int_equal(t.client.host->log_seen, 1);
	town_done(&t);
}

static void meddle(struct world *w, void *arg)
{
	struct sim_host *h = arg;

	(void)w;
	h->io.clock->contested++;
}

/* E-18: another program steers as well.  Said once, shown for ever, no reason to stop. */
static void shared_control(void **state)
{
	struct town t;
	struct sys_report r;

	(void)state;
	town_init(&t, 1, 4, "iburst", "");
	t.client.host->log_watch = "second NTP daemon";
	town_run(&t, 400, 1000);
	assert_int_equal(t.client.host->log_seen, 0);
	world_every(t.w, 500, meddle, t.client.host);
	world_run(t.w, 20000);
	engine_report(t.client.engine, &r);
	assert_in_range(r.clock_contested, 37, 39);
	assert_int_equal(t.client.host->log_seen, 1);
	assert_true(daemon_is_synchronised(&t.client));
	town_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_control),
		cmocka_unit_test(shared_control),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
