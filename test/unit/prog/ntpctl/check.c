/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntpctl/check.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/container.h"
#include "near.h"

static void ranges(void **state)
{
	static const struct {
		const char *text;
		double value;
		bool outside;
	} cases[] = {
		{"0.5", 0.4, false},        {"0.5", -0.4, false},
		{"0.5", 0.6, true},         {"0.5", -0.6, true},
		{"0.5", (double)NAN, true}, {"-1:2", -0.9, false},
		{"-1:2", -1.1, true},       {"1:", 5, false},
		{"1:", 0.9, true},          {"~:1", -99, false},
		{"~:1", 1.1, true},         {"@-1:1", 0, true},
		{"@-1:1", 2, false},        {"@-1:1", (double)NAN, true},
	};
	static const char *const bad[] = {"",    "x",     "2:1", "-1",
					  "1:x", "1:2:3", "@",   "nan"};
	struct check_range r;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(check_range_parse(cases[i].text, &r), 0);
		assert_int_equal(check_is_outside(&r, cases[i].value),
				 cases[i].outside);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(check_range_parse(bad[i], &r), -EINVAL);
}

/* The line and the status of a document. */
static enum check_status judge(const struct document *d, const char *warning,
			       const char *critical, char **line)
{
	struct check_limits limits;
	enum check_status status;
	size_t len;
	FILE *f = open_memstream(line, &len);

	assert_int_equal(check_range_parse(warning, &limits.warning), 0);
	assert_int_equal(check_range_parse(critical, &limits.critical), 0);
	status = check_document(d, &limits, f);
	fclose(f);
	return status;
}

static void one_line_with_perfdata(void **state)
{
	struct doc_source source = {.state = "syspeer"};
	struct document d = {
		.source = &source,
		.n_source = 1,
		.system = {.synchronized = true,
			   .verdict = "Well|done.",
			   .stratum = 2,
			   .offset_s = 0.01,
			   .root_dist_s = 0.02,
			   .jitter_s = (double)NAN},
	};
	char *line;

	(void)state;
	assert_int_equal(judge(&d, "0.05", "0.5", &line), CHECK_OK);
	assert_string_equal(
		line, "NTP OK: Well/done. Offset +10.0 ms. 1 of 1 sources used"
		      "|offset=0.010000000s;0.05;0.5 root_distance="
		      "0.020000000s stratum=2 sources=1\n");
	free(line);
	assert_int_equal(judge(&d, "0.005", "0.5", &line), CHECK_WARNING);
	free(line);
	assert_int_equal(judge(&d, "0.005", "0.006", &line), CHECK_CRITICAL);
	free(line);
	d.system.offset_s = (double)NAN;
	assert_int_equal(judge(&d, "9", "9", &line), CHECK_OK);
	assert_non_null(strstr(line, "|offset=U "));
	free(line);
	d.system.offset_s = 0;
	d.system.synchronized = false;
	assert_int_equal(judge(&d, "9", "9", &line), CHECK_CRITICAL);
	free(line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges),
		cmocka_unit_test(one_line_with_perfdata),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
