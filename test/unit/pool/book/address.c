/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/address.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"

static void names(void **state)
{
	static const char *const good[] = {
		"ntp.example.org",       "a.b",
		"xn--bcher-kva.example", "0.pool.example.org",
		"time-1.example.c0m",
	};
	static const char *const bad[] = {
		"",      ".",      "localhost",    "a..b",
		".a.b",  "-a.b",   "a-.b",         "a_b.example.org",
		"1.2.3", "0x7f.1", "127.1",        "a b.c",
		"a.b\n", "a.b/c",  "b\xC3\xBC.de", "a.b@c",
	};
	char label64[80] = "", long_name[300] = "a";

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!address_is_name(good[i]))
			fail_msg("%s is a name", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (address_is_name(bad[i]))
			fail_msg("%s is no name", bad[i]);
	memset(label64, 'a', 64);
	strcat(label64, ".org");
	assert_false(address_is_name(label64));
	assert_true(address_is_name(label64 + 1));
	while (strlen(long_name) < 253)
		strcat(long_name, ".a");
	assert_int_equal(strlen(long_name), 253);
	assert_true(address_is_name(long_name));
	strcat(long_name, "a");
	assert_false(address_is_name(long_name));
}

static void split(const char *typed, const char *want_host, int want_port)
{
	char host[64] = "?";
	uint16_t port = 9;
	int r = address_split(typed, host, sizeof host, &port);

	if (want_port < 0 ? r != -EINVAL
			  : r != 0 || strcmp(host, want_host) != 0 ||
				    port != want_port)
		fail_msg("\"%s\": %d, %s, %u", typed, r, host, port);
}

static void typed_text_is_taken_apart(void **state)
{
	(void)state;
	split("192.0.2.1", "192.0.2.1", 0);
	split("  192.0.2.1\r\n", "192.0.2.1", 0);
	split("192.0.2.1:1123", "192.0.2.1", 1123);
	split("2001:DB8::1", "2001:db8::1", 0);
	split("[2001:db8::1]", "2001:db8::1", 0);
	split("[2001:db8::1]:123", "2001:db8::1", 123);
	split("NTP.Example.Org.", "ntp.example.org", 0);
	split("ntp.example.org:1", "ntp.example.org", 1);
	split("::1", "::1", 0);
	split("", NULL, -1);
	split("   ", NULL, -1);
	split("a b", NULL, -1);
	split("a.b:", NULL, -1);
	split("a.b:0", NULL, -1);
	split("a.b:65536", NULL, -1);
	split("a.b:12345678901234567890", NULL, -1);
	split("[", NULL, -1);
	split("[]", NULL, -1);
	split("[::1", NULL, -1);
	split("[]:5", NULL, -1);
	split(":", NULL, -1);
	split(":5", NULL, -1);
	split(".", NULL, -1);
	split("0123456789012345678901234567890123456789012345678901234567890."
	      "de",
	      NULL, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(typed_text_is_taken_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
