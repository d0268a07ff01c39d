/* SPDX-License-Identifier: BSD-2-Clause */
#include "est/select.h"

#include <string.h>

#include "base/rng.h"
#include "near.h"

static struct candidate source(double offset_s, double dist_s)
{
	return (struct candidate){
		.offset_s = offset_s,
		.root_dist_s = dist_s,
		.jitter_s = 1e-4,
		.variance = 1e-8,
		.weight = 1 / dist_s,
		.stratum = 2,
		.fresh = true,
	};
}

static struct selection run(struct candidate *c, size_t n)
{
	struct estimator_params p;

	estimator_params_default(&p);
	return select_sources(c, n, &p);
}

static void alone(void **state)
{
	struct candidate c[] = {source(0.5, 0.01)};
	struct selection sel = run(c, 1);

	(void)state;
	assert_int_equal(sel.peer, 0);
	assert_int_equal(sel.survivors, 1);
	assert_int_equal(c[0].status, SELECT_SYS_PEER);
	assert_int_equal(run(c, 0).peer, -1);
}

/* C-21: one of four is an hour ahead. */
static void one_falseticker(void **state)
{
	struct candidate c[] = {source(0.001, 0.02), source(3600, 0.02),
				source(-0.001, 0.02), source(0.002, 0.02)};
	struct selection sel = run(c, 4);
	struct combined all = combine_survivors(c, 4, &sel);

	(void)state;
	assert_int_equal(c[1].status, SELECT_FALSETICK);
	assert_int_equal(sel.truechimers, 3);
	assert_near(all.offset_s, 0.0007, 0.0001);
}

/* C-22: two against two is no majority, whatever both sides claim. */
static void two_against_two(void **state)
{
	struct candidate c[] = {source(0, 0.01), source(0.001, 0.01),
				source(5, 0.01), source(5.001, 0.01)};
	struct selection sel = run(c, 4);

	(void)state;
	assert_int_equal(sel.peer, -1);
	assert_int_equal(sel.survivors, 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(c[i].status, SELECT_FALSETICK);
	assert_int_equal(run(c + 1, 2).peer, -1);
	assert_true(run(c + 1, 3).peer >= 0);
}

/*
 * RFC 5905 section 11.2.1: intervals that overlap while the midpoint of one
 * lies outside of what they share.
 */
static void midpoints(void **state)
{
	struct candidate c[] = {source(0, 0.010), source(0.001, 0.010),
				source(0.015, 0.010), source(0.002, 0.010)};
	struct selection sel = run(c, 4);

	(void)state;
	assert_int_equal(sel.truechimers, 3);
	assert_int_equal(c[2].status, SELECT_FALSETICK);
}

/* A vague source holds the others' truth, but cannot drag them along. */
static void vague(void **state)
{
	struct candidate c[] = {source(0, 0.005), source(0.0002, 0.005),
				source(0.0001, 0.005), source(0.4, 1)};

	(void)state;
	run(c, 4);
	assert_int_equal(c[3].status, SELECT_FALSETICK);
}

static void min_sane(void **state)
{
	struct candidate c[] = {source(0, 0.01), source(0.001, 0.01)};
	struct estimator_params p;

	(void)state;
	estimator_params_default(&p);
	p.min_sane = 3;
	assert_int_equal(select_sources(c, 2, &p).peer, -1);
	assert_int_equal(c[0].status, SELECT_REJECT);
	p.min_sane = 2;
	assert_true(select_sources(c, 2, &p).peer >= 0);
}

/* RFC 5905 section 11.2.2: discard while it gains, down to minclock. */
static void clustering(void **state)
{
	struct candidate c[] = {source(0, 0.01), source(0.0001, 0.01),
				source(0.0002, 0.01), source(0.003, 0.01),
				source(-0.005, 0.01)};
	struct selection sel = run(c, 5);
	struct estimator_params p;

	(void)state;
	assert_int_equal(sel.survivors, 3);
	assert_int_equal(c[3].status, SELECT_OUTLIER);
	assert_int_equal(c[4].status, SELECT_OUTLIER);

	/* Their own jitter is larger than the disagreement: nothing to gain. */
	for (int i = 0; i < 5; i++)
		c[i].jitter_s = 0.01;
	assert_int_equal(run(c, 5).survivors, 5);

	for (int i = 0; i < 5; i++)
		c[i].jitter_s = 1e-4;
	estimator_params_default(&p);
	p.min_clock = 1;
	assert_int_equal(select_sources(c, 5, &p).survivors, 2);
}

static void prefer(void **state)
{
	struct candidate c[] = {source(0, 0.01), source(0.003, 0.02),
				source(0.0001, 0.01), source(0.0002, 0.01)};
	struct selection sel;
	struct combined all;

	(void)state;
	c[1].prefer = true;
	sel = run(c, 4);
	assert_int_equal(sel.peer, 1);
	all = combine_survivors(c, 4, &sel);
	assert_near(all.offset_s, 0.003, 0);

	/* A preferred falseticker is a falseticker. */
	c[1].offset_s = 0.5;
	sel = run(c, 4);
	assert_int_equal(c[1].status, SELECT_FALSETICK);
	assert_true(sel.peer != 1);

	/* Also when it comes first or last, and with a worse stratum. */
	c[1] = source(0, 0.01);
	c[3].prefer = true;
	c[3].stratum = 9;
	assert_int_equal(run(c, 4).peer, 3);
}

/* "true" in ntp.conf: survives whatever the others say. */
static void always(void **state)
{
	struct candidate c[] = {source(0, 0.01), source(1, 0.01),
				source(2, 0.01)};

	(void)state;
	c[1].always = true;
	assert_int_equal(run(c, 3).peer, 1);
	assert_int_equal(c[0].status, SELECT_FALSETICK);
}

static void stratum_first(void **state)
{
	struct candidate c[] = {source(0, 0.001), source(0, 0.05)};

	(void)state;
	c[1].stratum = 1;
	assert_int_equal(run(c, 2).peer, 1);
}

/* Two equals do not take turns; a clearly better one takes over. */
static void anti_hop(void **state)
{
	struct candidate c[] = {source(0, 0.0105), source(0, 0.0100)};

	(void)state;
	c[0].incumbent = true;
	assert_int_equal(run(c, 2).peer, 0);
	c[1].root_dist_s = 0.0094;
	assert_int_equal(run(c, 2).peer, 1);
	c[0].incumbent = false;
	c[1].root_dist_s = 0.0104;
	assert_int_equal(run(c, 2).peer, 1);
}

/* Whoever is silent makes way, whatever its stratum; unless all are. */
static void silent(void **state)
{
	struct candidate c[] = {source(0, 0.001), source(0, 0.05)};

	(void)state;
	c[0].stratum = 1;
	c[0].incumbent = c[0].silent = true;
	assert_int_equal(run(c, 2).peer, 1);
	c[1].silent = true;
	assert_int_equal(run(c, 2).peer, 0);
	c[0].prefer = true;
	c[1].silent = false;
	assert_int_equal(run(c, 2).peer, 0);
}

/* The same for who survives the clustering. */
static void steady_survivors(void **state)
{
	struct candidate c[] = {source(0.0010, 0.01), source(-0.0011, 0.01),
				source(0.0002, 0.01), source(-0.0001, 0.01)};

	(void)state;
	run(c, 4);
	assert_int_equal(c[1].status, SELECT_OUTLIER);
	c[1].survived = c[2].survived = c[3].survived = true;
	run(c, 4);
	assert_int_equal(c[0].status, SELECT_OUTLIER);
	assert_int_not_equal(c[1].status, SELECT_OUTLIER);
}

static void weights(void **state)
{
	struct candidate c[] = {source(0.000, 0.01), source(0.003, 0.02)};
	struct selection sel = run(c, 2);
	struct combined all = combine_survivors(c, 2, &sel);

	(void)state;
	assert_int_equal(sel.peer, 0);
	assert_near(all.offset_s, 0.001, 1e-12);
	assert_near(all.noise_s * all.noise_s, 5e-8 / 9, 1e-15);
	assert_near(all.jitter_s * all.jitter_s, 1e-8 + 9e-6 / 3, 1e-12);
	assert_near(all.variance, 5e-8 / 9 + 3e-6 / 2, 1e-12);

	/* What went into an update before does not come in again. */
	c[1].fresh = false;
	all = combine_survivors(c, 2, &sel);
	assert_near(all.offset_s, 0, 0);
	assert_near(all.variance, 1e-8, 1e-20);
}

static void swap(struct candidate *a, struct candidate *b)
{
	struct candidate t = *a;

	*a = *b;
	*b = t;
}

/* Selection and combination do not depend on the order of the sources. */
static void order(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 12);
	for (int round = 0; round < 3000; round++) {
		struct candidate c[12], shuffled[12];
		size_t n = 1 + rng_u64(&r) % 12;
		struct selection a, b;

		for (size_t i = 0; i < n; i++) {
			c[i] = source(0.01 * rng_normal(&r),
				      0.002 + 0.01 * rng_exponential(&r));
			c[i].stratum = (uint8_t)(1 + rng_u64(&r) % 4);
			c[i].jitter_s = 1e-3 * rng_exponential(&r);
			c[i].survived = rng_u64(&r) % 2;
		}
		memcpy(shuffled, c, sizeof c);
		for (size_t i = n; i > 1; i--)
			swap(&shuffled[i - 1], &shuffled[rng_u64(&r) % i]);
		a = run(c, n);
		b = run(shuffled, n);
		assert_int_equal(a.truechimers, b.truechimers);
		assert_int_equal(a.survivors, b.survivors);
		assert_int_equal(a.peer < 0, b.peer < 0);
		if (a.peer < 0)
			continue;
		assert_near(c[a.peer].offset_s, shuffled[b.peer].offset_s, 0);
		assert_near(combine_survivors(c, n, &a).offset_s,
			    combine_survivors(shuffled, n, &b).offset_s, 1e-15);
	}
}

/* Truechimers are a majority, and falsetickers never touch their interval. */
static void majority(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 13);
	for (int round = 0; round < 3000; round++) {
		struct candidate c[15];
		size_t n = 3 + rng_u64(&r) % 13;
		size_t liars = rng_u64(&r) % ((n - 1) / 2 + 1);
		struct selection sel;

		for (size_t i = 0; i < n; i++) {
			double dist = 0.001 + 0.01 * rng_exponential(&r);
			double error = dist * (rng_uniform(&r) - 0.5) / 5;

			c[i] = source(i < liars ? 1 + rng_normal(&r) / 10
						: error,
				      dist);
		}
		sel = run(c, n);
		if (sel.peer < 0)
			continue;
		assert_true(2 * sel.truechimers > n);
		for (size_t i = 0; i < liars; i++)
			assert_int_equal(c[i].status, SELECT_FALSETICK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alone),
		cmocka_unit_test(one_falseticker),
		cmocka_unit_test(two_against_two),
		cmocka_unit_test(midpoints),
		cmocka_unit_test(vague),
		cmocka_unit_test(min_sane),
		cmocka_unit_test(clustering),
		cmocka_unit_test(prefer),
		cmocka_unit_test(always),
		cmocka_unit_test(stratum_first),
		cmocka_unit_test(anti_hop),
		cmocka_unit_test(silent),
		cmocka_unit_test(steady_survivors),
		cmocka_unit_test(weights),
		cmocka_unit_test(order),
		cmocka_unit_test(majority),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
