/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

/* 2026-06-30 and 2026-03-15, 12:00, as seconds after the town's beginning. */
#define JUNE_S (180 * 86400 + 43200)
#define MARCH_S (73 * 86400 + 43200)
/* Off the second, so that the judge does not look at the very instant. */
#define MIDNIGHT_S 43199.7

static void leap(struct town *t, int sign)
{
	world_leap(t->w, sign);
	for (int i = 0; i < t->n; i++) {
		t->server[i].leap = LEAP_NONE;
		sim_host_set_offset(t->server[i].host, 0);
	}
}

static void insert_now(struct world *w, void *arg)
{
	(void)w;
	leap(arg, 1);
}

static void delete_now(struct world *w, void *arg)
{
	(void)w;
	leap(arg, -1);
}

/* From noon on, the first n of four servers announce a leap second. */
static void announce(struct town *t, double noon_s, int n, enum ntp_leap what)
{
	town_init(t, 1, 4, "iburst", "");
	t->w->utc_shift_ns = (int64_t)((noon_s + 43200 - MIDNIGHT_S) * 1e9);
	for (int i = 0; i < t->n; i++) {
		t->server[i].leap = i < n ? (uint8_t)what : LEAP_NONE;
		sim_host_set_offset(t->server[i].host, 0);
	}
	sim_host_set_offset(t->client.host, 0.01);
	town_run(t, 400, MIDNIGHT_S - 100);
}

/* S-01, S-02: three of four say so, on the last day of June, and it comes. */
static void by_majority(void **state)
{
	struct town t;

	(void)state;
	for (int sign = 1; sign >= -1; sign -= 2) {
		enum ntp_leap what = sign > 0 ? LEAP_INSERT : LEAP_DELETE;

		announce(&t, JUNE_S, 3, what);
		world_at(t.w, MIDNIGHT_S - (sign < 0),
			 sign > 0 ? insert_now : delete_now, &t);
		assert_int_equal(t.client.host->status.leap, sign);
		assert_int_equal(daemon_view(&t.client).leap, what);
		world_run(t.w, MIDNIGHT_S + 20000);
		assert_int_equal(t.client.host->leaps, 1);
		assert_int_equal(t.client.host->steps, 1); /* at the start */
		assert_int_equal(daemon_view(&t.client).leap, LEAP_NONE);
		assert_below(t.judge.max_s, 1e-3);
		assert_int_equal(t.judge.served, t.judge.looks);
		town_done(&t);
	}
}

/* C-23: one of four says so. */
static void by_a_minority(void **state)
{
	struct town t;

	(void)state;
	announce(&t, JUNE_S, 1, LEAP_INSERT);
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
	announce(&t, MARCH_S, 4, LEAP_INSERT);
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
	/* the world is an hour behind: withdrawn at 22:58 */
	announce(&t, JUNE_S - 3600, 4, LEAP_INSERT);
	assert_int_equal(t.client.host->status.leap, 1);
	withdraw(t.w, &t);
	world_run(t.w, MIDNIGHT_S + 20000);
	assert_int_equal(t.client.host->leaps, 0);
	assert_below(t.judge.max_s, 1e-3);
	town_done(&t);
}

#define NS(s) ((int64_t)((s)*1e9))

/* At the end of June 2026 TAI - UTC becomes 38 s, says a file that is good until the given time. */
static struct leap_table june(const struct town *t, double expires_s)
{
	int64_t start_ns = t->w->start_ns;

	return (struct leap_table){
		.n = 2,
		.entry = {{0, 37}, {start_ns + NS(JUNE_S + 43200), 38}},
		.expires_wall_ns = start_ns + NS(expires_s)};
}

static void with_table(struct town *t, struct leap_table *table,
		       double expires_s, uint8_t said)
{
	town_init(t, 1, 4, "iburst", "");
	*table = june(t, expires_s);
	t->client.in.leap_table = table;
	t->client.host->log_watch = "expired on 2026-06-2";
	t->w->utc_shift_ns = NS(JUNE_S + 43200 - MIDNIGHT_S);
	for (int i = 0; i < t->n; i++) {
		t->server[i].leap = said;
		sim_host_set_offset(t->server[i].host, 0);
	}
	sim_host_set_offset(t->client.host, 0.01);
	town_run(t, 400, MIDNIGHT_S - 100);
}

/* S-01: the file knows it, no server says it; the TAI offset follows. */
static void by_the_file(void **state)
{
	struct leap_table table;
	struct town t;

	(void)state;
	with_table(&t, &table, JUNE_S + 1e6, LEAP_NONE);
	assert_int_equal(daemon_view(&t.client).leap, LEAP_INSERT);
	assert_int_equal(t.client.host->status.tai_offset_s, 37);
	world_at(t.w, MIDNIGHT_S, insert_now, &t);
	world_run(t.w, MIDNIGHT_S + 20000);
	assert_int_equal(t.client.host->leaps, 1);
	assert_int_equal(t.client.host->status.tai_offset_s, 38);
	assert_int_equal(t.client.host->log_seen, 0);
	assert_below(t.judge.max_s, 1e-3);
	town_done(&t);
}

/* The file decides alone: what it does not know does not come. */
static void the_file_overrules(void **state)
{
	struct leap_table table;
	struct town t;

	(void)state;
	with_table(&t, &table, JUNE_S + 1e6, LEAP_DELETE);
	assert_int_equal(t.client.host->status.leap, 1);
	assert_int_equal(daemon_view(&t.client).leap, LEAP_INSERT);
	town_done(&t);
}

/* F-09: expired a week ago.  Said once; the majority decides, the TAI offset stays of use. */
static void an_expired_file(void **state)
{
	struct leap_table table;
	struct town t;

	(void)state;
	with_table(&t, &table, JUNE_S - 7 * 86400, LEAP_NONE);
	assert_int_equal(t.client.host->log_seen, 1);
	assert_int_equal(t.client.host->status.leap, 0);
	assert_int_equal(t.client.host->status.tai_offset_s, 37);
	town_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_majority),
		cmocka_unit_test(by_a_minority),
		cmocka_unit_test(on_another_day),
		cmocka_unit_test(withdrawn),
		cmocka_unit_test(by_the_file),
		cmocka_unit_test(the_file_overrules),
		cmocka_unit_test(an_expired_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
