/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "crypt/totp.h"
#include "pool/book/secret.h"
#include "pool/book/verdict.h"
#include "pool/store/second_step.h"

/*
 * The second step of a log-in: after the password a code of an authenticator
 * app (RFC 6238: 30 s, six digits, HMAC-SHA-1), of this step or the one before
 * or after; each counts once.  Whoever lost the app uses a recovery code, or
 * asks the staff.  A log-in that a proxy vouches for has no second step here.
 */

#define SECOND_SECRET_TEXT_LEN BASE32_LEN(SECOND_SECRET_LEN)
#define RECOVERY_CODES 10
#define RECOVERY_TEXT_LEN 20 /* xxxx-xxxx-xxxx-xxxx and a NUL: 80 bits */

/* How long after the password the code may come. */
#define CODE_LIFE_MS (INT64_C(10) * 60 * 1000)

/** A new secret, not asked for before book_second_on().  BOOK_OK, BOOK_EXISTS when it is on, BOOK_STORE. */
MUST_CHECK enum book_verdict book_second_begin(struct db *db,
					       const struct actor *who,
					       int64_t now_ms);

/**
 * A code shows that the app has the secret: it is on.  The recovery codes are
 * told this once.  BOOK_OK, BOOK_UNKNOWN when it was not begun, BOOK_EXISTS,
 * BOOK_WRONG_CODE, BOOK_TOO_OFTEN, BOOK_STORE.
 */
MUST_CHECK enum book_verdict book_second_on(
	struct db *db, const struct actor *who, const char *code,
	int64_t now_ms, char recovery[RECOVERY_CODES][RECOVERY_TEXT_LEN]);

/** By oneself: BOOK_OK, BOOK_UNKNOWN, BOOK_WRONG_LOGIN, BOOK_WRONG_CODE, BOOK_TOO_OFTEN, BOOK_STORE. */
MUST_CHECK enum book_verdict book_second_off(struct db *db,
					     const struct pool_settings *set,
					     const struct actor *who,
					     const char *password,
					     const char *code, int64_t now_ms);

/** By staff for somebody else, an admin's only by an admin, or by a program. */
MUST_CHECK enum book_verdict book_second_take_off(struct db *db,
						  const struct actor *who,
						  int64_t person_id,
						  int64_t now_ms);

/** Is it asked for?  1, 0, or -errno. */
MUST_CHECK int second_is_on(struct db *db, int64_t person_id);

/**
 * Password and address were right: BOOK_NEEDS_CODE with a pass, good for
 * nothing but book_log_in_code(), or BOOK_STORE.
 */
MUST_CHECK enum book_verdict second_ask(struct db *db, const struct person *p,
					int64_t now_ms,
					char pass[SECRET_TEXT_LEN]);

/**
 * The second step.  BOOK_OK with a session; BOOK_BAD_LINK when the pass is not
 * (or no longer) good, BOOK_WRONG_CODE, BOOK_DISABLED, BOOK_TOO_OFTEN,
 * BOOK_STORE.
 */
MUST_CHECK enum book_verdict book_log_in_code(struct db *db,
					      const struct actor *who,
					      const char *pass,
					      const char *code, int64_t now_ms,
					      char session[SECRET_TEXT_LEN]);
