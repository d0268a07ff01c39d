/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/web/chart.h"

#include <math.h>
#include <string.h>

#include "near.h"
#include "pool/score/score.h"

#define HOUR INT64_C(3600000)
#define T0 INT64_C(1767225600000) /* 2026-01-01 */

static void test_axis_of_offsets(void **state)
{
	(void)state;
	assert_near(chart_offset_y(0, 0.1), 0.5, 1e-12);
	assert_near(chart_offset_y(0.1, 0.1), 0, 1e-12);
	assert_near(chart_offset_y(-0.1, 0.1), 1, 1e-12);
	assert_near(chart_offset_y(5, 0.1), 0, 1e-12); /* stays on the paper */
	/* Small offsets get more room than their share, and in order. */
	assert_true(chart_offset_y(0.001, 0.1) < 0.42);
	assert_true(chart_offset_y(0.01, 0.1) < chart_offset_y(0.001, 0.1));
}

static void test_axis_of_scores(void **state)
{
	(void)state;
	assert_near(chart_score_y(20), 0, 1e-12);
	assert_near(chart_score_y(-100), 1, 1e-12);
	assert_near(chart_score_y(-200), 1, 1e-12);
	assert_true(chart_score_y(10) > 0.25);
	assert_true(chart_score_y(10) < chart_score_y(9.9));
}

static void test_bands_are_the_scorers(void **state)
{
	static const double offsets[] = {0,    0.025,   -0.025, 0.0251,
					 -0.1, 0.10001, 3,      -1000};

	(void)state;
	for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
		struct measurement m = {.has_offset = true,
					.offset_s = offsets[i],
					.stratum = 2};
		enum score_rule rule = score_judge(PROFILE_CLASSIC, &m).rule;
		const char *want = rule == RULE_GOOD          ? "good"
				   : rule == RULE_OFFSET_25MS ? "fair"
							      : "bad";

		assert_string_equal(chart_band(offsets[i]), want);
	}
}

static struct chart_point points[3] = {
	{T0, 0.001, 1, 3, 0},
	{T0 + HOUR, 0.05, 1.95, 3, 1},
	{T0 + 2 * HOUR, (double)NAN, -3, 3, 3},
};

static const struct chart_series series[2] = {
	{"ams<1>", false, points, 3},
	{"median", true, points, 3},
};

static const struct chart chart = {
	"192.0.2.1", T0, T0 + 2 * HOUR, series, 2,
};

#define HAS(text) assert_non_null(strstr(buf_text(&h.buf), (text)))
#define HAS_NOT(text) assert_null(strstr(buf_text(&h.buf), (text)))

static void test_scores(void **state)
{
	struct html h = {{0}};

	(void)state;
	chart_scores(&h, &chart);
	HAS("<title id=\"scores-t\">Scores of 192.0.2.1</title>");
	HAS("From 2026-01-01 00:00 UTC to 2026-01-01 02:00 UTC.");
	HAS("The last score is -3.0; servers are handed out from 10 on.");
	HAS("class=\"limit\"");
	HAS("<title>ams&lt;1&gt;</title>");
	/* The median comes last, so that it lies on top. */
	assert_true(strstr(buf_text(&h.buf), "\"overall\"") >
		    strstr(buf_text(&h.buf), "\"monitor\""));
	buf_done(&h.buf);
}

static void test_offsets(void **state)
{
	struct html h = {{0}};

	(void)state;
	chart_offsets(&h, &chart);
	HAS("2 within 25 ms, 2 within 100 ms, 0 beyond.");
	HAS("class=\"mark good\" d=\"M52.0 ");
	HAS("class=\"mark fair\" d=\"M282.0 ");
	HAS_NOT("mark bad");
	HAS("+10 ms");
	HAS("\xE2\x88\x92"
	    "100 ms");
	HAS_NOT("nan");
	buf_done(&h.buf);
}

static void test_losses(void **state)
{
	struct html h = {{0}};

	(void)state;
	chart_losses(&h, &chart);
	HAS("8 of 18 requests were lost.");
	HAS("M512.0 21v-11.0"); /* all lost: the whole height */
	HAS("M282.0 21v-3.7");
	HAS_NOT(">median<"); /* has no packets of its own */
	buf_done(&h.buf);
}

static void test_nothing_to_draw(void **state)
{
	const struct chart empty = {"x", T0, T0, NULL, 0};
	struct html h = {{0}};

	(void)state;
	chart_scores(&h, &empty);
	chart_offsets(&h, &empty);
	chart_losses(&h, &empty);
	HAS("No score in this time.");
	HAS_NOT("nan");
	HAS_NOT("inf");
	buf_done(&h.buf);
}

static void test_counts(void **state)
{
	const struct chart_count count[] = {{T0, 0, 0},
					    {T0 + 24 * HOUR, 1234, 1000}};
	struct html h = {{0}};

	(void)state;
	chart_counts(&h, "Europe", "v4", count, 2);
	HAS("<title id=\"v4-t\">Servers of Europe</title>");
	HAS("At the end 1234 registered, 1000 active.");
	HAS(">500</text>");
	HAS_NOT(">1500</text>");
	buf_done(&h.buf);
	chart_counts(&h, "Europe", "v4", count, 1); /* one day, no server */
	HAS(">1</text>");
	HAS_NOT("nan");
	buf_done(&h.buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_axis_of_offsets),
		cmocka_unit_test(test_axis_of_scores),
		cmocka_unit_test(test_bands_are_the_scorers),
		cmocka_unit_test(test_scores),
		cmocka_unit_test(test_offsets),
		cmocka_unit_test(test_losses),
		cmocka_unit_test(test_nothing_to_draw),
		cmocka_unit_test(test_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
