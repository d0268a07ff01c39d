/* SPDX-License-Identifier: BSD-2-Clause */
#include "est/sample.h"

#include "base/ntp_ts.h"
#include "base/rng.h"
#include "base/units.h"
#include "near.h"

#define PRECISION 1e-6

static struct sample measure(int64_t t1, int64_t t2, int64_t t3, int64_t t4)
{
	struct sample s = {0};

	sample_from_exchange(&(struct exchange){t1, t2, t3, t4}, PRECISION,
			     PRECISION, &s);
	return s;
}

/* RFC 5905 section 8: 20 ms there, 5 ms inside, 30 ms back, we are 1 s behind. */
static void textbook(void **state)
{
	int64_t t1 = INT64_C(1790000000) * NS_PER_S;
	struct sample s = measure(t1, t1 + 1020 * NS_PER_MS,
				  t1 + 1025 * NS_PER_MS, t1 + 55 * NS_PER_MS);

	(void)state;
	assert_near(s.offset_s, 0.995, 1e-12);
	assert_near(s.delay_s, 0.050, 1e-12);
	assert_near(s.disp_s, PRECISION + 15e-6 * 0.055, 1e-15);
}

/* To the nanosecond, also when halving leaves a remainder. */
static void exact(void **state)
{
	struct sample s = measure(100, 203, 205, 310);

	(void)state;
	assert_near(s.offset_s, -1e-9, 1e-18);
	s = measure(100, 204, 205, 310);
	assert_near(s.offset_s, -0.5e-9, 1e-18);
}

/* The reply crosses into era 1 (2036-02-07 06:28:16) on the way back. */
static void era_boundary(void **state)
{
	int64_t boundary = INT64_C(2085978496) * NS_PER_S;
	int64_t t1 = boundary - 30 * NS_PER_MS;
	int64_t t2 =
		ntp_ts_to_ns(ntp_ts_from_ns(boundary - 10 * NS_PER_MS), t1);
	int64_t t3 = ntp_ts_to_ns(ntp_ts_from_ns(boundary + 5 * NS_PER_MS), t1);
	struct sample s = measure(t1, t2, t3, boundary + 25 * NS_PER_MS);

	(void)state;
	assert_near(s.offset_s, 0, 2e-9);
	assert_near(s.delay_s, 0.040, 4e-9);
}

/* A clock set by a human to 1970 asks a server in 2036 and the other way. */
static void far_apart(void **state)
{
	int64_t there = INT64_C(2085978496) * NS_PER_S;
	struct sample s = measure(0, there, there, NS_PER_MS);

	(void)state;
	assert_near(s.offset_s, 2085978496.0, 1e-3);
	assert_near(s.delay_s, 1e-3, 1e-12);
	s = measure(there, 0, 0, there + NS_PER_MS);
	assert_near(s.offset_s, -2085978496.0, 1e-3);
	assert_near(s.delay_s, 1e-3, 1e-12);
}

/* Coarse clocks can make the difference negative: the floor counts. */
static void delay_floor(void **state)
{
	struct sample s = measure(1000, 2000, 9000, 1500);

	(void)state;
	assert_near(s.delay_s, PRECISION, 0);
	s = measure(2000, 0, 0, 1000); /* stepped back meanwhile */
	assert_near(s.delay_s, PRECISION, 0);
	assert_near(s.disp_s, PRECISION, 0);
}

/* Any offset and path: exact for symmetric ones, wrong by half the asymmetry else. */
static void property(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 5905);
	for (int i = 0; i < 10000; i++) {
		int64_t offset = (int64_t)(rng_u64(&r) >> 8) - (1LL << 55);
		int64_t there = (int64_t)(rng_u64(&r) >> 34);
		int64_t inside = (int64_t)(rng_u64(&r) >> 40);
		int64_t back = (int64_t)(rng_u64(&r) >> 34);
		int64_t t1 = (int64_t)(rng_u64(&r) >> 3);
		struct sample s = measure(t1, t1 + there + offset,
					  t1 + there + inside + offset,
					  t1 + there + inside + back);
		double want = s_from_ns(offset) + s_from_ns(there - back) / 2;

		assert_near(s.offset_s, want, 1e-15 * (fabs(want) + 1));
		assert_near(s.delay_s, fmax(s_from_ns(there + back), PRECISION),
			    1e-9);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(textbook),     cmocka_unit_test(exact),
		cmocka_unit_test(era_boundary), cmocka_unit_test(far_apart),
		cmocka_unit_test(delay_floor),  cmocka_unit_test(property),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
