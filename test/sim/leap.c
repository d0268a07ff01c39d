/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/* 2026-06-30 and 2026-03-15, 12:00, as seconds after the town's beginning. */
#define JUNE_S (180 * 86400 + 43200)
#define MARCH_S (73 * 86400 + 43200)
/* Off the second, so that the judge does not look at the very instant. */
#define MIDNIGHT_S 43199.7

static void leap_now(struct world *w, void *arg)
{
	struct town *t = arg;

	world_leap(w, 1);
	for (int i = 0; i < t->n; i++) {
		t->server[i].leap = LEAP_NONE;
		sim_host_set_offset(t->server[i].host, 0);
	}
}

/* The first n of four servers announce a leap second; does it come? */
static void announce(struct town *t, double day_s, int n, bool comes)
{
	town_init(t, 1, 4, "iburst", "");
	t->w->utc_shift_ns = (int64_t)((day_s + 43200 - MIDNIGHT_S) * 1e9);
	for (int i = 0; i < t->n; i++) {
		t->server[i].leap = i < n ? LEAP_INSERT : LEAP_NONE;
		sim_host_set_offset(t->server[i].host, 0);
	}
	sim_host_set_offset(t->client.host, 0.01);
	if (comes)
		world_at(t->w, MIDNIGHT_S, leap_now, t);
	town_run(t, 400, MIDNIGHT_S - 100);
}

/* S-01: three of four say so, on the last day of June. */
static void by_majority(void **state)
{
	struct town t;

	(void)state;
	announce(&t, JUNE_S, 3, true);
	assert_int_equal(t.client.host->status.leap, 1);
	assert_int_equal(daemon_view(&t.client).leap, LEAP_INSERT);
	world_run(t.w, MIDNIGHT_S + 20000);
	assert_int_equal(t.client.host->leaps, 1);
	assert_int_equal(t.client.host->steps, 0);
	assert_int_equal(daemon_view(&t.client).leap, LEAP_NONE);
	assert_below(t.judge.max_s, 1e-3);
	assert_int_equal(t.judge.dishonest, 0);
	assert_int_equal(t.judge.served, t.judge.looks);
	town_done(&t);
}

/* C-23: one of four says so. */
static void by_a_minority(void **state)
{
	struct town t;

	(void)state;
	announce(&t, JUNE_S, 1, false);
	assert_int_equal(t.client.host->status.leap, 0);
	assert_int_equal(daemon_view(&t.client).leap, LEAP_NONE);
	world_run(t.w, MIDNIGHT_S + 20000);
	assert_int_equal(t.client.host->leaps, 0);
	assert_below(t.judge.max_s, 1e-3);
	town_done(&t);
}

/* S-03: on a day that has none; and withdrawn an hour before. */
static void on_another_day(void **state)
{
	struct town t;

	(void)state;
	announce(&t, MARCH_S, 4, false);
	assert_int_equal(t.client.host->status.leap, 0);
	world_run(t.w, MIDNIGHT_S + 20000);
	assert_int_equal(t.client.host->leaps, 0);
	assert_below(t.judge.max_s, 1e-3);
	town_done(&t);
}

static void withdraw(struct world *w, void *arg)
{
	struct town *t = arg;

	(void)w;
	for (int i = 0; i < t->n; i++)
		t->server[i].leap = LEAP_NONE;
}

static void withdrawn(void **state)
{
	struct town t;

	(void)state;
	announce(&t, JUNE_S - 3600, 4, false);
	assert_int_equal(t.client.host->status.leap, 1);
	withdraw(t.w, &t);
	world_run(t.w, MIDNIGHT_S + 20000);
	assert_int_equal(t.client.host->leaps, 0);
	assert_below(t.judge.max_s, 1e-3);
	town_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_majority),
		cmocka_unit_test(by_a_minority),
		cmocka_unit_test(on_another_day),
		cmocka_unit_test(withdrawn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
