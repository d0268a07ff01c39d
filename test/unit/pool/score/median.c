/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/rng.h"
#include "near.h"
#include "pool/score/score.h"

#define NOW_MS INT64_C(1790000000000)

static struct monitor_score says(int64_t id, enum pair_state state, int age_s,
				 double score)
{
	return (struct monitor_score){
		.monitor_id = id,
		.state = state,
		.at_ms = NOW_MS - age_s * INT64_C(1000),
		.score = score,
		.rtt_s = 0.01,
		.step = 1,
	};
}

static int64_t who(const struct monitor_score *s, size_t n)
{
	struct monitor_score out = {.monitor_id = -1};

	return score_median(s, n, NOW_MS, &out) ? out.monitor_id : -1;
}

/* Seven monitors, two of which lie: the score stays among what the honest say. */
static void seven(void **state)
{
	struct monitor_score s[7];
	struct monitor_score out;

	(void)state;
	for (int i = 0; i < 7; i++)
		s[i] = says(i, PAIR_ACTIVE, 60 * i, 14 + i);
	assert_true(score_median(s, 7, NOW_MS, &out));
	assert_near(out.score, 17, 0);
	s[0].score = s[1].score = -100;
	assert_true(score_median(s, 7, NOW_MS, &out));
	assert_near(out.score, 17, 0);
	s[0].score = s[1].score = 20;
	assert_true(score_median(s, 7, NOW_MS, &out));
	assert_near(out.score, 19, 0);
}

static void even_takes_the_lower(void **state)
{
	struct monitor_score s[] = {
		says(1, PAIR_ACTIVE, 10, 20),
		says(2, PAIR_ACTIVE, 20, -5),
		says(3, PAIR_ACTIVE, 30, 18),
		says(4, PAIR_ACTIVE, 40, 19),
	};

	(void)state;
	assert_int_equal(who(s, 4), 3);
}

static void few_take_the_oldest(void **state)
{
	struct monitor_score s[] = {
		says(1, PAIR_ACTIVE, 10, -50),
		says(2, PAIR_ACTIVE, 600, 20),
	};

	(void)state;
	assert_int_equal(who(s, 2), 2);
	assert_int_equal(who(s, 1), 1);
	assert_int_equal(who(s, 0), -1);
}

static void equal_scores_by_round_trip(void **state)
{
	struct monitor_score s[] = {
		says(1, PAIR_ACTIVE, 10, 20),
		says(2, PAIR_ACTIVE, 20, 20),
		says(3, PAIR_ACTIVE, 30, 20),
	};

	(void)state;
	s[0].rtt_s = 0.3;
	s[1].rtt_s = 0.1;
	s[2].rtt_s = 0.2;
	assert_int_equal(who(s, 3), 3);
}

/* 1200 s for the active, 2700 s for active and testing, 7200 s for testing and candidates. */
static void windows(void **state)
{
	struct monitor_score s[] = {
		says(1, PAIR_ACTIVE, 1200, 1),
		says(2, PAIR_TESTING, 10, 2),
		says(3, PAIR_CANDIDATE, 10, 3),
		says(4, PAIR_PAUSED, 10, 4),
	};

	(void)state;
	assert_int_equal(who(s, 4), 1);
	s[0].at_ms -= 1; /* too old to stand alone; now the older of two */
	assert_int_equal(who(s, 4), 1);
	s[1].at_ms = NOW_MS - 2700000;
	assert_int_equal(who(s, 4), 2);
	s[1].at_ms -= 1;
	assert_int_equal(who(s, 4), 1);
	s[0].at_ms = NOW_MS - 2700001;
	assert_int_equal(who(s, 4), 2); /* testing and candidate */
	s[1].at_ms = NOW_MS - 7200001;
	assert_int_equal(who(s, 4), 3);
	s[2].at_ms = NOW_MS - 7200001;
	assert_int_equal(who(s, 4), -1);
}

static void the_future_has_no_voice(void **state)
{
	struct monitor_score s = says(1, PAIR_ACTIVE, -1, 20);

	(void)state;
	assert_int_equal(who(&s, 1), -1);
}

static void order_means_nothing(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 7);
	for (int round = 0; round < 2000; round++) {
		size_t n = 1 + rng_u64(&r) % 12;
		struct monitor_score s[12], turned[12];

		for (size_t i = 0; i < n; i++) {
			s[i] = says((int64_t)i,
				    (enum pair_state)(rng_u64(&r) % 4),
				    (int)(rng_u64(&r) % 8000),
				    (double)(rng_u64(&r) % 4));
			s[i].rtt_s = (double)(rng_u64(&r) % 3);
		}
		for (size_t i = 0; i < n; i++)
			turned[(i * 5 + 3) % n] = s[i];
		if (n % 5 != 0)
			assert_int_equal(who(s, n), who(turned, n));
	}
}

static void no_numbers(void **state)
{
	struct monitor_score s[] = {
		says(1, PAIR_ACTIVE, 1, (double)NAN),
		says(2, PAIR_ACTIVE, 2, (double)NAN),
		says(3, PAIR_ACTIVE, 3, 20),
	};

	(void)state;
	who(s, 3); /* one of them or nobody, but it comes back */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seven),
		cmocka_unit_test(even_takes_the_lower),
		cmocka_unit_test(few_take_the_oldest),
		cmocka_unit_test(equal_scores_by_round_trip),
		cmocka_unit_test(windows),
		cmocka_unit_test(the_future_has_no_voice),
		cmocka_unit_test(order_means_nothing),
		cmocka_unit_test(no_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
