/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/* Symmetric keys (ntp.keys): "id type key", RFC 5905 section 7.3 and RFC 8573. */
enum mac_algo {
	MAC_MD5,
	MAC_SHA1,
	MAC_SHA256,
	MAC_SHA384,
	MAC_SHA512,
	MAC_AES128CMAC
};

#define KEY_MAX_LEN 64
#define KEY_MAX_ID 65535

struct key {
	uint32_t id; /* 1 to 65535 */
	enum mac_algo algo;
	uint8_t secret[KEY_MAX_LEN];
	size_t len;
};

/* Sorted by id; at most KEYS_MAX. */
#define KEYS_MAX 4096
struct keys {
	struct key *key;
	size_t len, cap;
};

/* What was wrong with one line; the key itself never appears in text. */
struct key_error {
	unsigned line, column; /* from 1 */
	char text[160];
};

typedef void (*key_error_fn)(void *arg, const struct key_error *error);

/**
 * Parse the text of a keys file.  Bad lines are reported through on_error and
 * skipped, the rest counts (F-06).  Keys of up to 20 printable characters are
 * taken literally, longer ones are hexadecimal; types in all classic
 * spellings.  An AES key of another length than 16 octets is cut, or filled
 * with zeros, as the classic daemons do.  Of two keys with one id the first
 * counts.  A list of addresses behind a key would restrict its use; it is not
 * built, so that such a key is refused.
 *
 * Returns: the number of keys; keys_free() the result in any case.
 */
size_t keys_parse(const char *text, size_t len, struct keys *out,
		  key_error_fn on_error, void *arg);

/** NULL when there is no such key. */
const struct key *keys_find(const struct keys *keys, uint32_t id);

/** Wipes the secrets, then frees. */
void keys_free(struct keys *keys);

/** "MD5", "SHA1", "SHA256", ..., "AES128CMAC". */
const char *mac_algo_name(enum mac_algo algo);
