/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

#include <math.h>

#include "base/units.h"

/* E-25: ended in the midst of a slew, the clock goes on at its own right rate. */
static void no_slew_is_left_behind(void **state)
{
	struct town t;

	(void)state;
	for (uint64_t seed = 1; seed <= 10; seed++) {
		town_init(&t, seed, 4, "iburst", "");
		t.client.in.slew_only = true;
		town_run(&t, 0, 150);
		/* 0.1 s at 400 ppm takes 250 s */
		assert_true(fabs(sim_host_error_s(t.client.host)) > 0.02);
		assert_true(fabs(sim_host_freq_error(t.client.host)) > 300e-6);
		engine_free(t.client.engine);
		t.client.engine = NULL;
		assert_below(fabs(sim_host_freq_error(t.client.host)), 10e-6);
		assert_int_equal(t.client.host->steps, 0);
		town_done(&t);
	}
}

/* The correction, base frequency included, keeps to tinker maxfreq. */
static void tinkered_limit(void **state)
{
	struct town t;

	(void)state;
	town_init(&t, 1, 1, "iburst", "tinker maxfreq 150 step 0\n");
	t.client.host->osc.freq = 0;
	town_run(&t, 60, 500);
	assert_int_equal(t.client.host->steps, 0);
	assert_below(t.judge.max_freq, 150.1e-6);
	assert_true(t.judge.max_freq > 149e-6);
	/* 0.1 s less what 150 ppm take off in 500 s */
	assert_near(fabs(sim_host_error_s(t.client.host)), 0.025, 2e-3);
	town_done(&t);
}

/* What the kernel says to those who ask it is what we tell our clients. */
static void kernel_is_told(void **state)
{
	const struct clock_status *status;
	struct sys_view v;
	struct town t;

	(void)state;
	town_init(&t, 1, 4, "iburst", "");
	status = &t.client.host->status;
	town_run(&t, 20, 0.01);
	assert_false(status->synchronised);
	for (double t_s = 20; t_s < 3600; t_s += 7) {
		world_run(t.w, t_s);
		v = t.client.host->view;
		assert_true(status->synchronised);
		assert_near(status->max_error_s,
			    v.root_delay_s / 2 + v.root_disp_s, 1e-12);
		/* the kernel lets it grow by 500 ppm until it is told again */
		assert_below(fabs(sim_host_error_s(t.client.host)),
			     status->max_error_s);
		assert_true(status->est_error_s > 0);
		assert_below(status->est_error_s, status->max_error_s);
	}
	/* expected errors are what their name says: a few sigma hold them */
	assert_below(fabs(sim_host_error_s(t.client.host)),
		     5 * status->est_error_s);
	town_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_slew_is_left_behind),
		cmocka_unit_test(tinkered_limit),
		cmocka_unit_test(kernel_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
