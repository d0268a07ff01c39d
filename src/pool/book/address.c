/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/address.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/container.h"
#include "base/text.h"

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

bool address_is_global(const struct net_addr *addr)
{
	struct net_addr a = net_addr_unmap(addr);

	/* All that IANA has given away of IPv6 so far lies in 2000::/3. */
	if (a.family == AF_INET6 && !is_in(&a, "2000::", 3))
		return false;
	return address_is_host(&a) &&
	       !is_in_any(&a, special, ARRAY_LEN(special));
}

bool address_is_host(const struct net_addr *addr)
{
	struct net_addr a = net_addr_unmap(addr);

	return a.family != AF_UNSPEC && a.scope == 0 &&
	       !is_in_any(&a, no_host, ARRAY_LEN(no_host));
}

/* Length of the label at s, 0 when it is none. */
static size_t label_len(const char *s)
{
	size_t len = 0;

	while (isalnum((unsigned char)s[len]) || s[len] == '-')
		len++;
	if (len == 0 || len > 63 || s[0] == '-' || s[len - 1] == '-')
		return 0;
	return len;
}

bool address_is_name(const char *name)
{
	size_t labels = 0, len = 0;

	if (strlen(name) > 253)
		return false;
	for (const char *s = name;; s += len + 1) {
		len = label_len(s);
		if (len == 0)
			return false;
		labels++;
		if (s[len] == '\0')
			return labels >= 2 && isalpha((unsigned char)*s);
		if (s[len] != '.')
			return false;
	}
}

static int copy_host(const char *s, size_t len, char *host, size_t cap)
{
	if (len > 0 && s[len - 1] == '.')
		len--;
	if (len == 0 || len >= cap)
		return -EINVAL;
	for (size_t i = 0; i < len; i++)
		host[i] = (char)tolower((unsigned char)s[i]);
	host[len] = '\0';
	return 0;
}

int address_split(const char *typed, char *host, size_t cap, uint16_t *port)
{
	const char *end, *colon;
	char digits[8];
	long number = 0;

	typed += strspn(typed, " \t\r\n");
	end = typed + strcspn(typed, " \t\r\n");
	if (end[strspn(end, " \t\r\n")] != '\0')
		return -EINVAL;
	colon = memrchr(typed, ':', (size_t)(end - typed));
	/* More than one colon without brackets: an IPv6 address alone. */
	if (colon && typed[0] == '[' && colon[-1] != ']')
		colon = NULL;
	if (colon && typed[0] != '[' &&
	    memchr(typed, ':', (size_t)(end - typed)) != colon)
		colon = NULL;
	if (colon) {
		size_t len = (size_t)(end - colon - 1);

		if (len >= sizeof digits)
			return -EINVAL;
		memcpy(digits, colon + 1, len);
		digits[len] = '\0';
		if (text_to_int(digits, 1, 65535, &number) < 0)
			return -EINVAL;
		end = colon;
	}
	if (typed[0] == '[') {
		if (end - typed < 2 || end[-1] != ']')
			return -EINVAL;
		typed++;
		end--;
	}
	*port = (uint16_t)number;
	return copy_host(typed, (size_t)(end - typed), host, cap);
}
