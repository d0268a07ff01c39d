/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/net_addr.h"
#include "crypt/keys.h"

/* Key id and the longest digest that fits NTP: SHA-1, or SHA-2 cut to 20. */
#define MAC_MAX_LEN 24

/** Octets of a MAC with this key, key id included: 20 or 24. */
size_t mac_len(const struct key *key);

/**
 * MAC = key id, then digest(secret || message), or AES-CMAC(message) (RFC 8573).
 * out: mac_len(key) octets.  Returns that length.
 */
size_t mac_make(const struct key *key, const uint8_t *msg, size_t len,
		uint8_t out[MAC_MAX_LEN]);

/**
 * Is mac (key id included, mac_size octets) the MAC of msg under key?  False
 * for a different length or key id.  Takes the same time wherever the first
 * difference is.
 */
MUST_CHECK bool mac_is_valid(const struct key *key, const uint8_t *msg,
			     size_t len, const uint8_t *mac, size_t mac_size);

/**
 * The reference id that a server synchronised to addr shows (RFC 5905 section
 * 7.3): the IPv4 address, or the first four octets of the MD5 of an IPv6
 * address.  Host byte order.
 */
uint32_t refid_from_addr(const struct net_addr *addr);
