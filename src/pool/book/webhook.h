/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/buf.h"
#include "base/json.h"
#include "pool/book/verdict.h"
#include "pool/settings/settings.h"
#include "pool/store/server.h"
#include "pool/store/webhook.h"

/*
 * Webhooks: JSON by POST, signed, to where the account wants it.  The receiver
 * computes the same HMAC over the body and compares (doc/pool-webhooks.md).
 */
#define WEBHOOK_MAX 10 /* of one account */
#define WEBHOOK_HEADER "X-Pool-Signature"
#define WEBHOOK_SIGNATURE_LEN 72 /* "sha256=" and 64 digits and a NUL */

/** The secret is made here, and shown to the account from now on. */
MUST_CHECK enum book_verdict book_webhook_add(struct db *db,
					      const struct actor *who,
					      const char *url, int64_t now_ms,
					      struct webhook *out);
MUST_CHECK enum book_verdict book_webhook_remove(struct db *db,
						 const struct actor *who,
						 int64_t id, int64_t now_ms);

/** Send a trial event. */
MUST_CHECK enum book_verdict book_webhook_test(struct db *db,
					       const struct actor *who,
					       int64_t id, int64_t now_ms);

/**
 * Begin what a webhook says of a server: event, time and address.  The object is
 * left open for more.
 */
struct json webhook_begin(struct buf *body, const struct pool_settings *set,
			  const struct server *s, const char *event,
			  int64_t now_ms);

/** Queue body for all webhooks of an account.  0 or -errno. */
MUST_CHECK int webhook_send(struct db *db, int64_t account_id, const char *body,
			    int64_t now_ms);

/** Value of the header: "sha256=…", HMAC-SHA256 of the body with the secret's text. */
void webhook_sign(const char *secret, const char *body,
		  char out[WEBHOOK_SIGNATURE_LEN]);

/** http or https, a host, no user name, no blanks or control characters. */
bool webhook_url_ok(const char *url);
