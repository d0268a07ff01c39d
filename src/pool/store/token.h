/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/store/person.h"
#include "pool/store/session.h"

/* Secrets that are shown or mailed once, kept as their hashes. */

/* --- links in mails -------------------------------------------------------- */

enum mail_purpose {
	MAIL_CONFIRM,
	MAIL_RESET,
	MAIL_INVITE,
	MAIL_CODE, /* never mailed: the password was right, a code is awaited */
	MAIL_PURPOSES
};

struct mail_token {
	uint8_t hash[SECRET_HASH_LEN];
	enum mail_purpose purpose;
	int64_t person_id;  /* 0: none yet (invite) */
	int64_t account_id; /* invite: to where */
	char email[EMAIL_LEN];
	int64_t expires_ms;
};

/** The living one of that hash and purpose.  Returns: 1, 0, or -errno. */
MUST_CHECK int mail_token_find(struct db *db,
			       const uint8_t hash[SECRET_HASH_LEN],
			       enum mail_purpose purpose, int64_t now_ms,
			       struct mail_token *out);
MUST_CHECK int mail_token_insert(struct db *db, const struct mail_token *t);

/** Use it up.  Returns: 1, 0 when somebody was quicker, or -errno. */
MUST_CHECK int mail_token_take(struct db *db,
			       const uint8_t hash[SECRET_HASH_LEN]);

/** Forget those of a person, for that purpose. */
MUST_CHECK int mail_token_revoke(struct db *db, int64_t person_id,
				 enum mail_purpose purpose);

/** Open invitations to an account, by address; then mail_token_next(), db_end(). */
void mail_token_ask_invites(struct db *db, struct db_rows *rows,
			    int64_t account_id, int64_t now_ms);
bool mail_token_next(struct db_rows *rows, struct mail_token *out);

MUST_CHECK int64_t mail_token_clean(struct db *db, int64_t now_ms);

/* --- API ------------------------------------------------------------------- */

#define TOKEN_LOOKUP_LEN 17 /* 16 hexadecimal digits and a NUL */

enum { TOKEN_READ = 1, TOKEN_WRITE = 2 };

struct api_token {
	char lookup[TOKEN_LOOKUP_LEN];
	uint8_t hash[SECRET_HASH_LEN];
	char name[64];
	int64_t account_id, person_id;
	unsigned scopes; /* TOKEN_READ | TOKEN_WRITE */
	int64_t created_ms, seen_ms, revoked_ms;
};

/** Revoked ones too.  Returns: 1, 0, or -errno. */
MUST_CHECK int api_token_find(struct db *db, const char *lookup,
			      struct api_token *out);
MUST_CHECK int api_token_insert(struct db *db, const struct api_token *t);
MUST_CHECK int api_token_touch(struct db *db, const char *lookup,
			       int64_t now_ms);

/** -ENOENT when the account has no such token that is alive. */
MUST_CHECK int api_token_revoke(struct db *db, const char *lookup,
				int64_t account_id, int64_t now_ms);

/** Those of an account that are alive, the newest first. */
void api_token_ask_account(struct db *db, struct db_rows *rows,
			   int64_t account_id);
bool api_token_next(struct db_rows *rows, struct api_token *out);
