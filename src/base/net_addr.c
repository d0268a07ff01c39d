/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/net_addr.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/container.h"
#include "base/text.h"

/* Copy text without its brackets into buf; -EINVAL when it cannot be an address. */
static int strip_brackets(const char *text, char *buf, size_t cap)
{
	size_t len = strlen(text);

	if (len >= 2 && text[0] == '[') {
		if (text[len - 1] != ']')
			return -EINVAL;
		text++;
		len -= 2;
	}
	if (len == 0 || len >= cap)
		return -EINVAL;
	memcpy(buf, text, len);
	buf[len] = '\0';
	return 0;
}

static int parse_scope(const char *digits, uint32_t *scope)
{
	unsigned long v;
	char *end;

	if (*digits < '0' || *digits > '9' || strlen(digits) > 9)
		return -EINVAL;
	v = strtoul(digits, &end, 10);
	if (*end)
		return -EINVAL;
	*scope = (uint32_t)v;
	return 0;
}

int net_addr_parse(const char *text, struct net_addr *addr)
{
	struct net_addr a = {0};
	char buf[NET_ADDR_TEXT_LEN];
	char *percent;

	if (strip_brackets(text, buf, sizeof buf) < 0)
		return -EINVAL;
	if (inet_pton(AF_INET, buf, a.ip) == 1) {
		a.family = AF_INET;
		*addr = a;
		return 0;
	}
	percent = strchr(buf, '%');
	if (percent) {
		*percent = '\0';
		if (parse_scope(percent + 1, &a.scope) < 0)
			return -EINVAL;
	}
	if (inet_pton(AF_INET6, buf, a.ip) != 1)
		return -EINVAL;
	a.family = AF_INET6;
	*addr = a;
	return 0;
}

int net_addr_parse_port(const char *text, struct net_addr *addr)
{
	const char *colon = strrchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) : 0;
	char host[NET_ADDR_TEXT_LEN];
	struct net_addr a;
	long port;

	if (len == 0 || len >= sizeof host ||
	    text_to_int(colon + 1, 1, 65535, &port) < 0)
		return -EINVAL;
	memcpy(host, text, len);
	host[len] = '\0';
	if (net_addr_parse(host, &a) < 0 ||
	    (a.family == AF_INET6) != (host[0] == '['))
		return -EINVAL;
	a.port = (uint16_t)port;
	*addr = a;
	return 0;
}

char *net_addr_format(const struct net_addr *addr, char buf[NET_ADDR_TEXT_LEN])
{
	size_t len;

	if (addr->family == AF_UNSPEC ||
	    !inet_ntop(addr->family, addr->ip, buf, NET_ADDR_TEXT_LEN)) {
		strcpy(buf, "none");
		return buf;
	}
	len = strlen(buf);
	if (addr->scope)
		snprintf(buf + len, NET_ADDR_TEXT_LEN - len, "%%%u",
			 addr->scope);
	return buf;
}

char *net_addr_format_port(const struct net_addr *addr,
			   char buf[NET_ADDR_TEXT_LEN])
{
	struct text t = text_init(buf, NET_ADDR_TEXT_LEN);
	char host[NET_ADDR_TEXT_LEN];
	bool v6 = addr->family == AF_INET6;

	net_addr_format(addr, host);
	text_add(&t, "%s%s%s:%u", v6 ? "[" : "", host, v6 ? "]" : "",
		 addr->port);
	return buf;
}

size_t net_addr_len(const struct net_addr *addr)
{
	switch (addr->family) {
	case AF_INET:
		return 4;
	case AF_INET6:
		return 16;
	default:
		return 0;
	}
}

bool net_addr_same_host(const struct net_addr *a, const struct net_addr *b)
{
	return a->family == b->family && a->scope == b->scope &&
	       memcmp(a->ip, b->ip, net_addr_len(a)) == 0;
}

bool net_addr_same_prefix(const struct net_addr *a, const struct net_addr *b,
			  unsigned bits)
{
	unsigned max = (unsigned)net_addr_len(a) * 8;
	unsigned whole, rest;

	if (a->family != b->family)
		return false;
	if (bits > max)
		bits = max;
	whole = bits / 8;
	rest = bits % 8;
	if (memcmp(a->ip, b->ip, whole) != 0)
		return false;
	return rest == 0 || (a->ip[whole] ^ b->ip[whole]) >> (8 - rest) == 0;
}

bool net_addr_is_loopback(const struct net_addr *addr)
{
	static const uint8_t one[16] = {[15] = 1};

	if (addr->family == AF_INET)
		return addr->ip[0] == 127;
	return addr->family == AF_INET6 && memcmp(addr->ip, one, 16) == 0;
}

bool net_addr_is_multicast(const struct net_addr *addr)
{
	static const uint8_t broadcast[4] = {255, 255, 255, 255};

	if (addr->family == AF_INET)
		return (addr->ip[0] & 0xf0) == 0xe0 ||
		       memcmp(addr->ip, broadcast, 4) == 0;
	return addr->family == AF_INET6 && addr->ip[0] == 0xff;
}

bool net_addr_is_any(const struct net_addr *addr)
{
	static const uint8_t zero[16];

	return memcmp(addr->ip, zero, sizeof zero) == 0;
}

struct net_addr net_addr_unmap(const struct net_addr *addr)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	struct net_addr v4 = {.family = AF_INET, .port = addr->port};

	if (addr->family != AF_INET6 ||
	    memcmp(addr->ip, mapped, sizeof mapped) != 0)
		return *addr;
	memcpy(v4.ip, addr->ip + sizeof mapped, 4);
	return v4;
}

int net_addr_split_port(const char *text, char *host, size_t cap,
			uint16_t *port)
{
	const char *colon = strrchr(text, ':');
	size_t len = strlen(text);
	long v = 0;

	if (colon && (strchr(text, ':') == colon || colon[-1] == ']')) {
		if (text_to_int(colon + 1, 1, 65535, &v) < 0)
			return -EINVAL;
		len = (size_t)(colon - text);
	}
	if (len == 0 || len >= cap)
		return -EINVAL;
	memcpy(host, text, len);
	host[len] = '\0';
	if (v)
		*port = (uint16_t)v;
	return 0;
}

/* --- what kind of address -------------------------------------------------- */

struct network {
	const char *net;
	unsigned prefix;
};

static const struct network special[] = {
	{"0.0.0.0", 8},         {"10.0.0.0", 8},     {"100.64.0.0", 10},
	{"127.0.0.0", 8},       {"169.254.0.0", 16}, {"172.16.0.0", 12},
	{"192.0.0.0", 24},      {"192.0.2.0", 24},   {"192.88.99.0", 24},
	{"192.168.0.0", 16},    {"198.18.0.0", 15},  {"198.51.100.0", 24},
	{"203.0.113.0", 24},    {"224.0.0.0", 4},    {"240.0.0.0", 4},
	{"2001::", 23},         {"2001:db8::", 32},  {"2002::", 16},
	{"2620:4f:8000::", 48}, {"3fff::", 20},
};

static const struct network no_host[] = {
	{"0.0.0.0", 8}, {"224.0.0.0", 4}, {"240.0.0.0", 4},
	{"::", 128},    {"ff00::", 8},
};

static bool is_in(const struct net_addr *addr, const char *net, unsigned prefix)
{
	struct net_addr n;
	int r = net_addr_parse(net, &n);

	assert(r == 0);
	return net_addr_same_prefix(addr, &n, prefix);
}

static bool is_in_any(const struct net_addr *addr, const struct network *list,
		      size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_in(addr, list[i].net, list[i].prefix))
			return true;
	return false;
}

bool net_addr_is_global(const struct net_addr *addr)
{
	struct net_addr a = net_addr_unmap(addr);

	/* All that IANA has given away of IPv6 so far lies in 2000::/3. */
	if (a.family == AF_INET6 && !is_in(&a, "2000::", 3))
		return false;
	return net_addr_is_host(&a) &&
	       !is_in_any(&a, special, ARRAY_LEN(special));
}

bool net_addr_is_host(const struct net_addr *addr)
{
	struct net_addr a = net_addr_unmap(addr);

	return a.family != AF_UNSPEC && a.scope == 0 &&
	       !is_in_any(&a, no_host, ARRAY_LEN(no_host));
}
