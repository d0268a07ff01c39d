/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/book/verdict.h"
#include "pool/store/server.h"
#include "pool/store/verification.h"

/*
 * Proving that a server is whose it says it is.  A token is made for a method
 * and lives 72 hours; errands tries, or the server comes to us.
 *
 *   http   http://ADDRESS/.well-known/ntp-pool/NAME holds the token, where NAME
 *          is its first half: what echoes the question does not know the rest.
 *          Or the server itself asks for WEB_URL/verify/TOKEN, and the
 *          connection comes from its address.
 *   dns    TXT of _ntp-pool.HOSTNAME is the token, and HOSTNAME has the address.
 *   ntp    the daemon answers a challenge with the token as the key
 *          (doc/pool-monitor.md).
 *   admin  staff says so.
 */
#define VERIFY_LIFE_MS (INT64_C(72) * 3600 * 1000)
#define VERIFY_NAME_LEN 17 /* of the file: 16 digits and a NUL */

/** First half of the token. */
void book_verify_file_name(const struct verification *v,
			   char name[VERIFY_NAME_LEN]);

/**
 * Begin, or hand out again what is open.  VERIFY_ADMIN is done at once, by
 * staff only.
 *
 * BOOK_OK with *out; BOOK_VERIFIED, BOOK_NO_HOSTNAME (dns), BOOK_DENIED, ...
 */
MUST_CHECK enum book_verdict book_verify_begin(
	struct db *db, const struct actor *who, int64_t server_id,
	enum verify_method method, int64_t now_ms, struct verification *out);

/** "Check now": let errands try in its next round. */
MUST_CHECK enum book_verdict book_verify_again(struct db *db,
					       const struct actor *who,
					       int64_t server_id,
					       int64_t now_ms);

/**
 * Somebody asked for /verify/TOKEN.
 *
 * from: the address of the connection, canonical text.
 * BOOK_OK: verified now.  BOOK_UNKNOWN, BOOK_EXPIRED, BOOK_WRONG_SOURCE,
 * BOOK_VERIFIED (was already).
 */
MUST_CHECK enum book_verdict book_verify_came(struct db *db, const char *token,
					      const char *from, int64_t now_ms);

/** What errands found: proved, or why not (a sentence). */
MUST_CHECK enum book_verdict book_verify_tried(struct db *db,
					       const struct verification *v,
					       bool proved,
					       const char *evidence,
					       int64_t now_ms);
