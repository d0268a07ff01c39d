/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/book/verdict.h"
#include "pool/settings/settings.h"
#include "pool/store/monitor.h"
#include "pool/talk/talk.h"

/* The life of a monitor, and which monitors work for which server. */

#define MONITOR_CODE_LIFE_MS (INT64_C(72) * 3600 * 1000)
#define MONITOR_SILENT_MS (INT64_C(3600) * 1000) /* then others take over */
#define MONITORS_ACTIVE_MAX 7                    /* of one server */
#define MONITORS_TESTING_MAX 5                   /* of one server */

/**
 * A new monitor and its one-time code, which is shown once: `poolmon enrol CODE`.
 *
 * name: letters, digits, dots and hyphens, at most 63.  place: free text.
 * account_id: 0 for the pool's own, by staff only.
 * BOOK_OK with *id and code; BOOK_BAD_NAME, BOOK_BAD_TEXT, BOOK_EXISTS,
 * BOOK_DENIED, BOOK_STORE.
 */
MUST_CHECK enum book_verdict book_monitor_add(
	struct db *db, const struct actor *who, const char *name,
	const char *place, int64_t account_id, int64_t now_ms, int64_t *id,
	char code[TALK_CODE_LEN]);

/** Another code, when the first was lost or the key is to be changed. */
MUST_CHECK enum book_verdict book_monitor_code(struct db *db,
					       const struct actor *who,
					       int64_t id, int64_t now_ms,
					       char code[TALK_CODE_LEN]);

/** Testing, active, paused or deleted; staff may all, an account pause, wake and delete its own. */
MUST_CHECK enum book_verdict book_monitor_state(
	struct db *db, const struct pool_settings *set, const struct actor *who,
	int64_t id, enum monitor_state state, int64_t now_ms);

/**
 * Who measures this server: up to 7 active, up to 5 testing, the rest
 * candidates; paused are those that may not: another family, the same account,
 * the same /24 or /48 (the last two not when private addresses are allowed).
 * Called when a server was added, and for all by the job below.
 *
 * Returns: 0 or -errno.
 */
MUST_CHECK int book_select_server(struct db *db,
				  const struct pool_settings *set,
				  int64_t server_id, int64_t now_ms);

/** The job, every few minutes: all servers, for monitors that came or went. */
MUST_CHECK int book_select_all(struct db *db, const struct pool_settings *set,
			       int64_t now_ms);
