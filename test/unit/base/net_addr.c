/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/net_addr.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/container.h"
#include "cmocka_all.h"

static void parses_and_formats(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{"127.77.0.1", "127.77.0.1"},
		{"[10.0.0.1]", "10.0.0.1"},
		{"::1", "::1"},
		{"[2001:DB8::0:1]", "2001:db8::1"},
		{"fe80::1%3", "fe80::1%3"},
	};
	struct net_addr a;
	char buf[NET_ADDR_TEXT_LEN];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(net_addr_parse(cases[i].in, &a), 0);
		assert_string_equal(net_addr_format(&a, buf), cases[i].out);
	}
	a.port = 123;
	assert_string_equal(net_addr_format_port(&a, buf), "[fe80::1%3]:123");
}

static void refuses_what_is_no_literal(void **state)
{
	static const char *const bad[] = {
		"",          "localhost",   "1.2.3",    "1.2.3.4.5",
		"1.2.3.256", "[::1",        "::1]",     "[]",
		"1.2.3.4%1", "fe80::1%eth", "fe80::1%", "::1%-1",
	};
	struct net_addr a = {.port = 7};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(net_addr_parse(bad[i], &a), -EINVAL);
		assert_int_equal(a.port, 7);
	}
}

static void prefixes(void **state)
{
	struct net_addr a, b, c;

	(void)state;
	assert_int_equal(net_addr_parse("10.1.2.3", &a), 0);
	assert_int_equal(net_addr_parse("10.1.3.3", &b), 0);
	assert_int_equal(net_addr_parse("::", &c), 0);
	assert_true(net_addr_same_prefix(&a, &b, 0));
	assert_true(net_addr_same_prefix(&a, &b, 23));
	assert_false(net_addr_same_prefix(&a, &b, 24));
	assert_false(net_addr_same_prefix(&a, &b, 200));
	assert_true(net_addr_same_prefix(&a, &a, 200));
	assert_false(net_addr_same_prefix(&a, &c, 0));
}

static void mapped_ipv4_is_ipv4(void **state)
{
	struct net_addr a = {0}, v4 = {0};

	(void)state;
	assert_int_equal(net_addr_parse("::ffff:192.0.2.7", &a), 0);
	assert_int_equal(net_addr_parse("192.0.2.7", &v4), 0);
	a.port = v4.port = 123;
	a = net_addr_unmap(&a);
	assert_memory_equal(&a, &v4, sizeof a);
	a = net_addr_unmap(&v4);
	assert_memory_equal(&a, &v4, sizeof a);
	assert_int_equal(net_addr_parse("::fffe:192.0.2.7", &a), 0);
	assert_int_equal(net_addr_unmap(&a).family, AF_INET6);
}

static struct net_addr addr(const char *text)
{
	struct net_addr a;

	if (net_addr_parse(text, &a) < 0)
		fail_msg("%s", text);
	return a;
}

static void global_is_what_everybody_reaches(void **state)
{
	static const char *const global[] = {
		"8.8.8.8",         "1.1.1.1",      "100.63.255.255",
		"100.128.0.0",     "172.15.0.1",   "172.32.0.1",
		"223.255.255.255", "2a00:1450::1", "2001:4860::8888",
		"::ffff:8.8.8.8",
	};
	static const char *const local[] = {
		"10.0.0.1",        "100.64.0.1",       "127.0.0.1",
		"169.254.1.1",     "172.16.0.1",       "172.31.255.255",
		"192.0.0.8",       "192.0.2.1",        "192.168.1.1",
		"198.19.255.1",    "203.0.113.9",      "::1",
		"fe80::1",         "fc00::1",          "2001:db8::1",
		"2002::1",         "64:ff9b::808:808", "::ffff:127.0.0.1",
		"::ffff:10.0.0.1", "2001::1",          "::8.8.8.8",
	};

	(void)state;
	for (size_t i = 0; i < sizeof global / sizeof *global; i++) {
		struct net_addr a = addr(global[i]);

		if (!net_addr_is_global(&a))
			fail_msg("%s is global", global[i]);
	}
	for (size_t i = 0; i < sizeof local / sizeof *local; i++) {
		struct net_addr a = addr(local[i]);

		if (net_addr_is_global(&a))
			fail_msg("%s is not global", local[i]);
		if (!net_addr_is_host(&a))
			fail_msg("%s could be a host", local[i]);
	}
}

/* D-02: what names resolve to */
static void some_addresses_are_no_host(void **state)
{
	static const char *const none[] = {
		"0.0.0.0",          "0.1.2.3",        "224.0.1.1",
		"255.255.255.255",  "240.0.0.1",      "::",
		"ff02::101",        "::ffff:0.0.0.0", "fe80::1%2",
		"::ffff:224.0.0.1",
	};

	(void)state;
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		struct net_addr a = addr(none[i]);

		if (net_addr_is_host(&a) || net_addr_is_global(&a))
			fail_msg("%s is no host", none[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_and_formats),
		cmocka_unit_test(refuses_what_is_no_literal),
		cmocka_unit_test(prefixes),
		cmocka_unit_test(mapped_ipv4_is_ipv4),
		cmocka_unit_test(global_is_what_everybody_reaches),
		cmocka_unit_test(some_addresses_are_no_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
