/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/show.h"

#include <math.h>

#include "base/container.h"
#include "cmocka_all.h"

static void seconds_read_well(void **state)
{
	static const struct {
		double value_s;
		bool plus;
		const char *text;
	} cases[] = {
		{0, false, "0 s"},
		{4.3e-6, true, "+4.30 us"},
		{-117.2e-6, true, "-117 us"},
		{0.0069, false, "6.90 ms"},
		{0.9996, false, "1.000 s"},
		{999.7e-6, false, "1.00 ms"},
		{-1.2041, true, "-1.204 s"},
		{1e-9, false, "1.00 ns"},
		{1e-12, false, "0.00 ns"},
		{3e9, false, "3000000000 s"},
		{(double)NAN, true, "-"},
		{(double)-INFINITY, true, "-"},
	};
	char buf[SHOW_LEN];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(
			show_seconds(buf, cases[i].value_s, cases[i].plus),
			cases[i].text);
}

static void ages_read_well(void **state)
{
	char buf[SHOW_LEN];

	(void)state;
	assert_string_equal(show_age(buf, 14), "14 s");
	assert_string_equal(show_age(buf, 300), "5 m");
	assert_string_equal(show_age(buf, 7200), "2 h");
	assert_string_equal(show_age(buf, 1e6), "12 d");
	assert_string_equal(show_age(buf, (double)NAN), "-");
}

/* Escape sequences, the C1 CSI and a turn of the writing direction. */
static void foreign_text_cannot_steer(void **state)
{
	char buf[64];

	(void)state;
	show_plain(buf, sizeof buf, "caf\xc3\xa9");
	assert_string_equal(buf, "caf\xc3\xa9");
	show_plain(buf, sizeof buf, "\033[2Jx");
	assert_string_equal(buf, "\\x1b[2Jx");
	show_plain(buf, sizeof buf,
		   "\xc2\x9b"
		   "2J");
	assert_string_equal(buf, "\\xc2\\x9b2J");
	show_plain(buf, sizeof buf, "\xe2\x80\xae");
	assert_string_equal(buf, "\\xe2\\x80\\xae");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seconds_read_well),
		cmocka_unit_test(ages_read_well),
		cmocka_unit_test(foreign_text_cannot_steer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
