/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/* C-07: one server refuses; it has rest for an hour, the others go on. */
static void one_refuses(void **state)
{
	struct town t;

	(void)state;
	town_init(&t, 1, 4, "iburst", "");
	t.server[0].kiss = "DENY";
	town_run(&t, 400, 3500);
	assert_int_equal(t.server[0].asked, 1);
	assert_below(t.judge.max_s, 1e-3);
	t.server[0].kiss = NULL;
	world_run(t.w, 8000);
	assert_true(daemon_assoc(&t.client, "10.1.0.1").reach != 0);
	town_done(&t);
}

/* All of them do: they are asked again, and time comes back with them. */
static void all_refuse(void **state)
{
	struct town t;

	(void)state;
	town_init(&t, 1, 4, "iburst", "");
	for (int i = 0; i < t.n; i++)
		t.server[i].kiss = "RSTR";
	town_run(&t, 8000, 4000);
	for (int i = 0; i < t.n; i++) {
		assert_in_range(t.server[i].asked, 2, 3);
		t.server[i].kiss = NULL;
	}
	assert_false(daemon_is_synchronised(&t.client));
	world_run(t.w, 16000);
	assert_true(daemon_is_synchronised(&t.client));
	assert_below(t.judge.max_s, 1e-3);
	town_done(&t);
}

/* C-08: a kiss that we do not know, or that makes no sense here, has no effect. */
static void unknown_kisses(void **state)
{
	struct town t;

	(void)state;
	town_init(&t, 1, 4, "iburst", "");
	t.server[0].kiss = "NTSN";
	t.server[1].kiss = "XYZW";
	t.server[2].kiss = "INIT";
	town_run(&t, 400, 20000);
	assert_true(daemon_is_synchronised(&t.client));
	assert_below(t.judge.max_s, 1e-3);
	assert_true(t.server[0].asked > 15);
	for (int i = 0; i < 3; i++)
		t.server[i].kiss = NULL;
	world_run(t.w, 30000);
	assert_true(daemon_assoc(&t.client, "10.1.0.1").reach != 0);
	town_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_refuses),
		cmocka_unit_test(all_refuse),
		cmocka_unit_test(unknown_kisses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
