/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/web/html.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "cmocka_all.h"

#define SAYS(want, ...)                                         \
	do {                                                    \
		struct html h_ = {{0}};                         \
		html_put(&h_, __VA_ARGS__);                     \
		assert_string_equal(buf_text(&h_.buf), (want)); \
		buf_done(&h_.buf);                              \
	} while (0)

static void test_markup_stays_and_text_is_escaped(void **state)
{
	(void)state;
	SAYS("<td>plain</td>", "<td>%s</td>", "plain");
	SAYS("<b title=\"&lt;script&gt;\">&amp;amp;</b>",
	     "<b title=\"%s\">%s</b>", "<script>", "&amp;");
	SAYS("&quot;&#39;", "%s", "\"'");
	SAYS("&lt;", "%c", '<');
	SAYS("ab|", "%.*s|", 2, "abc");
	SAYS("ab|", "%.2s|", "abc");
	SAYS("", "%s", "");
	SAYS("100%", "%d%%", 100);
}

static void test_what_is_no_text_is_replaced(void **state)
{
	(void)state;
	SAYS("a\xEF\xBF\xBD"
	     "b",
	     "%s",
	     "a\x1b"
	     "b");
	SAYS("a\n\tb", "%s", "a\n\tb");
	SAYS("\xEF\xBF\xBD", "%s", "\xff");
	SAYS("\xEF\xBF\xBD\xEF\xBF\xBD", "%s", "\xc0\xaf"); /* overlong '/' */
	SAYS("\xEF\xBF\xBD&lt;", "%s", "\xe2<");    /* cut in the middle */
	SAYS("\xEF\xBF\xBD", "%s", "\xE2\x80\xAE"); /* right to left */
	SAYS("\xEF\xBF\xBD", "%s", "\xC2\x85");
	SAYS("Z\xC3\xBCrich \xF0\x9F\x95\xB0", "%s",
	     "Z\xC3\xBCrich \xF0\x9F\x95\xB0");
	SAYS("\xEF\xBF\xBD", "%.1s", "\xC3\xBC");
}

static void test_numbers_are_as_in_printf(void **state)
{
	(void)state;
	SAYS("-5 7 007 +3   9", "%d %u %03d %+d %3d", -5, 7u, 7, 3, 9);
	SAYS("9223372036854775807", "%lld", LLONG_MAX);
	SAYS("-9223372036854775808", "%ld", LONG_MIN);
	SAYS("18446744073709551615 1f 00ff", "%llu %x %04x", ULLONG_MAX, 31u,
	     255u);
	SAYS("12 -3", "%zu %zd", (size_t)12, (ssize_t)-3);
	SAYS("+1.50 2.500000 1.5 0001.2 nan", "%+.2f %f %g %06.1f %f", 1.5, 2.5,
	     1.5, 1.2, (double)NAN);
	SAYS("0.333", "%.*f", 3, 1.0 / 3);
	SAYS("1e+300", "%g", 1e300);
}

/* Whatever comes in as text, no octet of markup comes out of it. */
static void test_nothing_gets_through(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 1);
	for (int i = 0; i < 2000; i++) {
		struct html h = {{0}};
		char s[64] = "";

		for (size_t n = 0; n + 1 < sizeof s; n++)
			s[n] = (char)(1 + rng_u64(&rng) % 255);
		html_put(&h, "%s", s);
		assert_null(strpbrk(buf_text(&h.buf), "<>\"'"));
		buf_done(&h.buf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_markup_stays_and_text_is_escaped),
		cmocka_unit_test(test_what_is_no_text_is_replaced),
		cmocka_unit_test(test_numbers_are_as_in_printf),
		cmocka_unit_test(test_nothing_gets_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
