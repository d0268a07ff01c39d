/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/log.h"
#include "pool/settings/settings.h"
#include "pool/store/db.h"

/*
 * What waits in the outbox goes out: mails by SMTP (or into a folder), webhooks
 * by POST.  Several are on their way at a time, so one slow receiver holds up
 * nobody else; what fails is tried again by the outbox's own calendar.
 */
#define POST_PARALLEL 16

struct post;

/** The folder into which mails go, NULL when they go out by SMTP. */
const char *post_folder(const struct pool_settings *set);

/** db, set and log are borrowed for its life.  NULL: no memory. */
struct post *post_new(struct db *db, const struct pool_settings *set,
		      struct log *log);

/** What was on its way stays in the outbox and is tried again. */
void post_free(struct post *p);

/**
 * Take what is due, and let what is on its way go on for at most wait_ms.
 * Returns: how many are on their way, or -errno of the database.
 */
MUST_CHECK int post_run(struct post *p, int64_t now_ms, int wait_ms);
