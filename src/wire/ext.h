/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * What follows the 48 octets of the header (RFC 7822 section 7.5): extension
 * fields, then perhaps a MAC.  A MAC is 4 octets of key id and a digest.
 */
enum ext_verdict {
	EXT_PLAIN,      /* nothing, or only well-formed extension fields */
	EXT_MAC,        /* a MAC of 20 or 24 octets at mac_at */
	EXT_CRYPTO_NAK, /* 4 zero octets where a MAC would be */
	EXT_BAD,        /* anything else: drop */
};

struct ext_tail {
	enum ext_verdict verdict;
	size_t mac_at; /* offset in the datagram where the MAC starts; len without one */
	unsigned fields;    /* extension fields seen */
	uint32_t mac_keyid; /* with EXT_MAC */
};

#define MAC_KEYID_LEN 4
#define EXT_MAX_FIELDS 32 /* more is EXT_BAD: bounded work per packet */

/**
 * Classify the octets behind the header.  len >= 48.
 *
 * What is left after a field decides: 0 ends; 4 is a crypto-NAK; 20 or 24 is
 * a MAC; 28 or more must start with a field (length a multiple of 4, at least
 * 16, within the packet; the last one without MAC at least 28); else bad.
 */
struct ext_tail ext_classify(const uint8_t *buf, size_t len);

/**
 * The value of the first extension field of that type: what stands after its
 * type and length.
 *
 * buf, len: a datagram; any len is safe.
 * Returns: a pointer into buf with *value_len octets, or NULL.
 */
const uint8_t *ext_find(const uint8_t *buf, size_t len, uint16_t type,
			size_t *value_len);
