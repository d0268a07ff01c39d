/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/*
 * Proving to a pool whose server this is (doc/pool-monitor.md): a challenge in
 * an extension field of an ordinary client request, answered in an extension
 * field of the reply by who has the token.
 *
 *     request: 8 octets that name the token, 32 octets of nonce
 *     reply:   HMAC-SHA-256(token, "timeball verify", 0, nonce)
 *
 * The nonce goes to the address that is to be proved, and nowhere else.
 */
#define POOL_VERIFY_TYPE 0xF7B1 /* of the range for experiments */
#define POOL_VERIFY_NONCE_LEN 32
#define POOL_VERIFY_ASK_LEN 44   /* type and length, name, nonce */
#define POOL_VERIFY_REPLY_LEN 36 /* shorter: nothing is amplified */

/** The field that asks. */
void pool_verify_ask(const char *token,
		     const uint8_t nonce[POOL_VERIFY_NONCE_LEN],
		     uint8_t out[POOL_VERIFY_ASK_LEN]);

/**
 * The field that answers a request which holds a challenge for one of our
 * tokens.
 *
 * tokens: n texts.  request: the whole datagram, well-formed (EXT_PLAIN).
 * Returns: POOL_VERIFY_REPLY_LEN, or 0 when nothing is to be answered.
 */
size_t pool_verify_answer(const char *const *tokens, size_t n,
			  const uint8_t *request, size_t len,
			  uint8_t out[POOL_VERIFY_REPLY_LEN]);

/** Does this reply, a whole datagram, prove that its sender has the token? */
MUST_CHECK bool pool_verify_proves(const char *token,
				   const uint8_t nonce[POOL_VERIFY_NONCE_LEN],
				   const uint8_t *reply, size_t len);
