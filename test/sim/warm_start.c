/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

#include <math.h>

#include "base/units.h"

/*
 * A machine is started again: the clock is 0.1 s off, it needs -100 ppm, and
 * the drift file knows that.  One burst takes 14 s.
 */
#define BURST_S 15
#define SEEDS 100

/* What a run of four hours writes down. */
static struct drift learnt(uint64_t seed, int n_servers)
{
	struct drift drift;
	struct town t;

	town_init(&t, seed, n_servers, "iburst", "");
	town_run(&t, 0, 4 * 3600);
	drift = t.client.host->drift;
	/* wander by 1e-9 a second is 0.06 ppm an hour */
	assert_near(drift.freq + t.client.host->osc.freq, 0, 0.1e-6);
	assert_true(drift.sigma > 0 && drift.sigma < 0.2e-6);
	assert_true(drift.q > 1e-20 && drift.q < 1e-15);
	town_done(&t);
	return drift;
}

struct start {
	double max_s; /* worst error between a burst and a quarter of an hour */
	double sum2_s; /* mean squares there, summed */
};

/* by: what the oscillator has changed by since the file was written. */
static void start(struct start *sum, uint64_t seed, int n_servers,
		  const struct drift *drift, double by)
{
	struct town t;

	town_init(&t, seed, n_servers, "iburst", "");
	t.client.host->osc.freq += by;
	if (drift) {
		t.client.in.drift = *drift;
		t.client.in.drift_known = true;
	}
	town_run(&t, BURST_S, 900);
	assert_int_equal(t.judge.dishonest, 0);
	sum->max_s = fmax(sum->max_s, t.judge.max_s);
	sum->sum2_s += judge_rms_s(&t.judge) * judge_rms_s(&t.judge);
	town_done(&t);
}

/* Below a millisecond after the first burst, and for good; and nearer than cold. */
static void warm_start(void **state)
{
	(void)state;
	for (int n_servers = 1; n_servers <= 4; n_servers += 3) {
		struct drift drift = learnt(1, n_servers);
		struct start cold = {0}, classic = {0}, warm = {0};

		for (uint64_t seed = 1; seed <= SEEDS; seed++) {
			const struct drift line1 = {.freq = drift.freq};

			start(&cold, seed, n_servers, NULL, 0);
			start(&classic, seed, n_servers, &line1, 0);
			start(&warm, seed, n_servers, &drift, 0);
		}
		print_message(
			"# %d server(s), us rms (worst): cold %.1f (%.1f), "
			"first line %.1f (%.1f), all %.1f (%.1f)\n",
			n_servers, 1e6 * sqrt(cold.sum2_s / SEEDS),
			1e6 * cold.max_s, 1e6 * sqrt(classic.sum2_s / SEEDS),
			1e6 * classic.max_s, 1e6 * sqrt(warm.sum2_s / SEEDS),
			1e6 * warm.max_s);
		assert_below(warm.max_s, 1e-3);
		assert_below(classic.sum2_s, cold.sum2_s);
		assert_below(warm.sum2_s, classic.sum2_s);
	}
}

/* A file that is too sure of itself: the clock has changed by 5 ppm since. */
static void wrong_file(void **state)
{
	const struct drift drift = {-1e-4, 0.1e-6, 1e-19};
	struct start sum = {0};

	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		start(&sum, seed, 4, &drift, 5e-6);
	assert_below(sum.max_s, 1e-3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(warm_start),
		cmocka_unit_test(wrong_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
