/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <string.h>
#include <sys/socket.h>

#include "base/container.h"
#include "conf/build.h"
#include "conf/handlers.h"

#define HOST_MAX_LEN 253

static bool name_is_valid(const char *name)
{
	const char *label = strrchr(name, '.');
	size_t len = strlen(name);

	if (len == 0 || len > HOST_MAX_LEN || *name == '-' || *name == '.')
		return false;
	for (const char *p = name; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("-._", *p))
			return false;
	/* 10.9.0.256 and 10.9 would be read by getaddrinfo() as something. */
	label = label ? label + 1 : name;
	return *label == '\0' || strspn(label, "0123456789") != strlen(label);
}

/* An IPv6 literal whose zone is an interface name: fe80::1%eth0. */
static bool is_zoned(const char *text, struct net_addr *addr)
{
	const char *percent = strchr(text, '%');
	char bare[NET_ADDR_TEXT_LEN];
	size_t len;

	if (!percent || percent[1] == '\0' || strlen(percent + 1) > 15)
		return false;
	len = (size_t)(percent - text);
	if (len >= sizeof bare)
		return false;
	memcpy(bare, text, len);
	bare[len] = '\0';
	return net_addr_parse(bare, addr) == 0 && addr->family == AF_INET6;
}

static const char *strip_brackets(struct reader *r, const char *text)
{
	const char *kept = config_keep(r->cfg, *text == '[' ? text + 1 : text);
	size_t len = strlen(kept);

	if (*text == '[' && len && kept[len - 1] == ']') {
		char bare[CONF_LINE_MAX + 1];

		memcpy(bare, kept, len - 1);
		bare[len - 1] = '\0';
		kept = config_keep(r->cfg, bare);
	}
	return kept;
}

static bool family_fits(enum conf_family family, const struct net_addr *addr)
{
	return family == FAMILY_ANY ||
	       (family == FAMILY_IPV4) == (addr->family == AF_INET);
}

enum conf_host read_host(struct reader *r, const struct word *w,
			 enum conf_family family, const char **host,
			 struct net_addr *addr)
{
	struct net_addr a = {0};

	if (net_addr_parse(w->text, &a) == 0 || is_zoned(w->text, &a)) {
		if (!family_fits(family, &a)) {
			reader_error(
				r, "wrong-family", w, NULL,
				"'%s' is not of the family that was asked for",
				w->text);
			return HOST_BAD;
		}
		*host = strip_brackets(r, w->text);
		*addr = a;
		return HOST_ADDRESS;
	}
	if (!name_is_valid(w->text)) {
		reader_error(r, "bad-host", w, NULL,
			     "'%s' is neither an address nor a host name",
			     w->text);
		return HOST_BAD;
	}
	*host = config_keep(r->cfg, w->text);
	*addr = (struct net_addr){0};
	return HOST_NAME;
}

static bool addr_is_private(const struct net_addr *addr)
{
	static const struct {
		struct net_addr net;
		unsigned bits;
	} local[] = {
		{{.family = AF_INET, .ip = {10}}, 8},
		{{.family = AF_INET, .ip = {172, 16}}, 12},
		{{.family = AF_INET, .ip = {192, 168}}, 16},
		{{.family = AF_INET, .ip = {169, 254}}, 16},
		{{.family = AF_INET, .ip = {100, 64}}, 10},
		{{.family = AF_INET6, .ip = {0xfc}}, 7},
		{{.family = AF_INET6, .ip = {0xfe, 0x80}}, 10},
	};

	if (net_addr_is_loopback(addr))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(local); i++)
		if (net_addr_same_prefix(addr, &local[i].net, local[i].bits))
			return true;
	return false;
}

static bool name_is_local(const char *name)
{
	static const char *const suffix[] = {
		".local", ".localhost", ".localdomain", ".lan",
		".home",  ".internal",  ".home.arpa",   ".test",
	};
	size_t len = strlen(name);

	if (!strchr(name, '.'))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(suffix); i++) {
		size_t n = strlen(suffix[i]);

		if (len > n && strcasecmp(name + len - n, suffix[i]) == 0)
			return true;
	}
	return false;
}

bool host_is_stranger(const char *host)
{
	struct net_addr addr;

	if (net_addr_parse(host, &addr) == 0 || is_zoned(host, &addr))
		return !addr_is_private(&addr);
	return !name_is_local(host);
}
