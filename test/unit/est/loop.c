/* SPDX-License-Identifier: BSD-2-Clause */
#include "near.h"
#include "world.h"

/* A cold clock, 0.3 s and 80 ppm off, behind a path with 50 us of jitter. */
static void cold_start(void **state)
{
	struct world w = {.clock_s = -0.3, .freq_err = 80e-6};
	struct estimator_params p;
	struct estimator_report r;

	(void)state;
	estimator_params_default(&p);
	world_start(&w, &p, 1);
	for (int i = 0; i < 4; i++)
		world_add(&w,
			  (struct world_source){.base_s = 1e-3,
						.jitter_s = 50e-6},
			  NULL);
	world_run(&w, 1);
	estimator_report(w.e, world_mono_ns(&w), &r);
	assert_true(r.synchronised);
	assert_int_equal(w.steps, 1);
	assert_near(w.first_step_s, 0.3, 1e-3);
	world_run(&w, 60);
	world_forget(&w);
	world_run(&w, 3600);
	assert_true(w.max_s < 1e-3);
	world_forget(&w);
	world_run(&w, 4 * 3600);
	estimator_report(w.e, world_mono_ns(&w), &r);
	assert_true(world_rms(&w) < 50e-6);
	assert_near(r.freq, -80e-6, 0.1e-6);
	assert_true(r.freq_settled);
	assert_int_equal(w.steps, 1);
	assert_true(w.dishonest == 0);
	estimator_free(w.e);
}

static const struct world_source near_server = {
	.base_s = 1e-3,
	.jitter_s = 50e-6,
};

static void four_servers(struct world *w, struct estimator_params *p)
{
	world_start(w, p, 1);
	for (int i = 0; i < 4; i++)
		world_add(w, near_server, NULL);
}

/* The larger error of these seconds. */
static double worst(struct world *w, double from_s, double to_s)
{
	world_run(w, from_s);
	world_forget(w);
	world_run(w, to_s);
	return w->max_s;
}

/*
 * 1 s and 100 ppm off, four servers, the stamp of the first request to one of
 * them so much too late: its delay is too short by as much, and its offset wrong
 * by half of it.
 */
static void false_start(double late_s, uint64_t seed)
{
	struct world w = {.clock_s = 1, .freq_err = 1e-4, .wander = 1e-9};
	struct world_source server = {.base_s = 1e-3, .jitter_s = 20e-6};
	struct estimator_params p;

	estimator_params_default(&p);
	world_start(&w, &p, seed);
	server.late_s = late_s;
	world_add(&w, server, NULL);
	server.late_s = 0;
	for (int i = 0; i < 3; i++)
		world_add(&w, server, NULL);
	assert_true(worst(&w, 5, 10) < 80e-6);
	assert_true(worst(&w, 10, 60) < 60e-6);
	assert_true(worst(&w, 60, 600) < 50e-6);
	assert_true(worst(&w, 600, 3600) < 15e-6);
	assert_true(world_rms(&w) < 5e-6);
	assert_true(w.dishonest == 0);
	estimator_free(w.e);
}

static void false_first_delay(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 10; seed++) {
		false_start(0, seed);
		false_start(260e-6, seed);
	}
}

static struct estimator_report world_report(const struct world *w)
{
	struct estimator_report r;

	estimator_report(w->e, world_mono_ns(w), &r);
	return r;
}

/* Good clocks and bad, many seeds: within 1 ms by 60 s and ever after. */
static void every_cold_start(void **state)
{
	(void)state;
	for (int seed = 1; seed <= 40; seed++) {
		struct world w = {.clock_s = seed % 2 ? 0.3 : -4000,
				  .freq_err = (seed - 20) * 5e-6,
				  .wander = 1e-9};
		struct estimator_params p;

		estimator_params_default(&p);
		p.panic_s = 0;
		world_start(&w, &p, (uint64_t)seed);
		for (int i = 0; i < 1 + seed % 4; i++)
			world_add(&w, near_server, NULL);
		world_run(&w, 60);
		world_forget(&w);
		world_run(&w, 2000);
		assert_true(w.max_s < 1e-3);
		assert_int_equal(w.steps, 1);
		assert_int_equal(w.dishonest, 0);
		estimator_free(w.e);
	}
}

/* A clock as quiet as its network: ten microseconds. */
static void quiet_lan(void **state)
{
	struct world w = {.clock_s = 0.01, .freq_err = 1e-5, .wander = 1e-9};
	struct estimator_params p;

	(void)state;
	estimator_params_default(&p);
	world_start(&w, &p, 5);
	world_add(&w, (struct world_source){.base_s = 1e-4, .jitter_s = 1e-5},
		  NULL);
	world_run(&w, 8000);
	world_forget(&w);
	world_run(&w, 40000);
	assert_true(world_rms(&w) < 10e-6);
	assert_int_equal(w.dishonest, 0);
	estimator_free(w.e);
}

/* Poll interval: short at first, longer when all is calm. */
static void poll_grows(void **state)
{
	static const struct estimator_source_params range = {
		.min_poll_log2 = 6, .max_poll_log2 = 10};
	struct world w = {.freq_err = 1e-5, .wander = 1e-10};
	struct estimator_params p;

	(void)state;
	estimator_params_default(&p);
	world_start(&w, &p, 5);
	world_add(&w, near_server, &range);
	world_run(&w, 290);
	assert_int_equal(estimator_poll(w.e, 0), 6);
	world_run(&w, 20000);
	assert_in_range(estimator_poll(w.e, 0), 9, 10);
	/* A new temperature, and it is short again. */
	w.freq_err += 5e-6;
	for (int i = 0; i < 4 * 16 && estimator_poll(w.e, 0) > 6; i++)
		world_run(&w, w.t_s + 64);
	assert_int_equal(estimator_poll(w.e, 0), 6);
	world_forget(&w);
	world_run(&w, 60000);
	assert_true(world_rms(&w) < 5e-3);
	assert_near(world_report(&w).freq, -15e-6, 0.1e-6);
	assert_int_equal(w.dishonest, 0);
	/* And after a step. */
	assert_in_range(estimator_poll(w.e, 0), 8, 10);
	w.clock_s += 30;
	estimator_clock_moved(w.e, 30, world_mono_ns(&w));
	while (w.steps == 0)
		world_run(&w, w.t_s + 64);
	assert_int_equal(estimator_poll(w.e, 0), 6);
	estimator_free(w.e);
}

/* -x: 0.3 s are slewed away in ten minutes and nothing steps. */
static void slew_only(void **state)
{
	struct world w = {.clock_s = -0.3, .freq_err = 80e-6};
	struct estimator_params p;

	(void)state;
	estimator_params_default(&p);
	p.slew_only = true;
	four_servers(&w, &p);
	world_run(&w, 900);
	assert_int_equal(w.steps, 0);
	assert_true(w.max_abs_freq <= 500e-6);
	world_forget(&w);
	world_run(&w, 3600);
	assert_true(w.max_s < 1e-3);
	assert_int_equal(w.dishonest, 0);
	estimator_free(w.e);
}

/* C-21: one of four jumps an hour ahead, and nobody else notices. */
static void one_jumps(void **state)
{
	struct world w = {.freq_err = 20e-6, .wander = 1e-9};
	struct estimator_params p;

	(void)state;
	estimator_params_default(&p);
	four_servers(&w, &p);
	world_run(&w, 3600);
	w.src[2].error_s = 3600;
	world_forget(&w);
	world_run(&w, 4 * 3600);
	assert_true(w.max_s < 1e-3);
	assert_int_equal(w.steps + w.panics, 0);
	estimator_free(w.e);
}

/* All servers jump by a second: believed after stepout, not before. */
static void all_jump(void **state)
{
	struct world w = {.freq_err = 20e-6};
	struct estimator_params p;

	(void)state;
	estimator_params_default(&p);
	four_servers(&w, &p);
	world_run(&w, 3600);
	for (int i = 0; i < 4; i++)
		w.src[i].error_s = 1;
	world_run(&w, 3660);
	for (int i = 0; i < 4; i++)
		w.src[i].error_s = 0;
	world_forget(&w);
	world_run(&w, 7200);
	assert_int_equal(w.steps, 0);
	assert_true(w.max_s < 2e-3);
	for (int i = 0; i < 4; i++)
		w.src[i].error_s = 1;
	world_run(&w, 7400);
	assert_int_equal(w.steps, 0);
	world_run(&w, 9000);
	assert_int_equal(w.steps, 1);
	assert_near(w.clock_s, 1, 1e-3);
	assert_near(world_report(&w).freq, -20e-6, 0.5e-6);
	estimator_free(w.e);
}

/* C-24: one of four, then the only one, swings by 100 ms at each poll. */
static void swinging_server(void **state)
{
	struct world w = {.freq_err = 20e-6};
	struct estimator_params p;

	(void)state;
	estimator_params_default(&p);
	four_servers(&w, &p);
	w.src[3].alternate_s = 0.1;
	world_run(&w, 7200);
	assert_near(world_report(&w).freq, -20e-6, 1e-6);
	assert_near(w.clock_s, 0, 1e-3);
	assert_int_equal(w.steps, 0);
	for (int i = 0; i < 3; i++)
		w.src[i].silent = true;
	world_run(&w, 6 * 3600);
	assert_near(world_report(&w).freq, -20e-6, 1e-6);
	assert_near(w.clock_s, 0, 0.05);
	assert_int_equal(w.steps, 0);
	estimator_free(w.e);
}

/* All servers fall silent for a day: the bound grows, and holds. */
static void holdover(void **state)
{
	struct world w = {.freq_err = 20e-6, .wander = 1e-9};
	struct estimator_params p;
	double before, freq;

	(void)state;
	estimator_params_default(&p);
	four_servers(&w, &p);
	world_run(&w, 2 * 3600);
	before = world_report(&w).root_disp_s;
	for (int i = 0; i < 4; i++)
		w.src[i].silent = true;
	world_forget(&w);
	world_run(&w, 2 * 3600 + 300);
	freq = world_report(&w).freq;
	world_run(&w, 26 * 3600);
	assert_true(world_report(&w).synchronised);
	assert_int_equal(world_report(&w).sys_peer, -1);
	assert_near(w.freq, freq, 0);
	assert_true(world_report(&w).root_disp_s > before + 1);
	assert_int_equal(w.dishonest, 0);
	/* And they come back. */
	for (int i = 0; i < 4; i++)
		w.src[i].silent = false;
	world_run(&w, 27 * 3600);
	assert_near(w.clock_s, 0, 1e-3);
	estimator_free(w.e);
}

/* The nearest of four dies; the others keep the clock from its third missed poll. */
static void peer_dies(void **state)
{
	struct world w = {.freq_err = 20e-6};
	struct estimator_params p;
	int64_t dead_ns;

	(void)state;
	estimator_params_default(&p);
	p.min_clock = 4; /* nobody is thrown out by chance */
	world_start(&w, &p, 1);
	for (int i = 0; i < 4; i++)
		world_add(&w,
			  (struct world_source){.base_s = i == 2 ? 1e-3 : 60e-3,
						.jitter_s = 50e-6},
			  NULL);
	world_run(&w, 3600);
	assert_int_equal(world_report(&w).sys_peer, 2);
	w.src[2].silent = true;
	w.src[2].reachable = true;
	dead_ns = world_mono_ns(&w);
	world_run(&w, 3600 + 300);
	assert_int_not_equal(world_report(&w).sys_peer, 2);
	assert_true(world_report(&w).last_update_mono_ns >
		    dead_ns + 150 * NS_PER_S);
	estimator_free(w.e);
}

/* A clock that may not be steered is measured and reported all the same. */
static void not_steerable(void **state)
{
	struct world w = {.clock_s = -0.2, .freq_err = 20e-6, .refuses = true};
	struct estimator_params p;

	(void)state;
	estimator_params_default(&p);
	four_servers(&w, &p);
	world_run(&w, 2 * 3600);
	assert_true(world_report(&w).synchronised);
	assert_near(world_report(&w).offset_s, 0.2 - 20e-6 * 7200, 1e-3);
	assert_near(world_report(&w).freq, -20e-6, 0.1e-6);
	assert_int_equal(w.dishonest, 0);
	estimator_free(w.e);
}

/* An operator sets the clock: told at once, put right at the next sample. */
static void set_by_hand(void **state)
{
	struct world w = {.freq_err = 20e-6};
	struct estimator_params p;

	(void)state;
	estimator_params_default(&p);
	four_servers(&w, &p);
	world_run(&w, 3600);
	w.clock_s += 30;
	estimator_clock_moved(w.e, 30, world_mono_ns(&w));
	assert_near(world_report(&w).offset_s, -30, 1e-3);
	world_run(&w, 3600 + 70);
	assert_int_equal(w.steps, 1);
	assert_near(w.clock_s, 0, 1e-3);
	estimator_free(w.e);
}

/* With a drift file the clock keeps its rate from the first second. */
static void drift_file(void **state)
{
	struct world w = {.clock_s = 0.2, .freq_err = -80e-6};
	struct estimator_params p;

	(void)state;
	estimator_params_default(&p);
	p.freq = 80e-6;
	p.freq_known = true;
	four_servers(&w, &p);
	world_run(&w, 3);
	world_forget(&w);
	world_run(&w, 600);
	assert_true(w.max_s < 2e-4);
	estimator_free(w.e);
}

/* Half of the polls are lost, and queues spike: still in step. */
static void bad_network(void **state)
{
	struct world w = {.clock_s = 3, .freq_err = 50e-6, .wander = 1e-8};
	struct estimator_params p;

	(void)state;
	estimator_params_default(&p);
	world_start(&w, &p, 9);
	for (int i = 0; i < 4; i++)
		world_add(&w,
			  (struct world_source){.base_s = 20e-3,
						.jitter_s = 10e-3,
						.loss = 0.5},
			  NULL);
	world_run(&w, 3600);
	world_forget(&w);
	world_run(&w, 86400);
	assert_true(world_rms(&w) < 3e-3);
	assert_int_equal(w.steps, 1);
	assert_int_equal(w.dishonest, 0);
	estimator_free(w.e);
}

/* The same world twice: the same commands to the last bit. */
static void repeatable(void **state)
{
	double clock_s[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct world w = {
			.clock_s = 1, .freq_err = 5e-5, .wander = 1e-8};
		struct estimator_params p;

		estimator_params_default(&p);
		four_servers(&w, &p);
		world_run(&w, 10000);
		clock_s[i] = w.clock_s;
		estimator_free(w.e);
	}
	assert_near(clock_s[0], clock_s[1], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cold_start),
		cmocka_unit_test(false_first_delay),
		cmocka_unit_test(every_cold_start),
		cmocka_unit_test(quiet_lan),
		cmocka_unit_test(poll_grows),
		cmocka_unit_test(slew_only),
		cmocka_unit_test(one_jumps),
		cmocka_unit_test(all_jump),
		cmocka_unit_test(swinging_server),
		cmocka_unit_test(holdover),
		cmocka_unit_test(peer_dies),
		cmocka_unit_test(not_steerable),
		cmocka_unit_test(set_by_hand),
		cmocka_unit_test(drift_file),
		cmocka_unit_test(bad_network),
		cmocka_unit_test(repeatable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
