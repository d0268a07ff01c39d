/* SPDX-License-Identifier: BSD-2-Clause */
#include "near.h"
#include "pool/score/score.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void none_when_all_agree(void **state)
{
	struct time_interval s[] = {
		{0, 0.01, true}, {0.005, 0.01, true}, {-0.01, 0.02, true}};

	(void)state;
	score_falsetickers(s, COUNT(s));
	for (size_t i = 0; i < COUNT(s); i++)
		assert_false(s[i].falseticker);
}

static void one_of_five(void **state)
{
	struct time_interval s[] = {
		{0.001, 0.01, false},  {0.3, 0.05, false},
		{-0.002, 0.01, false}, {0, 0.02, false},
		{0.004, 0.03, false},
	};

	(void)state;
	score_falsetickers(s, COUNT(s));
	for (size_t i = 0; i < COUNT(s); i++)
		assert_int_equal(s[i].falseticker, i == 1);
}

/* Two camps of the same size prove nothing. */
static void no_majority(void **state)
{
	struct time_interval s[] = {{0, 0.01, false},
				    {0, 0.01, false},
				    {1, 0.01, false},
				    {1, 0.01, false}};

	(void)state;
	score_falsetickers(s, COUNT(s));
	for (size_t i = 0; i < COUNT(s); i++)
		assert_false(s[i].falseticker);
}

/* A wide interval holds the truth as well; one that only touches it does, too. */
static void humble_servers_are_right(void **state)
{
	struct time_interval s[] = {
		{0, 0.125, false}, {0, 0.125, false},   {0, 0.125, false},
		{5, 10, false},    {0.5, 0.375, false}, {0.5, 0.25, false},
	};

	(void)state;
	score_falsetickers(s, COUNT(s));
	for (size_t i = 0; i < COUNT(s); i++)
		assert_int_equal(s[i].falseticker, i == 5);
}

static void few_and_odd(void **state)
{
	struct time_interval one = {3, 0.1, true};
	struct time_interval two[] = {{3, 0.1, true}, {0, 0.1, true}};
	struct time_interval odd[] = {
		{(double)NAN, 0.1, true},
		{0, (double)INFINITY, true},
		{0, -1, true},
		{1e300, 1e300, true},
		{0, 0, true},
	};

	(void)state;
	score_falsetickers(NULL, 0);
	score_falsetickers(&one, 1);
	assert_false(one.falseticker);
	score_falsetickers(two, 2);
	assert_false(two[0].falseticker);
	assert_false(two[1].falseticker);
	score_falsetickers(odd, COUNT(odd));
	for (size_t i = 0; i < COUNT(odd); i++)
		assert_false(odd[i].falseticker);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(none_when_all_agree),
		cmocka_unit_test(one_of_five),
		cmocka_unit_test(no_majority),
		cmocka_unit_test(humble_servers_are_right),
		cmocka_unit_test(few_and_odd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
