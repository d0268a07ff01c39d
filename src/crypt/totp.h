/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* One-time codes as authenticator apps make them: RFC 6238 with HMAC-SHA-1. */

#define TOTP_STEP_MS 30000

/**
 * The number of 31 bits whose last decimal digits are the code of that step
 * (RFC 4226 5.3); step: whole TOTP_STEP_MS since 1970.
 */
uint32_t totp_number(const uint8_t *secret, size_t len, uint64_t step);

/** Characters of len octets as base32 (RFC 4648), without padding, with the NUL. */
#define BASE32_LEN(len) (((len)*8 + 4) / 5 + 1)

/** Write len octets that way; out: room for BASE32_LEN(len). */
void base32_encode(const uint8_t *data, size_t len, char *out);
