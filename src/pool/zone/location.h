/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/net_addr.h"

/*
 * From an address to a small number, and to how much of the address it took:
 * networks, one inside the other, laid out as a sorted list of the addresses
 * where the number changes.  Looking one up is a binary search, and the honest
 * scope of an answer (RFC 7871 section 7.2.1) follows from the two neighbours.
 */

/* One address family: at start[i] the value becomes value[i]. */
struct location_edges {
	unsigned width; /* octets of an address: 4 or 16 */
	const uint8_t *start;
	const uint16_t *value;
	uint32_t n; /* 0: nothing is known */
};

struct location_map {
	struct location_edges v4, v6;
};

struct location {
	uint16_t value; /* 0: nothing is known */
	/* All addresses with the same first scope bits have the same value. */
	unsigned scope;
};

/** addr: without a scope; IPv4 in IPv6 is for the caller to unmap. */
struct location location_find(const struct location_map *map,
			      const struct net_addr *addr);

/* A network for location_map_make(). */
struct location_net {
	struct net_addr net;
	unsigned prefix;
	uint16_t value;
};

/* A map in one piece of memory, which can be written to a file. */
struct location_image {
	uint8_t *data; /* heap */
	size_t len;
};

/** Of two networks that are the same the later counts.  net: is sorted. */
struct location_image location_image_make(struct location_net *net, size_t n);

/**
 * Find the map in its image and check all of it.  data: aligned to 8 octets,
 * borrowed by *out; values up to max are right.  0 or -EBADMSG.
 */
MUST_CHECK int location_map_open(const void *data, size_t len, uint16_t max,
				 struct location_map *out);
