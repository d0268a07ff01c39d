/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "pool/settings/settings.h"
#include "pool/store/person.h"
#include "pool/store/session.h"

/*
 * Secrets that we make are 32 random octets, told once as text; what we keep is
 * their hash, so whoever reads the database cannot log in with it.  Passwords,
 * which people make, take argon2id instead.
 */

#define SECRET_TEXT_LEN 44 /* base64url without padding, and a NUL */

/** A new secret; its text never begins with '-', so a shell can have it. */
void secret_draw(char text[SECRET_TEXT_LEN]);

/** The same, with the hash to keep. */
void secret_new(char text[SECRET_TEXT_LEN], uint8_t hash[SECRET_HASH_LEN]);

/** False, and hash untouched, when text is no secret of ours. */
MUST_CHECK bool secret_hash(const char *text, uint8_t hash[SECRET_HASH_LEN]);

/**
 * A text that only who has the key text can make, for a purpose: the token
 * that our forms carry.
 */
void secret_derive(const char *key, const char *purpose,
		   char text[SECRET_TEXT_LEN]);

/** In time that does not tell where they differ. */
bool secret_same(const char *a, const char *b);

#define PASSWORD_MIN 10
#define PASSWORD_MAX 200

/** 0, or -ENOMEM when there is not as much memory as the settings want. */
MUST_CHECK int password_hash(const struct pool_settings *set,
			     const char *password,
			     char hash[PASSWORD_HASH_LEN]);

/** hash "": takes as long, and is false. */
MUST_CHECK bool password_matches(const struct pool_settings *set,
				 const char *password, const char *hash);
