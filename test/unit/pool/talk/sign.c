/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/talk/sign.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "cmocka_all.h"

static void only_what_was_signed(void **state)
{
	uint8_t public_key[SIGN_PUBLIC_LEN], secret_key[SIGN_SECRET_LEN];
	uint8_t other_public[SIGN_PUBLIC_LEN], other_secret[SIGN_SECRET_LEN];
	uint8_t out[SIGN_LEN];
	char text[SIGN_TEXT_LEN], body[] = "{\"monitor\":1}";
	size_t len = strlen(body);

	(void)state;
	sign_new_key(public_key, secret_key);
	sign_new_key(other_public, other_secret);
	sign_make(secret_key, SIGN_RESULTS, body, len, text);
	assert_int_equal(strlen(text), SIGN_TEXT_LEN - 1);
	assert_int_equal(
		sign_check(public_key, SIGN_RESULTS, body, len, text, out), 0);
	assert_int_equal(
		sign_check(other_public, SIGN_RESULTS, body, len, text, out),
		-EACCES);
	assert_int_equal(
		sign_check(public_key, SIGN_WORK, body, len, text, out),
		-EACCES);
	assert_int_equal(
		sign_check(public_key, SIGN_RESULTS, body, len - 1, text, out),
		-EACCES);
	body[3] ^= 1;
	assert_int_equal(
		sign_check(public_key, SIGN_RESULTS, body, len, text, out),
		-EACCES);
}

static void no_signature_at_all(void **state)
{
	uint8_t public_key[SIGN_PUBLIC_LEN], secret_key[SIGN_SECRET_LEN];
	uint8_t out[SIGN_LEN];
	char longer[2 * SIGN_TEXT_LEN];
	static const char *const bad[] = {NULL, "", "A", "!!!!", "AAAA="};

	(void)state;
	sign_new_key(public_key, secret_key);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(
			sign_check(public_key, SIGN_WORK, "", 0, bad[i], out),
			-EBADMSG);
	memset(longer, 'A', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	assert_int_equal(sign_check(public_key, SIGN_WORK, "", 0, longer, out),
			 -EBADMSG);
	longer[SIGN_TEXT_LEN - 1] = '\0';
	assert_int_equal(sign_check(public_key, SIGN_WORK, "", 0, longer, out),
			 -EACCES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_was_signed),
		cmocka_unit_test(no_signature_at_all),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
