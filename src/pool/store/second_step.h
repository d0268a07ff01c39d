/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/store/session.h"

/* The second step of a person's log-in: a secret shared with an app. */

#define SECOND_SECRET_LEN 20 /* octets, as RFC 4226 4 recommends */

struct second_step {
	uint8_t secret[SECOND_SECRET_LEN];
	int64_t confirmed_ms; /* 0: no code was seen yet */
	int64_t last_step;    /* of the code that counted last */
};

/** Returns: 1, 0 when the person has none, or -errno. */
MUST_CHECK int second_step_find(struct db *db, int64_t person_id,
				struct second_step *out);

/** A secret that is not confirmed takes the place of one that was not either. */
MUST_CHECK int second_step_put(struct db *db, int64_t person_id,
			       const uint8_t secret[SECOND_SECRET_LEN]);
MUST_CHECK int second_step_set_confirmed(struct db *db, int64_t person_id,
					 int64_t at_ms);

/** The code of that step counts.  0, or -ENOENT when it or a later one did before. */
MUST_CHECK int second_step_use(struct db *db, int64_t person_id, int64_t step);

/** Forget it, and the recovery codes. */
MUST_CHECK int second_step_delete(struct db *db, int64_t person_id);

MUST_CHECK int recovery_code_insert(struct db *db, int64_t person_id,
				    const uint8_t hash[SECRET_HASH_LEN]);

/** Use it up.  0, or -ENOENT when there is none such. */
MUST_CHECK int recovery_code_take(struct db *db, int64_t person_id,
				  const uint8_t hash[SECRET_HASH_LEN]);

/** How many are left, or -errno. */
MUST_CHECK int64_t recovery_code_count(struct db *db, int64_t person_id);
