/* SPDX-License-Identifier: BSD-2-Clause */
#include "est/noise.h"

#include "base/rng.h"
#include "base/units.h"
#include "near.h"

#define FLOOR_S 0.020
#define JITTER_S 1e-3

/* Polled once a minute over a path with exponential queues both ways. */
struct path {
	struct noise noise;
	struct rng rng;
	double floor_s, t_s;
	double error_s; /* of the last offset */
};

static double poll(struct path *p)
{
	double there = JITTER_S * rng_exponential(&p->rng);
	double back = JITTER_S * rng_exponential(&p->rng);

	p->t_s += 64;
	p->error_s = (there - back) / 2;
	return noise_add(&p->noise, p->floor_s + there + back,
			 ns_from_s(p->t_s));
}

static void start(struct path *p, uint64_t seed)
{
	*p = (struct path){.floor_s = FLOOR_S};
	rng_seed(&p->rng, seed);
}

static void statistics(void **state)
{
	struct path p;

	(void)state;
	start(&p, 1);
	for (int i = 0; i < 200; i++)
		assert_near(poll(&p), 0, 0);
	assert_near(p.noise.floor_s, FLOOR_S, 0.3 * JITTER_S);
	assert_true(p.noise.floor_s >= FLOOR_S);
	/* The median of the sum of two exponentials is 1.68. */
	assert_near(p.noise.spread_s, 1.6 * JITTER_S, 0.3 * JITTER_S);
}

/* The delay's model tells the truth on average, sample by sample. */
static void delay_model(void **state)
{
	double sum = 0;
	int n = 0;
	struct path p;

	(void)state;
	start(&p, 2);
	for (int i = 0; i < 5000; i++) {
		struct noise_level l;

		poll(&p);
		l = noise_level(&p.noise, 1e-14, 0);
		if (p.noise.n < NOISE_RING || noise_is_spike(&l))
			continue;
		sum += p.error_s * p.error_s / noise_variance(&l, NOISE_DELAY);
		n++;
	}
	assert_near(sum / n, 1, 0.25);
}

static void models(void **state)
{
	struct noise_level l = {.excess_s = 1e-3, .spread_s = 1e-3, .n = 100};
	double even = noise_variance(&l, NOISE_EVEN);

	(void)state;
	assert_true(noise_variance(&l, NOISE_FINE) < even);
	assert_true(noise_variance(&l, NOISE_ROUGH) > even);
	assert_true(noise_variance(&l, NOISE_SHARE) <
		    noise_variance(&l, NOISE_DELAY));
	/* Those that do not look at the delay do not, within reason. */
	l.excess_s = 0;
	assert_near(noise_variance(&l, NOISE_EVEN), even, 0);
	l.excess_s = 0.1;
	for (int m = 0; m < NOISE_MODELS; m++)
		assert_true(noise_variance(&l, (enum noise_model)m) > 1);
	assert_true(noise_is_spike(&l));
	l.base_var = 5;
	assert_true(noise_variance(&l, NOISE_DELAY) > 5);
	/* What no delay explains is one model's affair. */
	l = (struct noise_level){.spread_s = 1e-8, .rest_var = 1e-8, .n = 100};
	assert_near(noise_variance(&l, NOISE_ROUGH), 1e-8, 1e-12);
	assert_true(noise_variance(&l, NOISE_EVEN) < 1e-15);
}

/* One sample says nothing of a floor: it is not trusted to the microsecond. */
static void first_sample(void **state)
{
	struct path p;
	struct noise_level l;

	(void)state;
	start(&p, 3);
	poll(&p);
	l = noise_level(&p.noise, 0, 0);
	assert_near(l.excess_s, 0, 0);
	assert_true(noise_variance(&l, NOISE_DELAY) > 1e-8);
}

/* A longer path is believed after eight samples, a shorter one at once. */
static void new_path(void **state)
{
	struct path p;
	double longer;
	int n = 0;

	(void)state;
	start(&p, 4);
	for (int i = 0; i < 100; i++)
		poll(&p);
	p.floor_s += 0.050;
	do {
		longer = poll(&p);
		n++;
	} while (longer == 0 && n < 100);
	assert_int_equal(n, 8);
	assert_near(longer, 0.050, 2 * JITTER_S);
	assert_near(p.noise.floor_s, FLOOR_S + 0.050, 2 * JITTER_S);
	for (int i = 0; i < 100; i++)
		assert_near(poll(&p), 0, 0);
	p.floor_s -= 0.050;
	assert_near(poll(&p), -0.050, 5 * JITTER_S);
	for (int i = 0; i < 100; i++)
		assert_near(poll(&p), 0, 0);
}

/* The n-th delay of a path is far too short, once. */
static void false_delay(void **state)
{
	struct path p;

	(void)state;
	for (int n = 1; n <= 20; n++) {
		bool misled = false;

		start(&p, 6);
		for (int i = 1; i <= n + 20; i++) {
			p.floor_s = FLOOR_S - (i == n ? 0.015 : 0);
			poll(&p);
			misled |= p.noise.misled;
		}
		assert_true(misled);
		assert_near(p.noise.floor_s, FLOOR_S, JITTER_S);
		assert_near(p.noise.spread_s, 1.6 * JITTER_S, JITTER_S);
	}
}

/* What queues there are mislead nobody. */
static void true_delays(void **state)
{
	struct path p;
	int misled = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 200; seed++) {
		start(&p, seed);
		for (int i = 0; i < 500; i++) {
			poll(&p);
			misled += p.noise.misled;
		}
	}
	assert_true(misled <= 10);
}

/* What happened before a long silence is forgotten. */
static void old_delays(void **state)
{
	struct path p;

	(void)state;
	start(&p, 5);
	for (int i = 0; i < 100; i++)
		poll(&p);
	p.t_s += 86400;
	poll(&p);
	assert_int_equal(p.noise.n, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(statistics),  cmocka_unit_test(delay_model),
		cmocka_unit_test(models),      cmocka_unit_test(first_sample),
		cmocka_unit_test(new_path),    cmocka_unit_test(false_delay),
		cmocka_unit_test(true_delays), cmocka_unit_test(old_delays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
