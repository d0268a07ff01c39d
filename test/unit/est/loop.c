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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cold_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
