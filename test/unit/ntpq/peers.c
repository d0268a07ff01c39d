/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntpq/peers.h"

#include "base/container.h"
#include "cmocka_all.h"

static void intervals(void **state)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} cases[] = {
		{INT64_MIN, "-"},   {-1, "-"},
		{0, "-"},           {1, "1"},
		{2048, "2048"},     {2049, "34m"},
		{3600 * 4, "240m"}, {3600 * 9, "9h"},
		{86400 * 5, "5d"},  {86400 * 2000, "5y"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char buf[32];
		struct text t = text_init(buf, sizeof buf);

		peers_interval(&t, cases[i].seconds);
		assert_string_equal(buf, cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(intervals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
