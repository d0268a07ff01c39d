/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntp/leap_table.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/container.h"
#include "base/ntp_ts.h"
#include "base/text.h"
#include "base/units.h"
#include "cmocka_all.h"
#include "crypt/digest.h"

#define DAY_NS (86400 * NS_PER_S)

static int64_t wall(int64_t stamp)
{
	return (stamp - (int64_t)NTP_UNIX_OFFSET) * NS_PER_S;
}

/* A list of these lines with the hash of these digits behind it. */
static const char *list(const char *lines, const char *digits)
{
	static char buf[8192];
	struct text t = text_init(buf, sizeof buf);
	uint8_t h[SHA1_LEN];

	digest_sha1(digits, strlen(digits), h);
	text_add(&t, "%s#h", lines);
	for (size_t i = 0; i < SHA1_LEN; i++)
		text_add(&t, "%s%02x", i % 4 ? "" : " ", h[i]);
	text_add(&t, "\n");
	return buf;
}

static int parse(const char *text, struct leap_table *t)
{
	char error[160] = "";
	int err = leap_table_parse(text, strlen(text), t, error);

	assert_true(err == 0 ? !*error : *error);
	return err;
}

/* The published list, with its published hash. */
static void published_list(void **state)
{
	static char text[8192];
	struct leap_table t;
	size_t len;
	char error[160];
	FILE *f = fopen(TEST_DATA "/leap-seconds.list", "r");

	(void)state;
	assert_non_null(f);
	len = fread(text, 1, sizeof text, f);
	fclose(f);
	assert_int_equal(leap_table_parse(text, len, &t, error), 0);
	assert_int_equal(t.n, 28);
	assert_int_equal(t.entry[0].tai_offset_s, 10);
	/* The end of 2016. */
	assert_true(t.entry[27].wall_ns == INT64_C(1483228800) * NS_PER_S);
	assert_int_equal(leap_table_today(&t, t.entry[27].wall_ns - 1), 1);
	assert_int_equal(leap_table_today(&t, t.entry[27].wall_ns - DAY_NS), 1);
	assert_int_equal(leap_table_today(&t, t.entry[27].wall_ns - DAY_NS - 1),
			 0);
	assert_int_equal(leap_table_today(&t, t.entry[27].wall_ns), 0);
	assert_int_equal(leap_table_tai(&t, t.entry[27].wall_ns - 1), 36);
	assert_int_equal(leap_table_tai(&t, t.entry[27].wall_ns), 37);
	assert_int_equal(leap_table_tai(&t, 0), 0);
	assert_int_equal(leap_table_tai(&t, INT64_MAX), 37);
	assert_int_equal(leap_table_today(&t, INT64_MIN), 0);
	assert_int_equal(leap_table_today(&t, INT64_MAX), 0);

	/* F-09: any digit changed, and it counts as a whole or not at all. */
	for (size_t i = 0; i < len; i++) {
		struct leap_table copy = t;
		char old = text[i];

		if (old < '0' || old > '8')
			continue;
		text[i]++;
		/* Comments behind the data are not hashed. */
		if (leap_table_parse(text, len, &copy, error) == 0)
			assert_non_null(memrchr(text, '#', i));
		else
			assert_memory_equal(&copy, &t, sizeof t);
		text[i] = old;
	}
	/* F-09: cut anywhere, such as before its last entry. */
	for (size_t cut = 0; cut + 2 < len; cut++)
		assert_int_equal(leap_table_parse(text, cut, &t, error),
				 -EINVAL);
}

/* F-09: a negative leap second, CRLF, and times beyond 2036. */
static void unusual_but_right(void **state)
{
	struct leap_table t;

	(void)state;
	assert_int_equal(parse(list("#$ 3900000000\r\n#@\t4500057600\r\n"
				    "# a comment\r\n\r\n"
				    "2272060800 10 # 1972\r\n"
				    "4291747200\t9\r\n4323283200 10\r\n",
				    "39000000004500057600227206080010"
				    "42917472009"
				    "432328320010"),
			       &t),
			 0);
	assert_int_equal(t.n, 3);
	assert_true(t.updated_wall_ns == wall(3900000000));
	assert_true(t.expires_wall_ns == wall(4500057600));
	assert_int_equal(leap_table_today(&t, wall(4291747199)), -1);
	assert_int_equal(leap_table_today(&t, wall(4323283199)), 1);
	assert_int_equal(leap_table_tai(&t, wall(4323283199)), 9);
}

/* F-09: with the right hash, and yet refused. */
static void refused(void **state)
{
	static const struct {
		const char *lines, *digits;
	} row[] = {
		/* nothing in it, no $, no @, twice $ */
		{"#$ 1\n#@ 2\n", "12"},
		{"#@ 2\n2272060800 10\n", "2227206080010"},
		{"#$ 1\n2272060800 10\n", "1227206080010"},
		{"#$ 1\n#$ 1\n#@ 2\n2272060800 10\n", "112227206080010"},
		/* backwards, twice the same, two steps at once, none */
		{"#$ 1\n#@ 2\n2287785600 11\n2272060800 10\n",
		 "12228778560011227206080010"},
		{"#$ 1\n#@ 2\n2272060800 10\n2272060800 11\n",
		 "12227206080010227206080011"},
		{"#$ 1\n#@ 2\n2272060800 10\n2287785600 12\n",
		 "12227206080010228778560012"},
		{"#$ 1\n#@ 2\n2272060800 10\n2287785600 10\n",
		 "12227206080010228778560010"},
		/* not at midnight, one number, three, letters, too large */
		{"#$ 1\n#@ 2\n2272060801 10\n", "12227206080110"},
		{"#$ 1\n#@ 2\n2272060800\n", "122272060800"},
		{"#$ 1\n#@ 2\n2272060800 10 3\n", "122272060800103"},
		{"#$ 1\n#@ 2\n2272060800 x\n", "122272060800"},
		{"#$ 1\n#@ 2\n-2272060800 10\n", "12227206080010"},
		{"#$ 1\n#@ 2\n2272060800 256\n", "122272060800256"},
		{"#$ 1\n#@ 2\n18446744073709526400 10\n",
		 "121844674407370952640010"},
		{"#$ 1\n#@ 999999999999\n2272060800 10\n",
		 "1999999999999227206080010"},
		/* a second hash */
		{"#$ 1\n#@ 2\n2272060800 10\n#h 1 2 3 4 5\n", "12227206080010"},
	};
	struct leap_table t = {.n = 77};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		assert_int_equal(parse(list(row[i].lines, row[i].digits), &t),
				 -EINVAL);
		assert_int_equal(t.n, 77);
	}
	/* No hash; a short, an empty and an overlong one. */
	assert_int_equal(parse("#$ 1\n#@ 2\n2272060800 10\n", &t), -EINVAL);
	assert_int_equal(parse("#$ 1\n#@ 2\n2272060800 10\n#h 1 2 3 4\n", &t),
			 -EINVAL);
	assert_int_equal(parse("#$ 1\n#@ 2\n2272060800 10\n#h\n", &t), -EINVAL);
	assert_int_equal(
		parse("#$ 1\n#@ 2\n2272060800 10\n#h 1 2 3 4 000000005\n", &t),
		-EINVAL);
}

static void says_the_line(void **state)
{
	static const char text[] = "#$ 1\n#@ 2\n2272060800 ten\n";
	struct leap_table t;
	char error[160];

	(void)state;
	assert_int_equal(leap_table_parse(text, strlen(text), &t, error),
			 -EINVAL);
	assert_non_null(strstr(error, "line 3"));
}

static void at_most_128(void **state)
{
	static char lines[8192], digits[8192];
	struct text l = text_init(lines, sizeof lines);
	struct text d = text_init(digits, sizeof digits);
	struct leap_table t;

	(void)state;
	text_add(&l, "#$ 1\n#@ 2\n");
	text_add(&d, "12");
	for (unsigned i = 0; i < 129; i++) {
		assert_int_equal(parse(list(lines, digits), &t),
				 i ? 0 : -EINVAL);
		text_add(&l, "%llu %u\n", 2272060800ull + 86400ull * i, 10 + i);
		text_add(&d, "%llu%u", 2272060800ull + 86400ull * i, 10 + i);
	}
	assert_false(l.full || d.full);
	assert_int_equal(t.n, 128);
	assert_int_equal(parse(list(lines, digits), &t), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_list),
		cmocka_unit_test(unusual_but_right),
		cmocka_unit_test(refused),
		cmocka_unit_test(says_the_line),
		cmocka_unit_test(at_most_128),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
