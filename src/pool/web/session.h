/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/book/secret.h"
#include "pool/book/verdict.h"
#include "pool/web/request.h"

/*
 * Who asks.  A cookie holds a secret; the database has its hash while somebody
 * is logged in by it.  A visitor with a form in hand has a cookie too, known to
 * nobody but the browser: the token in the form is derived from it, so only a
 * page of ours can have made the form.
 *
 * Log-in always makes a new secret, so one that was slipped to a browser before
 * is worth nothing afterwards.
 */

/** "session", or with HTTPS "__Host-session", which no other host can set. */
const char *session_cookie_name(const struct pool_settings *s);

/**
 * Find out who asks, by the cookie or by the header of a trusted proxy: fills
 * rq->person and rq->csrf.  needs_form: make a cookie when there is none.
 * Returns: 0, or -errno when the database cannot be read.
 */
MUST_CHECK int session_load(struct request *rq, struct response *rs,
			    bool needs_form);

/** Did this POST come from a form of ours? */
MUST_CHECK bool session_posted_by_us(const struct request *rq);

/** The cookie as it came, or "". */
const char *session_secret(const struct request *rq,
			   char secret[SECRET_TEXT_LEN]);

/** Log in: the browser gets this secret. */
void session_give(const struct request *rq, struct response *rs,
		  const char *secret);

/** Log out: the browser forgets it. */
void session_take_away(const struct request *rq, struct response *rs);

/** A bearer's token: fills rq->person and rq->account_id.  200, 401, 403 or 503. */
MUST_CHECK int session_token(struct request *rq);

/** Who wants it, for the book; account_id: what it is about, 0 for none. */
struct actor session_actor(const struct request *rq, int64_t account_id);
