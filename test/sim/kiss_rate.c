/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/* A server that says RATE to whoever asks more than once in 100 s, and ends so. */
static void no_faster(struct world *w, void *arg)
{
	struct ref_server *s = arg;

	(void)w;
	s->kiss = world_time_s(w) - s->asked_at_s < 100 ? "RATE" : NULL;
}

/* C-05: it is asked less often, within maxpoll, kept, and used again. */
static void kiss_rate(void **state)
{
	struct town t;
	struct assoc_report r;
	uint64_t asked;

	(void)state;
	town_init(&t, 1, 4, "iburst", "");
	t.server[0].asked_at_s = -1000;
	world_every(t.w, 0.25, no_faster, &t.server[0]);
	town_run(&t, 400, 600);
	/* the burst ended with the first kiss */
	assert_in_range(t.server[0].asked, 2, 10);
	world_run(t.w, 20000);
	r = daemon_assoc(&t.client, "10.1.0.1");
	assert_in_range(r.host_poll_log2, 7, 10);
	assert_true(r.reach != 0);
	asked = t.server[0].asked;
	world_run(t.w, 30000);
	assert_in_range(t.server[0].asked - asked, 5, 10000 / 64);
	assert_below(t.judge.max_s, 1e-3);
	town_done(&t);
}

/* RATE to everything: never more than the poll allows, never given up. */
static void rate_for_ever(void **state)
{
	struct town t;

	(void)state;
	town_init(&t, 1, 1, "iburst", "");
	t.server[0].kiss = "RATE";
	town_run(&t, 400, 86400);
	assert_in_range(t.server[0].asked, 86400 / 1024 - 5, 86400 / 1024 + 15);
	assert_false(daemon_is_synchronised(&t.client));
	t.server[0].kiss = NULL;
	world_run(t.w, 86400 + 3000);
	assert_true(daemon_is_synchronised(&t.client));
	town_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kiss_rate),
		cmocka_unit_test(rate_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
