/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/text.h"

#include <errno.h>

#include "base/container.h"
#include "base/siphash.h"
#include "near.h"

/* F-02: numbers that are not. */
static void numbers_are_strict(void **state)
{
	static const char *const bad[] = {"",    "-",   "+",   "0x10",
					  "1e3", "1 ",  " 1",  "1,5",
					  "--1", "nan", "inf", "1.5"};
	long v = 42;
	double d = 42;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(text_to_int(bad[i], -100, 100, &v), -EINVAL);
	assert_int_equal(text_to_int("101", -100, 100, &v), -ERANGE);
	assert_int_equal(text_to_int("99999999999999999999", 0, 9, &v),
			 -ERANGE);
	assert_int_equal(v, 42);
	assert_int_equal(text_to_int("-100", -100, 100, &v), 0);
	assert_int_equal(v, -100);

	assert_int_equal(text_to_double("nan", -1, 1, &d), -EINVAL);
	assert_int_equal(text_to_double("inf", -1, 1, &d), -EINVAL);
	assert_int_equal(text_to_double("0x1p3", -1, 9, &d), -EINVAL);
	assert_int_equal(text_to_double("1e999", -1, 9, &d), -ERANGE);
	assert_int_equal(text_to_double(".", -1, 9, &d), -EINVAL);
	assert_int_equal(text_to_double("-.128", -1, 9, &d), 0);
	assert_near(d, -0.128, 0);
}

static void text_is_cut_and_says_so(void **state)
{
	char buf[6];
	struct text t = text_init(buf, sizeof buf);

	(void)state;
	text_add(&t, "%d", 123);
	assert_false(t.full);
	text_add(&t, "%s", "456");
	assert_true(t.full);
	assert_string_equal(buf, "12345");
}

/* M-13: terminal escapes do not get through. */
static void escapes(void **state)
{
	char buf[32];

	(void)state;
	text_escape(buf, sizeof buf, "a\x1b[\xff", 4);
	assert_string_equal(buf, "a\\x1b[\\xff");
}

/* The vector of appendix A of the SipHash paper. */
static void siphash_vector(void **state)
{
	uint64_t key[2] = {UINT64_C(0x0706050403020100),
			   UINT64_C(0x0f0e0d0c0b0a0908)};
	uint8_t msg[15];

	(void)state;
	for (uint8_t i = 0; i < sizeof msg; i++)
		msg[i] = i;
	assert_true(siphash(key, msg, sizeof msg) ==
		    UINT64_C(0xa129ca6149be45e5));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_strict),
		cmocka_unit_test(text_is_cut_and_says_so),
		cmocka_unit_test(escapes),
		cmocka_unit_test(siphash_vector),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
