/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/container.h"
#include "base/rng.h"
#include "near.h"

static void a_document(void **state)
{
	struct buf b = {0};
	struct json j = json_init(&b);

	(void)state;
	json_object(&j, NULL);
	json_text(&j, "a", "x\"\\\n\x1b");
	json_array(&j, "b");
	json_int(&j, NULL, INT64_MIN);
	json_real(&j, NULL, 0.1);
	json_real(&j, NULL, (double)NAN);
	json_fixed(&j, NULL, 1.005, 1);
	json_bool(&j, NULL, true);
	json_object(&j, NULL);
	json_end_object(&j);
	json_end_array(&j);
	json_null(&j, "c");
	json_end_object(&j);
	assert_string_equal(buf_text(&b),
			    "{\"a\":\"x\\\"\\\\\\u000a\\u001b\",\"b\":["
			    "-9223372036854775808,0.1,null,1.0,true,{}],"
			    "\"c\":null}");
	assert_int_equal(j.depth, 0);
	buf_done(&b);
}

/* What strangers send is no UTF-8 at times: each bad octet is replaced. */
static void bad_utf8(void **state)
{
	static const struct {
		const char *in, *out;
	} row[] = {
		{"gr\xC3\xBC\xC3\x9F", "\"gr\xC3\xBC\xC3\x9F\""},
		{"\xF0\x9F\x95\x92", "\"\xF0\x9F\x95\x92\""},
		{"a\xFF", "\"a\xEF\xBF\xBD\""},
		{"\xC3", "\"\xEF\xBF\xBD\""},
		{"\xC0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
		{"\xED\xA0\x80", /* half of a surrogate pair */
		 "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct buf b = {0};
		struct json j = json_init(&b);

		json_text(&j, NULL, row[i].in);
		assert_string_equal(buf_text(&b), row[i].out);
		buf_done(&b);
	}
}

static void numbers_read_back(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 7);
	for (int i = 0; i < 2000; i++) {
		struct buf b = {0};
		struct json j = json_init(&b);
		double want =
			rng_normal(&rng) * pow(10, 40 * rng_uniform(&rng) - 20);

		json_real(&j, NULL, want);
		assert_true(strtod(buf_text(&b), NULL) == want);
		buf_done(&b);
	}
}

static void buf_grows(void **state)
{
	struct buf b = {0};

	(void)state;
	assert_string_equal(buf_text(&b), "");
	for (int i = 0; i < 1000; i++)
		buf_printf(&b, "%03d", i);
	assert_int_equal(b.len, 3000);
	assert_memory_equal(b.data + 2997, "999", 4);
	buf_done(&b);
	assert_null(b.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document),
		cmocka_unit_test(bad_utf8),
		cmocka_unit_test(numbers_read_back),
		cmocka_unit_test(buf_grows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
