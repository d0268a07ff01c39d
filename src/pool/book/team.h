/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/book/secret.h"
#include "pool/book/verdict.h"
#include "pool/settings/settings.h"
#include "pool/store/account.h"
#include "pool/store/token.h"

/*
 * Accounts (teams) and their API tokens.  An owner may change the account and
 * who is in it; a member may do everything with its servers.
 */

#define INVITE_LIFE_MS (INT64_C(7) * 24 * 3600 * 1000)
#define TEAMS_MAX 20  /* of one person */
#define TOKENS_MAX 50 /* of one account */

/** For other parts of the book, inside a transaction: a new account with its owner. */
MUST_CHECK int team_insert(struct db *db, int64_t person_id, const char *name,
			   int64_t now_ms, int64_t *id);

/** BOOK_OK with *id; BOOK_BAD_TEXT, BOOK_TOO_OFTEN, BOOK_STORE. */
MUST_CHECK enum book_verdict book_team_new(struct db *db,
					   const struct actor *who,
					   const char *name, int64_t now_ms,
					   int64_t *id);

/** Name, organisation, URL, public: of a by its id.  Owners and staff. */
MUST_CHECK enum book_verdict book_team_update(struct db *db,
					      const struct actor *who,
					      const struct account *a,
					      int64_t now_ms);

/** A mail with a link goes to the address. */
MUST_CHECK enum book_verdict book_team_invite(
	struct db *db, const struct pool_settings *set, const struct actor *who,
	int64_t account_id, const char *email, int64_t now_ms);

/** The invited one, logged in, said yes.  BOOK_OK with *account_id, BOOK_BAD_LINK. */
MUST_CHECK enum book_verdict book_team_join(struct db *db,
					    const struct actor *who,
					    const char *token, int64_t now_ms,
					    int64_t *account_id);

/** Leave, or be removed by an owner.  BOOK_LAST_OWNER: make somebody else one first. */
MUST_CHECK enum book_verdict book_team_remove(struct db *db,
					      const struct actor *who,
					      int64_t account_id,
					      int64_t person_id,
					      int64_t now_ms);

/** role: "owner" or "member". */
MUST_CHECK enum book_verdict book_team_role(struct db *db,
					    const struct actor *who,
					    int64_t account_id,
					    int64_t person_id, const char *role,
					    int64_t now_ms);

/* --- API tokens ------------------------------------------------------------ */

#define TOKEN_TEXT_LEN 72 /* "np_<lookup>_<secret>" and a NUL */

/** BOOK_OK with the token, which is shown once. */
MUST_CHECK enum book_verdict book_token_new(struct db *db,
					    const struct actor *who,
					    int64_t account_id,
					    const char *name, unsigned scopes,
					    int64_t now_ms,
					    char token[TOKEN_TEXT_LEN]);

MUST_CHECK enum book_verdict book_token_revoke(struct db *db,
					       const struct actor *who,
					       int64_t account_id,
					       const char *lookup,
					       int64_t now_ms);

/** What a token may.  Returns: 1, 0 when it is none or was revoked, or -errno. */
MUST_CHECK int book_token_find(struct db *db, const char *token, int64_t now_ms,
			       struct api_token *out);
