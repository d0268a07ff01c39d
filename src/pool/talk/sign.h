/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/*
 * A monitor signs what it sends (Ed25519ph, RFC 8032), so that nobody else, not even
 * whoever sees the books, can speak for it.  What is signed is the purpose,
 * a newline, and the body as it goes over the wire: a signature for one
 * purpose is none for another.
 */
#define SIGN_PUBLIC_LEN 32
#define SIGN_SECRET_LEN 64
#define SIGN_LEN 64
#define SIGN_TEXT_LEN 87 /* in base64url and a NUL */

#define SIGN_WORK "timeball work"
#define SIGN_RESULTS "timeball results"

/* The headers that carry it. */
#define SIGN_HEADER "Pool-Signature"
#define SIGN_MONITOR_HEADER "Pool-Monitor"

void sign_new_key(uint8_t public_key[SIGN_PUBLIC_LEN],
		  uint8_t secret_key[SIGN_SECRET_LEN]);

void sign_make(const uint8_t secret_key[SIGN_SECRET_LEN], const char *purpose,
	       const void *body, size_t len, char text[SIGN_TEXT_LEN]);

/**
 * text: as it came in the header; NULL is no signature.
 * Returns: 0 with the 64 octets in out, -EBADMSG when it is none, -EACCES when
 * it is another key's, or of another body.
 */
MUST_CHECK int sign_check(const uint8_t public_key[SIGN_PUBLIC_LEN],
			  const char *purpose, const void *body, size_t len,
			  const char *text, uint8_t out[SIGN_LEN]);
