/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypt/keys.h"

#include <stdio.h>
#include <string.h>

#include "base/container.h"
#include "cmocka_all.h"

/* What on_error was told. */
struct findings {
	unsigned n;
	struct key_error last;
	const char *secret; /* must not appear */
};

static void note(void *arg, const struct key_error *e)
{
	struct findings *f = arg;

	f->n++;
	f->last = *e;
	if (f->secret)
		assert_null(strstr(e->text, f->secret));
}

static size_t parse(const char *text, struct keys *keys, struct findings *f)
{
	*f = (struct findings){.secret = f->secret};
	return keys_parse(text, strlen(text), keys, note, f);
}

static void file_of_ntp_keygen(void **state)
{
	struct findings f = {0};
	struct keys keys;
	const struct key *k;

	(void)state;
	assert_int_equal(
		parse("# ntpkey_MD5key_vm.4004398965\n\n"
		      " 2 MD5 _Nd.rl>1z%92k!M=Qg]9  # MD5 key\n"
		      " 1 MD5 HqLs=+hud6D|>FXe(UI-  # MD5 key\n"
		      "11 SHA1 0123456789abcdef0123456789ABCDEF01234567 # x\n"
		      "20 AES (AS@P/)ErX3&i'oa\n",
		      &keys, &f),
		4);
	assert_int_equal(f.n, 0);
	k = keys_find(&keys, 1);
	assert_non_null(k);
	assert_int_equal(k->len, 20);
	assert_memory_equal(k->secret, "HqLs=+hud6D|>FXe(UI-", 20);
	k = keys_find(&keys, 11);
	assert_int_equal(k->algo, MAC_SHA1);
	assert_int_equal(k->len, 20);
	assert_int_equal(k->secret[15], 0xef);
	assert_int_equal(keys_find(&keys, 20)->len, 16);
	assert_null(keys_find(&keys, 3));
	assert_null(keys_find(&keys, 0));
	/* Sorted, whatever the order of the file. */
	assert_int_equal(keys.key[0].id, 1);
	assert_int_equal(keys.key[3].id, 20);
	keys_free(&keys);
	assert_null(keys_find(&keys, 1));
}

static void all_spellings_of_types(void **state)
{
	static const struct {
		const char *type;
		enum mac_algo algo;
	} row[] = {
		{"M", MAC_MD5},
		{"md5", MAC_MD5},
		{"sha", MAC_SHA1},
		{"SHA-1", MAC_SHA1},
		{"SHA256", MAC_SHA256},
		{"sha-384", MAC_SHA384},
		{"SHA512", MAC_SHA512},
		{"AES", MAC_AES128CMAC},
		{"AES-128", MAC_AES128CMAC},
		{"AES128CMAC", MAC_AES128CMAC},
	};
	struct findings f = {0};
	struct keys keys;
	char text[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		snprintf(text, sizeof text, "7 %s secret", row[i].type);
		assert_int_equal(parse(text, &keys, &f), 1);
		assert_int_equal(keys.key[0].algo, row[i].algo);
		keys_free(&keys);
	}
	assert_string_equal(mac_algo_name(MAC_AES128CMAC), "AES128CMAC");
}

/* An AES key has 16 octets: a shorter one is filled, a longer one cut. */
static void aes_keys_get_their_length(void **state)
{
	struct findings f = {0};
	struct keys keys;

	(void)state;
	parse("1 AES short\n2 AES 12345678901234567890\n", &keys, &f);
	assert_int_equal(keys.key[0].len, 16);
	assert_memory_equal(keys.key[0].secret, "short\0\0\0\0\0\0\0\0\0\0",
			    16);
	assert_int_equal(keys.key[1].len, 16);
	assert_memory_equal(keys.key[1].secret, "1234567890123456\0\0\0\0", 20);
	keys_free(&keys);
}

/* F-06: each bad line is told with its place and skipped; the key is not told. */
static void bad_lines_are_skipped(void **state)
{
	static const struct {
		const char *line;
		unsigned column;
	} row[] = {
		{"0 MD5 SECRET", 1},
		{"65536 MD5 SECRET", 1},
		{"-1 MD5 SECRET", 1},
		{"99999999999999999999 MD5 SECRET", 1},
		{"1x MD5 SECRET", 1},
		{"5", 2},
		{"5 MD5", 6},
		{"5 MD5 # SECRET", 15},
		{"5 RMD160 SECRET", 3},
		{"5 AES256 SECRET", 3},
		{"5 MD5 SEC#SECRET", 7},
		{"5 MD5 #SECRET", 14},
		{"5 MD5 SECRET\x80", 7},
		{"5 MD5 SECRET\x1b[2J", 7},
		{"5 MD5 SECRET 10.0.0.1", 14},
		{"5 SHA1 SECRETSECRETSECRETSECRET", 8},          /* hex */
		{"5 SHA1 0123456789abcdef0123456789abcdef0", 8}, /* odd */
		{"1 SHA1 SECRET", 1},                            /* twice */
	};
	struct findings f = {.secret = "SECRET"};
	struct keys keys;
	char text[200];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		snprintf(text, sizeof text, "1 MD5 a\n%s\n2 MD5 b\n",
			 row[i].line);
		assert_int_equal(parse(text, &keys, &f), 2);
		assert_int_equal(f.n, 1);
		assert_int_equal(f.last.line, 2);
		assert_int_equal(f.last.column, row[i].column);
		/* Of two with one number the first counts. */
		assert_int_equal(keys_find(&keys, 1)->algo, MAC_MD5);
		keys_free(&keys);
	}
}

static void longest_key(void **state)
{
	struct findings f = {0};
	struct keys keys;
	char text[200];

	(void)state;
	snprintf(text, sizeof text, "1 SHA512 %0128d\n", 7);
	assert_int_equal(parse(text, &keys, &f), 1);
	assert_int_equal(keys.key[0].len, 64);
	assert_int_equal(keys.key[0].secret[63], 7);
	keys_free(&keys);
	snprintf(text, sizeof text, "1 SHA512 %0130d\n", 7);
	assert_int_equal(parse(text, &keys, &f), 0);
	assert_int_equal(f.n, 1);
	keys_free(&keys);
}

/* CRLF, a byte order mark, tabs, a NUL, and no newline at the end. */
static void odd_texts(void **state)
{
	static const char text[] = "\xef\xbb\xbf"
				   "1\tMD5\tabc\r\n\r\n2 MD5 de\0f\n3 SHA1 x";
	struct findings f = {0};
	struct keys keys;

	(void)state;
	assert_int_equal(keys_parse(text, sizeof text - 1, &keys, note, &f), 2);
	assert_int_equal(f.n, 1);
	assert_int_equal(f.last.line, 3);
	assert_int_equal(keys.key[0].len, 3);
	assert_int_equal(keys.key[1].id, 3);
	keys_free(&keys);
	assert_int_equal(keys_parse("", 0, &keys, NULL, NULL), 0);
	keys_free(&keys);
}

static void at_most_4096(void **state)
{
	static char text[5000 * 16];
	struct findings f = {0};
	struct keys keys;
	size_t len = 0;

	(void)state;
	/* Downwards, so that each goes in at the front. */
	for (unsigned id = 5000; id >= 1; id--)
		len += (size_t)sprintf(text + len, "%u M k%u\n", id, id);
	assert_int_equal(keys_parse(text, len, &keys, note, &f), KEYS_MAX);
	assert_int_equal(f.n, 5000 - KEYS_MAX);
	for (size_t i = 1; i < keys.len; i++)
		assert_int_equal(keys.key[i].id, keys.key[i - 1].id + 1);
	assert_memory_equal(keys_find(&keys, 4321)->secret, "k4321", 5);
	keys_free(&keys);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(file_of_ntp_keygen),
		cmocka_unit_test(all_spellings_of_types),
		cmocka_unit_test(aes_keys_get_their_length),
		cmocka_unit_test(bad_lines_are_skipped),
		cmocka_unit_test(longest_key),
		cmocka_unit_test(odd_texts),
		cmocka_unit_test(at_most_4096),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
