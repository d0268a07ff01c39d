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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_and_formats),
		cmocka_unit_test(refuses_what_is_no_literal),
		cmocka_unit_test(prefixes),
		cmocka_unit_test(mapped_ipv4_is_ipv4),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
