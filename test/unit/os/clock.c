/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/clock.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/container.h"
#include "base/units.h"
#include "near.h"
#include "os/stamp.h"

/*
 * The kernel's side of adjtimex(2), as a recorder: the machine's own clock is
 * never touched by a test.
 */
static struct timex asked[16];
static unsigned n_asked;
static int refuse_modes;    /* errno for calls that would change something */
static struct timex kernel; /* what reading gives */

static int fake_adjtimex(struct timex *tx)
{
	if (tx->modes != 0 && refuse_modes) {
		errno = refuse_modes;
		return -1;
	}
	if (tx->modes == 0) {
		*tx = kernel;
		return TIME_OK;
	}
	assert_true(n_asked < ARRAY_LEN(asked));
	asked[n_asked++] = *tx;
	if (tx->modes & ADJ_TICK)
		kernel.tick = tx->tick;
	if (tx->modes & ADJ_FREQUENCY) /* with its own rounding */
		kernel.freq = tx->freq & ~1L;
	if (tx->modes & ADJ_STATUS)
		kernel.status = tx->status;
	tx->tick = kernel.tick;
	tx->freq = kernel.freq;
	tx->status = kernel.status;
	return TIME_ERROR; /* a state, not an error */
}

static struct os_clock start(void)
{
	struct os_clock c;

	n_asked = 0;
	refuse_modes = 0;
	kernel = (struct timex){.tick = 10001, .freq = -65536}; /* 1 ppm down */
	assert_int_equal(os_clock_kernel_init_with(&c, fake_adjtimex), 0);
	c.nominal_tick_us = 10000;
	return c;
}

static void frequency_as_the_kernel_wants_it(void **state)
{
	static const struct {
		double freq;
		long tick, scaled;
	} cases[] = {
		{0, 10000, 0},
		{1e-6, 10000, 65536},
		{-1.5e-6, 10000, -98304},
		{500e-6, 10000, 32768000},
		{-500e-6, 10000, -32768000},
		{501e-6, 10005, 65536},
		{-960e-6, 9990, 40 * 65536},
		{0.1, 11000, 0},
		{-0.1, 9000, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct timex tx = {0};

		timex_set_freq(&tx, cases[i].freq, 10000);
		assert_int_equal(tx.modes, ADJ_FREQUENCY | ADJ_TICK);
		assert_int_equal(tx.tick, cases[i].tick);
		assert_int_equal(tx.freq, cases[i].scaled);
		assert_near(timex_get_freq(&tx, 10000), cases[i].freq, 8e-12);
	}
}

/* Any frequency comes back to half a unit, and stays within what is allowed. */
static void frequency_round_trip(void **state)
{
	(void)state;
	for (int i = -100000; i <= 100000; i += 7) {
		double freq = i * 1e-6;
		struct timex tx = {0};

		timex_set_freq(&tx, freq, 10000);
		assert_near(timex_get_freq(&tx, 10000), freq, 8e-12);
		assert_true(labs(tx.freq) <= 500 * 65536L);
		assert_true(tx.tick >= 9000 && tx.tick <= 11000);
	}
}

static void step_as_the_kernel_wants_it(void **state)
{
	static const struct {
		double offset_s;
		long s, ns;
	} cases[] = {
		{0, 0, 0},
		{1.25, 1, 250000000},
		{-1.25, -2, 750000000},
		{-1e-9, -1, 999999999},
		{1e-9, 0, 1},
		{-3, -3, 0},
		{86400.5, 86400, 500000000},
		{-0.128, -1, 872000000},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct timex tx = {0};

		timex_set_step(&tx, cases[i].offset_s);
		assert_int_equal(tx.modes, ADJ_SETOFFSET | ADJ_NANO);
		assert_int_equal(tx.time.tv_sec, cases[i].s);
		assert_int_equal(tx.time.tv_usec, cases[i].ns);
	}
}

static void status_as_the_kernel_wants_it(void **state)
{
	struct clock_status st = {.synchronised = true,
				  .leap = 1,
				  .max_error_s = 0.0123456,
				  .est_error_s = 1e-9,
				  .tai_offset_s = 37};
	struct timex tx = {0};

	(void)state;
	timex_set_status(&tx, &st);
	assert_int_equal(tx.modes, ADJ_STATUS | ADJ_NANO | ADJ_MAXERROR |
					   ADJ_ESTERROR | ADJ_TAI);
	assert_int_equal(tx.status, STA_INS);
	assert_int_equal(tx.maxerror, 12346); /* rounded to the safe side */
	assert_int_equal(tx.esterror, 1);
	assert_int_equal(tx.constant, 37);

	st = (struct clock_status){.synchronised = true, .leap = -1};
	memset(&tx, 0, sizeof tx);
	timex_set_status(&tx, &st);
	assert_int_equal(tx.status, STA_DEL);
	assert_false(tx.modes & ADJ_TAI);

	/* Not synchronised: no leap either; absurd errors are the largest. */
	st = (struct clock_status){
		.leap = 1, .max_error_s = HUGE_VAL, .est_error_s = (double)NAN};
	memset(&tx, 0, sizeof tx);
	timex_set_status(&tx, &st);
	assert_int_equal(tx.status, STA_UNSYNC);
	assert_int_equal(tx.maxerror, 16000000);
	assert_int_equal(tx.esterror, 16000000);
}

/* What another program left running is ended once, before our first command. */
static void takes_over_once(void **state)
{
	struct os_clock c = start();

	(void)state;
	assert_int_equal(n_asked, 0);
	assert_near(c.clock.freq, 100e-6 - 1e-6, 1e-12);
	assert_int_equal(clock_set_freq(&c.clock, 20e-6), 0);
	assert_int_equal(n_asked, 3);
	assert_int_equal(asked[0].modes, ADJ_STATUS | ADJ_NANO);
	assert_int_equal(asked[0].status, STA_UNSYNC); /* and so no PLL */
	assert_int_equal(asked[1].modes, ADJ_OFFSET_SINGLESHOT);
	assert_int_equal(asked[1].offset, 0);
	assert_int_equal(asked[2].modes, ADJ_FREQUENCY | ADJ_TICK);
	assert_near(c.clock.freq, 20e-6, 0);
	assert_int_equal(clock_step(&c.clock, -0.5), 0);
	assert_int_equal(n_asked, 4);
	assert_int_equal(asked[3].modes, ADJ_SETOFFSET | ADJ_NANO);
}

/* E-18: a second daemon changes the frequency, the tick, or starts the kernel's loop. */
static void notices_another_hand(void **state)
{
	struct os_clock c = start();
	const struct clock_status st = {.synchronised = true};

	(void)state;
	kernel.freq = 77; /* before our first command: its own business */
	for (int i = 1; i <= 3; i++)
		assert_int_equal(clock_set_freq(&c.clock, i * 1.23456e-6), 0);
	assert_int_equal(clock_announce(&c.clock, &st), 0);
	assert_int_equal(clock_step(&c.clock, 0.5), 0);
	assert_int_equal(c.clock.contested, 0);

	kernel.freq += 2;
	n_asked = 0;
	assert_int_equal(clock_set_freq(&c.clock, 1e-6), 0);
	assert_int_equal(c.clock.contested, 1);
	assert_int_equal(n_asked, 3); /* taken over once more */
	kernel.tick++;
	assert_int_equal(clock_announce(&c.clock, &st), 0);
	assert_int_equal(clock_set_freq(&c.clock, 1e-6), 0);
	assert_int_equal(c.clock.contested, 2);
	n_asked = 0;
	kernel.status |= STA_PLL;
	assert_int_equal(clock_set_freq(&c.clock, 1e-6), 0);
	assert_int_equal(c.clock.contested, 3);
	assert_false(kernel.status & STA_PLL);
	assert_int_equal(clock_set_freq(&c.clock, 1e-6), 0);
	assert_int_equal(c.clock.contested, 3);
}

/* E-04: without the right to steer every command says so, and time still runs. */
static void without_the_right(void **state)
{
	struct os_clock c = start();
	const struct clock_status st = {.synchronised = true};
	double found = c.clock.freq;

	(void)state;
	refuse_modes = EPERM;
	assert_int_equal(clock_set_freq(&c.clock, 20e-6), -EPERM);
	assert_int_equal(clock_step(&c.clock, 0.5), -EPERM);
	assert_int_equal(clock_announce(&c.clock, &st), -EPERM);
	assert_near(c.clock.freq, found, 0);
	assert_true(clock_now(&c.clock) > 0);
	/* Given back later, it is used. */
	refuse_modes = 0;
	assert_int_equal(clock_set_freq(&c.clock, 20e-6), 0);
}

/* E-24: nonsense never reaches the kernel. */
static void refuses_nonsense(void **state)
{
	struct os_clock k = start(), v;
	struct clock *clocks[] = {&k.clock, &v.clock};

	(void)state;
	os_clock_virtual_init(&v, 0, 0);
	for (size_t i = 0; i < ARRAY_LEN(clocks); i++) {
		assert_int_equal(clock_set_freq(clocks[i], (double)NAN),
				 -ERANGE);
		assert_int_equal(clock_set_freq(clocks[i], HUGE_VAL), -ERANGE);
		assert_int_equal(clock_set_freq(clocks[i], -0.11), -ERANGE);
		assert_int_equal(clock_step(clocks[i], (double)NAN), -EINVAL);
		assert_int_equal(clock_step(clocks[i], -HUGE_VAL), -EINVAL);
	}
	assert_int_equal(n_asked, 0);
	assert_near(v.line.rate, 0, 0);
}

static void assert_reads(struct os_clock *c, int64_t (*host)(void))
{
	int64_t before = timeline_at(&c->line, host());
	int64_t now = clock_now(&c->clock);
	int64_t after = timeline_at(&c->line, host());

	assert_true(before <= now && now <= after);
}

/* The published line is what the clock reads, for each of them. */
static void line_is_the_clock(void **state)
{
	struct os_clock c;

	(void)state;
	assert_int_equal(os_clock_kernel_init(&c), 0); /* only reads */
	assert_reads(&c, os_clock_realtime_ns);
	assert_int_equal(c.line.host, TIMELINE_REALTIME);
	assert_in_range(-c.clock.precision_log2, 10, 30);
	os_clock_none_init(&c);
	assert_reads(&c, os_clock_realtime_ns);
	os_clock_virtual_init(&c, 3600, 50e-6);
	assert_reads(&c, os_clock_raw_ns);
	assert_int_equal(c.line.host, TIMELINE_MONOTONIC_RAW);
	assert_int_equal(clock_set_freq(&c.clock, 0.05), 0);
	assert_reads(&c, os_clock_raw_ns);
	assert_int_equal(clock_step(&c.clock, -7200), 0);
	assert_reads(&c, os_clock_raw_ns);
}

static void none_measures_only(void **state)
{
	struct os_clock c;
	const struct clock_status st = {.synchronised = true};

	(void)state;
	os_clock_none_init(&c);
	assert_int_equal(clock_set_freq(&c.clock, 0), -EPERM);
	assert_int_equal(clock_step(&c.clock, 0), -EPERM);
	assert_int_equal(clock_announce(&c.clock, &st), 0);
}

static void virtual_follows_commands(void **state)
{
	struct os_clock c;
	const struct clock_status st = {.synchronised = true};
	int64_t before, after;

	(void)state;
	before = os_clock_realtime_ns();
	os_clock_virtual_init(&c, -12.5, 80e-6);
	after = os_clock_realtime_ns();
	assert_true(c.line.base_ns >= before - ns_from_s(12.5));
	assert_true(c.line.base_ns <= after - ns_from_s(12.5));
	assert_near(c.line.rate, 80e-6, 1e-15);

	/* Its error and our correction multiply. */
	assert_int_equal(clock_set_freq(&c.clock, -80e-6), 0);
	assert_near(c.line.rate, -80e-6 * 80e-6, 1e-15);
	before = c.line.base_ns;
	assert_int_equal(clock_step(&c.clock, 0.25), 0);
	assert_int_equal(c.line.base_ns - before, 250000000);
	assert_int_equal(clock_announce(&c.clock, &st), 0);
}

/* A turn of the line is not a step: time goes on from where it was. */
static void virtual_is_continuous(void **state)
{
	struct os_clock c;
	int64_t last;

	(void)state;
	os_clock_virtual_init(&c, 0, 0);
	last = clock_now(&c.clock);
	for (int i = 0; i < 1000; i++) {
		int64_t now;

		assert_int_equal(clock_set_freq(&c.clock, i % 2 ? 0.1 : -0.1),
				 0);
		now = clock_now(&c.clock);
		assert_true(now >= last && now - last < NS_PER_S / 2);
		last = now;
	}
}

static void stamps_become_served_time(void **state)
{
	struct os_clock none, ahead;
	struct stamp_map map;
	int64_t now = os_clock_realtime_ns(), wall;

	(void)state;
	/* One and the same clock: the stamp as it is, to the nanosecond. */
	os_clock_none_init(&none);
	for (int i = 0; i < 1000; i++) {
		map = stamp_map_now(&none.clock);
		assert_int_equal(map.ahead_ns, 0);
		assert_true(stamp_to_served(&map, now, &wall));
		assert_int_equal(wall, now);
	}
	os_clock_virtual_init(&ahead, 1000, 0);
	map = stamp_map_now(&ahead.clock);
	assert_near(s_from_ns(map.ahead_ns), 1000, 0.05);
	now = os_clock_realtime_ns();
	map = stamp_map_now(&ahead.clock);
	assert_true(stamp_to_served(&map, now, &wall));
	assert_int_equal(wall, now + map.ahead_ns);
}

/* E-12: a stamp from before a step of the clock is not believed. */
static void impossible_stamps(void **state)
{
	const struct stamp_map map = {.served_ns = 1000 * NS_PER_S,
				      .ahead_ns = 400 * NS_PER_S};
	int64_t wall = 0;

	(void)state;
	assert_true(stamp_to_served(&map, 600 * NS_PER_S, &wall));
	assert_true(stamp_to_served(&map, 597 * NS_PER_S, &wall));
	assert_int_equal(wall, 997 * NS_PER_S);
	assert_false(stamp_to_served(&map, 600 * NS_PER_S + 1, &wall));
	assert_int_equal(wall, 1000 * NS_PER_S);
	assert_false(stamp_to_served(&map, 596 * NS_PER_S, &wall));
	assert_int_equal(wall, 1000 * NS_PER_S);
	assert_false(stamp_to_served(&map, 4200 * NS_PER_S, &wall));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frequency_as_the_kernel_wants_it),
		cmocka_unit_test(frequency_round_trip),
		cmocka_unit_test(step_as_the_kernel_wants_it),
		cmocka_unit_test(status_as_the_kernel_wants_it),
		cmocka_unit_test(takes_over_once),
		cmocka_unit_test(notices_another_hand),
		cmocka_unit_test(without_the_right),
		cmocka_unit_test(refuses_nonsense),
		cmocka_unit_test(line_is_the_clock),
		cmocka_unit_test(none_measures_only),
		cmocka_unit_test(virtual_follows_commands),
		cmocka_unit_test(virtual_is_continuous),
		cmocka_unit_test(stamps_become_served_time),
		cmocka_unit_test(impossible_stamps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
