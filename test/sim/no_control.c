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
	assert_int_equal(t.judge.dishonest, 0);
	town_done(&t);
}

SCENARIO(no_control)
