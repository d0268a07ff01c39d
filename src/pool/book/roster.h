/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/book/verdict.h"
#include "pool/settings/settings.h"
#include "pool/store/person.h"

/* What staff do for people who cannot, or need not, do it by mail. */

struct new_person {
	const char *email, *name, *password;
	enum person_role role;
};

/**
 * Somebody whose address needs no proof, with an account of their own.
 * BOOK_OK with *id; BOOK_DENIED, BOOK_BAD_MAIL, BOOK_BAD_TEXT,
 * BOOK_WEAK_PASSWORD, BOOK_EXISTS, BOOK_STORE.
 */
MUST_CHECK enum book_verdict book_person_add(struct db *db,
					     const struct pool_settings *set,
					     const struct actor *who,
					     const struct new_person *new,
					     int64_t now_ms, int64_t *id);

/** As if the link in the mail was followed; BOOK_OK also when it was. */
MUST_CHECK enum book_verdict book_person_confirm(struct db *db,
						 const struct actor *who,
						 int64_t person_id,
						 int64_t now_ms);

/** Another password; all sessions end. */
MUST_CHECK enum book_verdict book_person_password(
	struct db *db, const struct pool_settings *set, const struct actor *who,
	int64_t person_id, const char *password, int64_t now_ms);
