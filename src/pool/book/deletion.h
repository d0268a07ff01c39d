/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/book/verdict.h"
#include "pool/settings/settings.h"
#include "pool/store/db.h"

/*
 * Leaving the pool.  Clients keep an address for weeks, so a server is taken
 * out of the DNS 14 days before its date, goes on being monitored until then,
 * and is deleted on it.  Until that day it can be undone.  Each of these steps is
 * told to the account by mail and webhook: server.leaving, server.staying,
 * server.deleted.
 */
#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define DELETION_GRACE_MS (14 * DAY_MS)
#define DELETION_DATES 10

/** The days that are offered, midnight UTC: in 3 to 7 days, then every third. */
void book_deletion_dates(int64_t now_ms, int64_t out[DELETION_DATES]);

/** at_ms: one of the dates; staff may take any.  BOOK_BAD_DATE otherwise. */
MUST_CHECK enum book_verdict book_deletion_schedule(
	struct db *db, const struct pool_settings *set, const struct actor *who,
	int64_t server_id, int64_t at_ms, int64_t now_ms);

/** The same for one that was bad for too long; who calls it also tells. */
MUST_CHECK enum book_verdict book_deletion_bad_score(struct db *db,
						     int64_t server_id,
						     int64_t at_ms,
						     int64_t now_ms);

/** Stay after all. */
MUST_CHECK enum book_verdict book_deletion_undo(struct db *db,
						const struct pool_settings *set,
						const struct actor *who,
						int64_t server_id,
						int64_t now_ms);

/** The job: delete what is due.  Returns: how many, or -errno. */
MUST_CHECK int book_deletion_run(struct db *db, const struct pool_settings *set,
				 int64_t now_ms);
