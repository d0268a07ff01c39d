/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypt/totp.h"

#include <string.h>

#include "base/container.h"
#include "cmocka_all.h"

/* RFC 6238, appendix B: eight digits of HMAC-SHA-1. */
static void test_vectors_of_rfc_6238(void **state)
{
	static const struct {
		uint64_t unix_s;
		uint32_t code;
	} vectors[] = {
		{59, 94287082},         {1111111109, 7081804},
		{1111111111, 14050471}, {1234567890, 89005924},
		{2000000000, 69279037}, {20000000000, 65353130},
	};
	const uint8_t secret[] = "12345678901234567890";

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++)
		assert_int_equal(
			totp_number(secret, 20,
				    vectors[i].unix_s * 1000 / TOTP_STEP_MS) %
				100000000,
			vectors[i].code);
}

/* RFC 4648, section 10, without the padding. */
static void test_base32(void **state)
{
	static const char *const vectors[][2] = {
		{"", ""},
		{"f", "MY"},
		{"fo", "MZXQ"},
		{"foo", "MZXW6"},
		{"foob", "MZXW6YQ"},
		{"fooba", "MZXW6YTB"},
		{"foobar", "MZXW6YTBOI"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		size_t len = strlen(vectors[i][0]);
		char text[32];

		base32_encode((const uint8_t *)vectors[i][0], len, text);
		assert_string_equal(text, vectors[i][1]);
		assert_int_equal(BASE32_LEN(len), strlen(text) + 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors_of_rfc_6238),
		cmocka_unit_test(test_base32),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
