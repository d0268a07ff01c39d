/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/store/db.h"

/*
 * Mails and webhooks on their way.  Written in the transaction that causes
 * them, so nothing is told that did not happen.  Whoever claims a message has
 * it alone until its next try is due; several poold never send one twice,
 * unless one dies between sending and outbox_done().
 */

#define OUTBOX_TRIES 12 /* a little more than a day */

struct outbox_item {
	int64_t id;
	char kind[12];     /* "mail", "webhook" */
	char target[1024]; /* address or URL */
	char secret[160];  /* webhook: key of its signature */
	char subject[256];
	char *body; /* outbox_item_done() frees it */
	int64_t queued_ms;
	unsigned tries; /* this one included */
};

/** secret and subject may be NULL. */
MUST_CHECK int outbox_add(struct db *db, const char *kind, const char *target,
			  const char *secret, const char *subject,
			  const char *body, int64_t now_ms);

/** Take the message that waits longest.  Returns: 1, 0 when none is due, or -errno. */
MUST_CHECK int outbox_claim(struct db *db, int64_t now_ms,
			    struct outbox_item *out);

/** Free the body; the row stays as it is. */
void outbox_item_done(struct outbox_item *item);

/** It is on its way: its text, which may hold a secret link, is forgotten. */
MUST_CHECK int outbox_sent(struct db *db, int64_t id, int64_t now_ms);

/**
 * It did not go; it will be tried again as the claim said, the last try was
 * the last.  error: for staff.
 */
MUST_CHECK int outbox_failed(struct db *db, const struct outbox_item *item,
			     const char *error, int64_t now_ms);

/** How long after try number tries (from 1) the next is due: 1 min, 2 min, … 8 h. */
int64_t outbox_backoff_ms(unsigned tries);

struct outbox_count {
	int64_t waiting, sent, given_up;
};

MUST_CHECK int outbox_count(struct db *db, struct outbox_count *out);

/** The job: remove what was done before then.  Returns: how many, or -errno. */
MUST_CHECK int64_t outbox_clean(struct db *db, int64_t before_ms);
