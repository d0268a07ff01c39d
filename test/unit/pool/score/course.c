/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "near.h"
#include "pool/score/score.h"

/* How a score goes over many checks: the figures that operators know by heart. */

static struct measurement offset(double offset_s)
{
	return (struct measurement){
		.has_offset = true,
		.offset_s = offset_s,
		.stratum = 2,
	};
}

static struct measurement kiss(const char *code)
{
	struct measurement m = {.stratum = 0};

	strncpy(m.error, code, sizeof m.error - 1);
	return m;
}

static const struct measurement timeout = {.stratum = -1};

static double after(double score, struct measurement m, unsigned times)
{
	struct score_step step = score_judge(PROFILE_CLASSIC, &m);

	while (times-- > 0)
		score = score_apply(score, &step);
	return score;
}

static unsigned checks_until_above(double score, double goal)
{
	unsigned n = 0;

	for (; score <= goal; n++)
		score = after(score, offset(0), 1);
	return n;
}

static unsigned checks_until_below(double score, struct measurement m,
				   double goal)
{
	unsigned n = 0;

	for (; score >= goal; n++)
		score = after(score, m, 1);
	return n;
}

static void climbing(void **state)
{
	(void)state;
	assert_near(after(0, offset(0), 14), 10.2465, 5e-5);
	assert_int_equal(checks_until_above(0, 10), 14);
	assert_int_equal(checks_until_above(0, 19), 59);
	assert_int_equal(checks_until_above(0, 19.9), 104);
	assert_int_equal(checks_until_above(-100, 10), 49);
	assert_near(after(0, offset(0), 5000), 20, 1e-9);
}

static void falling(void **state)
{
	(void)state;
	assert_near(after(20, timeout, 2), 8.3, 1e-12);
	assert_int_equal(checks_until_above(8.3, 10), 4);
	assert_int_equal(checks_until_below(20, offset(0.751), 10), 4);
	assert_int_equal(checks_until_below(20, kiss("RATE"), 10), 3);
	assert_int_equal(checks_until_below(20, timeout, -15), 7);
	assert_int_equal(checks_until_below(20, timeout, -90), 49);
	assert_near(after(20, timeout, 5000), -100, 1e-9);
}

static void capped(void **state)
{
	(void)state;
	assert_near(after(20, kiss("DENY"), 1), -50, 0);
	assert_int_equal(checks_until_above(-50, 10), 38);
	assert_near(after(20, offset(4), 1), -20, 0);
	assert_int_equal(checks_until_above(-20, 10), 28);
	assert_near(after(20, kiss(""), 1), 5, 0);
	/* a cap never lifts */
	assert_near(after(-90, offset(4), 1), -89.5, 1e-12);
}

static void resting(void **state)
{
	struct measurement half = offset(0.05), three_quarters = offset(0.075);

	(void)state;
	assert_near(after(0, half, 1), 0.83365, 1e-12);
	assert_near(after(0, half, 1000), 16.673, 1e-9);
	assert_near(after(0, three_quarters, 1000), 13.3395, 1e-9);
	assert_near(score_limit(1), 20, 0);
	assert_near(score_limit(-5), -100, 0);
	assert_true(after(20, offset(0.10008), 5000) > SCORE_IN_POOL);
	assert_true(after(20, offset(0.1001), 5000) < SCORE_IN_POOL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(climbing),
		cmocka_unit_test(falling),
		cmocka_unit_test(capped),
		cmocka_unit_test(resting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
