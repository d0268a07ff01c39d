/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/* An IP address with an optional port; also a bare host where port is 0. */
struct net_addr {
	uint16_t family; /* AF_INET, AF_INET6, or AF_UNSPEC for "none" */
	uint16_t port;   /* host byte order */
	uint32_t scope;  /* IPv6 zone index, 0 for none */
	uint8_t ip
		[16]; /* network byte order; IPv4 in the first 4, the rest zero */
};

/* Longest text: "[" + IPv6 + "%" + 10 digits + "]:" + 5 digits + NUL. */
#define NET_ADDR_TEXT_LEN 72

/**
 * Parse a literal: a.b.c.d, an IPv6 address, either in brackets, with a
 * numeric %scope where it is IPv6.  Names are not looked up; port is set to 0.
 *
 * Returns: 0, or -EINVAL with *addr untouched.
 */
MUST_CHECK int net_addr_parse(const char *text, struct net_addr *addr);

/** The same with a port behind it: a.b.c.d:port or [v6]:port, port from 1. */
MUST_CHECK int net_addr_parse_port(const char *text, struct net_addr *addr);

/** The bare address without port, "0.0.0.0" style; returns buf. */
char *net_addr_format(const struct net_addr *addr, char buf[NET_ADDR_TEXT_LEN]);

/** "a.b.c.d:port" or "[v6]:port"; returns buf. */
char *net_addr_format_port(const struct net_addr *addr,
			   char buf[NET_ADDR_TEXT_LEN]);

/** Octets of ip in use: 4, 16 or 0. */
size_t net_addr_len(const struct net_addr *addr);

/** Same family, address and scope; ports are not looked at. */
bool net_addr_same_host(const struct net_addr *a, const struct net_addr *b);

/** Are the first bits of both addresses the same?  Families must agree; bits is capped at their length. */
bool net_addr_same_prefix(const struct net_addr *a, const struct net_addr *b,
			  unsigned bits);

bool net_addr_is_loopback(const struct net_addr *addr);
bool net_addr_is_multicast(
	const struct net_addr *addr); /* IPv4 limited broadcast counts */
bool net_addr_is_any(const struct net_addr *addr);

/**
 * Can the address be reached from everywhere?  False for private and loopback
 * networks, documentation, tunnels and all that IANA's special-purpose
 * registries (RFC 6890) set aside.
 */
bool net_addr_is_global(const struct net_addr *addr);

/** Can it be one host at all?  Not 0.0.0.0/8, 240/4, multicast, ::, or with a scope. */
bool net_addr_is_host(const struct net_addr *addr);

/** An IPv4 address that came as ::ffff:a.b.c.d as what it is; any other unchanged. */
struct net_addr net_addr_unmap(const struct net_addr *addr);

/**
 * Split "HOST", "HOST:PORT", "[ADDRESS]:PORT" or "[ADDRESS]"; a bare IPv6
 * address has more than one colon and no port.
 *
 * host: what stands before the port, brackets included, as typed.
 * port: written only when there is one, 1 to 65535.
 * Returns: 0, or -EINVAL for an empty or too long host or a bad port.
 */
MUST_CHECK int net_addr_split_port(const char *text, char *host, size_t cap,
				   uint16_t *port);
