/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/store/db.h"

/* Who is logged in, in which browser.  The cookie's secret is kept as its hash. */

#define SECRET_HASH_LEN 32

struct session {
	uint8_t hash[SECRET_HASH_LEN];
	int64_t person_id;
	int64_t created_ms, seen_ms, expires_ms;
};

/** The living session of that hash.  Returns: 1, 0 when there is none, or -errno. */
MUST_CHECK int session_find(struct db *db, const uint8_t hash[SECRET_HASH_LEN],
			    int64_t now_ms, struct session *out);
MUST_CHECK int session_insert(struct db *db, const struct session *s);

/** It was used: lives until expires_ms. */
MUST_CHECK int session_touch(struct db *db, const uint8_t hash[SECRET_HASH_LEN],
			     int64_t now_ms, int64_t expires_ms);
MUST_CHECK int session_delete(struct db *db,
			      const uint8_t hash[SECRET_HASH_LEN]);

/** All of a person, and log-ins half done, but for the one of that hash when it is not NULL. */
MUST_CHECK int session_delete_person(struct db *db, int64_t person_id,
				     const uint8_t *but);

/** The job: remove what has expired.  Returns: how many, or -errno. */
MUST_CHECK int64_t session_clean(struct db *db, int64_t now_ms);
