/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/web/form.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmocka_all.h"

static void test_fields_are_decoded(void **state)
{
	struct form f;
	const char *s = "a=1&b+c=x%20y%2Bz&empty=&bare&u=Z%C3%BCrich";

	(void)state;
	assert_int_equal(form_parse(s, strlen(s), &f), 0);
	assert_int_equal(f.n, 5);
	assert_string_equal(form_find(&f, "a"), "1");
	assert_string_equal(form_find(&f, "b c"), "x y+z");
	assert_string_equal(form_find(&f, "empty"), "");
	assert_string_equal(form_find(&f, "bare"), "");
	assert_string_equal(form_find(&f, "u"), "Z\xC3\xBCrich");
	assert_null(form_find(&f, "c"));
	form_done(&f);
}

static void test_line_ends_of_a_text_area(void **state)
{
	struct form f;
	const char *s = "t=one%0D%0Atwo%0Athree";

	(void)state;
	assert_int_equal(form_parse(s, strlen(s), &f), 0);
	assert_string_equal(form_find(&f, "t"), "one\ntwo\nthree");
	form_done(&f);
}

static void test_what_can_be_read_in_two_ways_is_refused(void **state)
{
	static const char *const bad[] = {
		"a=%",         "a=%4",      "a=%zz",       "a=%00",
		"a=%C0%AF",    "a=%ff",     "a%0a=1",      "a=%1b[2J",
		"a=1&b=2&a=3", "%61=1&a=2", "a=%E2%80%AE", "=1&=2",
	};
	struct form f;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(form_parse(bad[i], strlen(bad[i]), &f),
				 -EINVAL);
	/* A NUL as it is, not by a code. */
	assert_int_equal(form_parse("a=b\0c", 5, &f), -EINVAL);
}

static void test_number_of_fields_is_bounded(void **state)
{
	char s[8 * (FORM_FIELDS_MAX + 1)] = "";
	struct form f;

	(void)state;
	for (int i = 0; i < FORM_FIELDS_MAX; i++)
		sprintf(s + strlen(s), "f%d=%d&", i, i);
	assert_int_equal(form_parse(s, strlen(s), &f), 0);
	assert_int_equal(f.n, FORM_FIELDS_MAX);
	form_done(&f);
	strcat(s, "z=1");
	assert_int_equal(form_parse(s, strlen(s), &f), -E2BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields_are_decoded),
		cmocka_unit_test(test_line_ends_of_a_text_area),
		cmocka_unit_test(test_what_can_be_read_in_two_ways_is_refused),
		cmocka_unit_test(test_number_of_fields_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
