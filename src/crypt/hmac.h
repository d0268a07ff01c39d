/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

#define HMAC_LEN 32

/** HMAC-SHA-256 (RFC 2104) of len octets under a key that is a text. */
void hmac_make(const char *key, const void *data, size_t len,
	       uint8_t out[HMAC_LEN]);

/** Are the first len octets of both the same?  Takes the same time wherever they differ. */
MUST_CHECK bool hmac_same(const uint8_t *a, const uint8_t *b, size_t len);
