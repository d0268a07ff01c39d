/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <math.h>

#include "base/container.h"
#include "base/units.h"
#include "near.h"
#include "sim/world.h"

static void a_clock_runs_at_its_own_rate(void **state)
{
	struct world *w = world_new(1);
	struct sim_host *h = sim_host_new(w, "10.0.0.1");

	(void)state;
	h->osc.freq = 100e-6;
	sim_host_set_offset(h, 0.5);
	world_run(w, 1000);
	assert_near(sim_host_error_s(h), 0.6, 1e-9);
	assert_near(sim_host_freq_error(h), 100e-6, 1e-15);
	world_free(w);
}

static void steering_is_exact_and_bounded(void **state)
{
	struct world *w = world_new(1);
	struct sim_host *h = sim_host_new(w, "10.0.0.1");
	struct clock *c = h->io.clock;

	(void)state;
	h->osc.freq = 100e-6;
	assert_int_equal(clock_set_freq(c, 1 / (1 + 100e-6) - 1), 0);
	world_run(w, 86400);
	assert_near(sim_host_error_s(h), 0, 2e-9);
	assert_int_equal(clock_set_freq(c, 501e-6), -EINVAL);
	assert_int_equal(clock_set_freq(c, (double)NAN), -EINVAL);
	assert_near(c->freq, 1 / (1 + 100e-6) - 1, 0);
	assert_int_equal(clock_step(c, -3600.25), 0);
	assert_near(sim_host_error_s(h), -3600.25, 2e-9);
	assert_int_equal(clock_step(c, HUGE_VAL), -EINVAL);
	assert_int_equal(h->steps, 1);
	world_free(w);
}

/* E-04 */
static void without_the_right_nothing_moves(void **state)
{
	struct world *w = world_new(1);
	struct sim_host *h = sim_host_new(w, "10.0.0.1");
	const struct clock_status status = {.leap = 1};

	(void)state;
	h->no_control = true;
	assert_int_equal(clock_set_freq(h->io.clock, 1e-6), -EPERM);
	assert_int_equal(clock_step(h->io.clock, 1), -EPERM);
	assert_int_equal(clock_announce(h->io.clock, &status), -EPERM);
	world_run(w, 100);
	assert_near(sim_host_error_s(h), 0, 0);
	world_free(w);
}

struct alarm {
	struct timer timer;
	struct sim_host *host;
	double rang_s; /* true time */
	int64_t rang_mono_ns;
};

static void ring(struct timer *t)
{
	struct alarm *a = CONTAINER_OF(t, struct alarm, timer);

	a->rang_s = world_time_s(a->host->world);
	a->rang_mono_ns = loop_mono(a->host->io.loop);
}

static struct alarm alarm_for(struct sim_host *h)
{
	return (struct alarm){.timer.fn = ring, .host = h, .rang_s = -1};
}

/* A clock that runs 10 % fast reaches its 100 s after 90.909 s. */
static void timers_go_by_the_host_s_own_clock(void **state)
{
	struct world *w = world_new(1);
	struct sim_host *h = sim_host_new(w, "10.0.0.1");
	struct alarm a = alarm_for(h);

	(void)state;
	h->osc.freq = 0.1;
	timer_arm(h->io.loop, &a.timer, 100 * NS_PER_S);
	world_run(w, 90.9);
	assert_near(a.rang_s, -1, 0);
	world_run(w, 100);
	assert_near(a.rang_s, 100 / 1.1, 1e-8);
	assert_in_range(a.rang_mono_ns - 100 * NS_PER_S, 0, 2);
	world_free(w);
}

/* The rate changes while the timer waits: it is planned anew. */
static void timers_follow_a_change_of_rate(void **state)
{
	struct world *w = world_new(1);
	struct sim_host *h = sim_host_new(w, "10.0.0.1");
	struct alarm a = alarm_for(h);

	(void)state;
	timer_arm(h->io.loop, &a.timer, 100 * NS_PER_S);
	world_set(w, 50, &h->osc.freq, -0.5);
	world_run(w, 1000);
	assert_near(a.rang_s, 150, 1e-8);
	world_free(w);
}

/* E-12: the wall clock is moved, timers and the monotonic clock do not notice. */
static void somebody_else_steps_the_clock(void **state)
{
	struct world *w = world_new(1);
	struct sim_host *h = sim_host_new(w, "10.0.0.1");
	struct alarm a = alarm_for(h);

	(void)state;
	timer_arm(h->io.loop, &a.timer, 20 * NS_PER_S);
	sim_host_step_at(h, 10, 3600);
	sim_host_step_at(h, 1e9, 1); /* never comes */
	world_run(w, 30);
	assert_near(sim_host_error_s(h), 3600, 0);
	assert_near(a.rang_s, 20, 1e-9);
	assert_int_equal(h->steps, 0);
	world_free(w);
}

static void sleep_stops_timers_and_keeps_wall_time(void **state)
{
	struct world *w = world_new(1);
	struct sim_host *h = sim_host_new(w, "10.0.0.1");
	struct alarm a = alarm_for(h);

	(void)state;
	timer_arm(h->io.loop, &a.timer, 20 * NS_PER_S);
	sim_host_suspend_at(h, 10, 600);
	world_run(w, 1000);
	assert_near(a.rang_s, 620, 1e-9);
	assert_near(sim_host_error_s(h), 0, 0);
	assert_true(sim_host_mono(h) == 400 * NS_PER_S);
	world_free(w);
}

static void leap_now(struct world *w, void *arg)
{
	const int *sign = arg;

	world_leap(w, *sign);
}

/* S-01, S-02: a kernel that was told stays with UTC, another one does not. */
static void the_kernel_carries_out_a_leap_second(void **state)
{
	static int signs[] = {1, -1};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct world *w = world_new(1);
		struct sim_host *told = sim_host_new(w, "10.0.0.1");
		struct sim_host *not_told = sim_host_new(w, "10.0.0.2");
		const struct clock_status s = {.leap = (int8_t)signs[i]};

		world_at(w, 86400 - (signs[i] < 0), leap_now, &signs[i]);
		clock_announce(told->io.clock, &s);
		world_run(w, 86398);
		assert_near(sim_host_error_s(told), 0, 0);
		world_run(w, 86402);
		assert_near(sim_host_error_s(told), 0, 0);
		assert_near(sim_host_error_s(not_told), signs[i], 0);
		world_run(w, 3 * 86400);
		assert_int_equal(told->leaps, 1);
		world_free(w);
	}
}

static void stop(struct timer *t)
{
	struct alarm *a = CONTAINER_OF(t, struct alarm, timer);

	ring(t);
	loop_stop(a->host->io.loop);
}

/* A whole program with its own loop_run() lives in the world, too. */
static void loop_run_drives_the_world(void **state)
{
	struct world *w = world_new(1);
	struct sim_host *h = sim_host_new(w, "10.0.0.1");
	struct sim_host *other = sim_host_new(w, "10.0.0.2");
	struct alarm a = alarm_for(h), b = alarm_for(other);

	(void)state;
	a.timer.fn = stop;
	timer_arm(h->io.loop, &a.timer, 60 * NS_PER_S);
	timer_arm(other->io.loop, &b.timer, 30 * NS_PER_S);
	assert_int_equal(loop_run(h->io.loop), 0);
	assert_near(world_time_s(w), 60, 1e-9);
	assert_near(b.rang_s, 30, 1e-9);
	assert_int_equal(loop_run(other->io.loop), -EDEADLK);
	world_free(w);
}

static void the_board_remembers(void **state)
{
	struct world *w = world_new(1);
	struct sim_host *h = sim_host_new(w, "10.0.0.1");
	const struct sys_view view = {.stratum = 2};

	(void)state;
	assert_false(h->has_view);
	board_publish(h->io.board, &view);
	board_event(h->io.board, ENGINE_SYNCHRONISED, "hello");
	board_save_drift(h->io.board, &(struct drift){.freq = 1e-6});
	board_stats_line(h->io.board, "loopstats", "0");
	assert_int_equal(h->view.stratum, 2);
	assert_int_equal(sim_host_events(h, ENGINE_SYNCHRONISED), 1);
	assert_int_equal(sim_host_events(h, ENGINE_PANIC), 0);
	assert_string_equal(h->event[0].text, "hello");
	assert_near(h->drift.freq, 1e-6, 0);
	h->log_watch = "false";
	log_notice(h->io.log, "source x: falseticker");
	log_notice(h->io.log, "source y: fine");
	assert_int_equal(h->log_seen, 1);
	assert_int_equal(h->logged[LOG_LEVEL_NOTICE], 2);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_clock_runs_at_its_own_rate),
		cmocka_unit_test(steering_is_exact_and_bounded),
		cmocka_unit_test(without_the_right_nothing_moves),
		cmocka_unit_test(timers_go_by_the_host_s_own_clock),
		cmocka_unit_test(timers_follow_a_change_of_rate),
		cmocka_unit_test(somebody_else_steps_the_clock),
		cmocka_unit_test(sleep_stops_timers_and_keeps_wall_time),
		cmocka_unit_test(the_kernel_carries_out_a_leap_second),
		cmocka_unit_test(loop_run_drives_the_world),
		cmocka_unit_test(the_board_remembers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
