/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/settings/settings.h"
#include "pool/store/db.h"

/**
 * Queue a mail for everybody of an account whose address is confirmed, with a
 * greeting above and the pool's name below.  0 or -errno.
 */
MUST_CHECK int notify_account(struct db *db, const struct pool_settings *set,
			      int64_t account_id, const char *subject,
			      const char *body, int64_t now_ms);

/** The same for the staff. */
MUST_CHECK int notify_staff(struct db *db, const struct pool_settings *set,
			    const char *subject, const char *body,
			    int64_t now_ms);
