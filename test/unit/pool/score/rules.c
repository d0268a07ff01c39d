/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/rng.h"
#include "near.h"
#include "pool/score/score.h"

static struct measurement good(double offset_s)
{
	return (struct measurement){
		.has_offset = true,
		.offset_s = offset_s,
		.rtt_s = 0.01,
		.stratum = 2,
		.samples = 3,
	};
}

static struct measurement failed(int stratum, const char *error)
{
	struct measurement m = {.stratum = stratum, .samples = 3};

	strncpy(m.error, error, sizeof m.error - 1);
	return m;
}

static struct score_step classic(struct measurement m)
{
	return score_judge(PROFILE_CLASSIC, &m);
}

static struct score_step strict(struct measurement m)
{
	return score_judge(PROFILE_STRICT, &m);
}

static void expect(struct score_step s, enum score_rule rule, double step)
{
	assert_string_equal(score_rule_name(s.rule), score_rule_name(rule));
	assert_near(s.step, step, 1e-12);
	assert_false(s.capped);
}

static void expect_cap(struct score_step s, enum score_rule rule, double step,
		       double cap)
{
	assert_string_equal(score_rule_name(s.rule), score_rule_name(rule));
	assert_near(s.step, step, 0);
	assert_true(s.capped);
	assert_near(s.cap, cap, 0);
}

/* The table of steps, one line a row. */
static void every_row(void **state)
{
	struct measurement far = good(0);

	(void)state;
	far.stratum = 8;
	expect(classic(failed(-1, "")), RULE_NO_RESPONSE, -5);
	expect(classic(failed(-1, "no answer")), RULE_NO_RESPONSE, -5);
	expect(classic(failed(0, "RATE")), RULE_KISS_RATE, -3.5);
	expect_cap(classic(failed(0, "DENY")), RULE_KISS_DENY, -10, -50);
	expect_cap(classic(failed(0, "RSTR")), RULE_KISS_DENY, -10, -50);
	expect_cap(classic(failed(0, "")), RULE_KISS_UNKNOWN, -2, 5);
	expect_cap(classic(failed(0, SCORE_ERROR_STRATUM_0)), RULE_KISS_UNKNOWN,
		   -2, 5);
	expect(classic(failed(0, "INIT")), RULE_ERROR, -4);
	expect(classic(failed(16, "bad stratum 16")), RULE_ERROR, -4);
	expect(classic(failed(3, "")), RULE_ERROR, -4);
	expect_cap(classic(good(3.001)), RULE_OFFSET_3S, -4, -20);
	expect(classic(far), RULE_STRATUM_8, -4);
	expect(classic(good(0.751)), RULE_OFFSET_750MS, -2);
	expect(classic(good(0.75)), RULE_OFFSET_100MS, -1.0);
	expect(classic(good(0.2)), RULE_OFFSET_100MS, 0.2694);
	expect(classic(good(0.1)), RULE_OFFSET_25MS, 0.5003);
	expect(classic(good(0.05)), RULE_OFFSET_25MS, 0.83365);
	expect(classic(good(0.0251)), RULE_OFFSET_25MS, 0.9996583);
	expect(classic(good(0.02504)), RULE_OFFSET_25MS, 1);
	expect(classic(good(0.025)), RULE_GOOD, 1);
	expect(classic(good(0)), RULE_GOOD, 1);
}

/* 3 s, 8 and the other limits belong to the better side, and the sign means nothing. */
static void limits(void **state)
{
	struct measurement m = good(3);

	(void)state;
	expect(classic(m), RULE_OFFSET_750MS, -2);
	m.stratum = 7;
	m.offset_s = 0.001;
	expect(classic(m), RULE_GOOD, 1);
	expect(classic(good(-0.2)), RULE_OFFSET_100MS, 0.2694);
	expect_cap(classic(good(-3.5)), RULE_OFFSET_3S, -4, -20);
}

/* What is no number is no offset. */
static void no_numbers(void **state)
{
	(void)state;
	expect(classic(good((double)NAN)), RULE_ERROR, -4);
	expect(classic(good((double)INFINITY)), RULE_ERROR, -4);
	expect(strict(good((double)NAN)), RULE_ERROR, -4);
}

/* A kiss code is one with stratum 0 only, and leap 3 costs nothing here. */
static void classic_is_blind(void **state)
{
	struct measurement m = good(0.001);

	(void)state;
	m.leap = 3;
	m.falseticker = true;
	m.root_disp_s = 100;
	m.lost = 2;
	expect(classic(m), RULE_GOOD, 1);
	expect(classic(failed(4, "DENY")), RULE_ERROR, -4);
}

static void strict_claims(void **state)
{
	struct measurement m = good(0.001);

	(void)state;
	expect(strict(m), RULE_GOOD, 1);
	m.lost = 1;
	expect(strict(m), RULE_LOSS, 1 - 2 / 3.0);
	m.lost = 2;
	expect(strict(m), RULE_LOSS, 1 - 4 / 3.0);
	m.root_delay_s = 1.0;
	m.root_disp_s = 1.0;
	expect(strict(m), RULE_LOSS, 1 - 4 / 3.0);
	m.root_disp_s = 1.1;
	expect(strict(m), RULE_ROOT_DISTANCE, -2);
	m.root_disp_s = (double)NAN;
	expect(strict(m), RULE_ROOT_DISTANCE, -2);
	m.falseticker = true;
	expect(strict(m), RULE_FALSETICKER, -2);
	m.leap = 3;
	expect(strict(m), RULE_UNSYNCHRONISED, -4);
}

/* Whatever is found, strict never gives more than classic. */
static void strict_is_never_kinder(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 4);
	for (int i = 0; i < 10000; i++) {
		struct measurement m = good(rng_normal(&r));

		m.stratum = (int)(rng_u64(&r) % 12) - 1;
		m.leap = (int)(rng_u64(&r) % 4);
		m.lost = (unsigned)(rng_u64(&r) % 5);
		m.samples = (unsigned)(rng_u64(&r) % 4);
		m.root_disp_s = rng_exponential(&r);
		m.falseticker = rng_u64(&r) % 8 == 0;
		m.has_offset = rng_u64(&r) % 8 != 0;
		assert_true(strict(m).step <= classic(m).step);
		assert_true(strict(m).step >= -10);
	}
}

/* More lost than asked, or nothing asked, is taken for what it can be at worst. */
static void odd_loss(void **state)
{
	struct measurement m = good(0);

	(void)state;
	m.lost = 7;
	expect(strict(m), RULE_LOSS, -1);
	m.samples = 0;
	expect(strict(m), RULE_GOOD, 1);
}

static void names(void **state)
{
	enum score_rule found;

	(void)state;
	for (int i = 0; i < SCORE_RULES; i++) {
		enum score_rule rule = (enum score_rule)i;

		assert_true(score_rule_find(score_rule_name(rule), &found));
		assert_int_equal(found, rule);
		assert_true(strlen(score_rule_text(rule)) > 20);
	}
	assert_false(score_rule_find("", &found));
	assert_false(score_rule_find("great", &found));
	assert_string_equal(score_profile_name(PROFILE_CLASSIC), "classic");
	assert_string_equal(score_profile_name(PROFILE_STRICT), "strict");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row),
		cmocka_unit_test(limits),
		cmocka_unit_test(no_numbers),
		cmocka_unit_test(classic_is_blind),
		cmocka_unit_test(strict_claims),
		cmocka_unit_test(strict_is_never_kinder),
		cmocka_unit_test(odd_loss),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
