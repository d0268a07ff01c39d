/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/*
 * C-03, C-14, P-24: everything arrives twice, and a tenth of it is held up by
 * up to minutes, so replies overtake each other and come after the next
 * request.  A reply is used once or not at all.
 */
static void duplicates(void **state)
{
	struct town t;

	(void)state;
	town_init(&t, 1, 4, "iburst", "");
	t.w->link.duplicate = 1;
	t.w->link.late = 0.1;
	t.w->link.late_s = 60;
	town_run(&t, 1000, 40000);
	assert_int_equal(t.client.host->steps, 1); /* at the start */
	assert_below(t.judge.max_s, 2e-3);
	for (int i = 0; i < t.n; i++) {
		struct assoc_report r =
			daemon_assoc(&t.client, i == 0   ? "10.1.0.1"
						: i == 1 ? "10.1.0.2"
						: i == 2 ? "10.1.0.3"
							 : "10.1.0.4");

		assert_true(r.received <= r.sent);
		assert_true(r.by_verdict[REPLY_DUPLICATE] +
				    r.by_verdict[REPLY_BOGUS] >
			    0);
	}
	town_done(&t);
}

SCENARIO(duplicates)
