/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/settings/settings.h"
#include "pool/store/alert.h"

/*
 * Telling people that a server's score is bad, and what follows, by the
 * calendar that the NTP Pool has always kept:
 *
 *   - the score is at or below -15 (or the server's own threshold): one mail
 *     for all bad servers of the account, at most every 14 days for a server,
 *     and none while it climbs (more than 10 above where it was told last) or
 *     when it left the pool less than 15 minutes ago;
 *   - first told more than 45 days ago and last more than 5 days ago, still
 *     below 0 and not climbing: it is to be deleted in 2 days, with a mail;
 *   - above 10 again, and at least 5 above its threshold: a mail that it is
 *     over, and the calendar begins anew.
 *
 * Webhooks of the account get the same as JSON: score.bad, score.removal,
 * score.good.
 */
#define ALERT_AGAIN_DAYS 14
#define ALERT_CLIMB 10.0
#define ALERT_REMOVAL_FIRST_DAYS 45
#define ALERT_REMOVAL_LAST_DAYS 5
#define ALERT_REMOVAL_IN_DAYS 2
#define ALERT_DIP_MS (INT64_C(15) * 60 * 1000)
#define ALERT_RECOVERED_ABOVE 10.0
#define ALERT_RECOVERED_BY 5.0

/* What is to be said about one server now. */
enum alert_word { ALERT_NOTHING, ALERT_BAD, ALERT_REMOVAL, ALERT_RECOVERED };

/** Pure: the rules above. */
enum alert_word alert_judge(const struct alert *a, int64_t now_ms);

/** The job: judge all, queue what is to be said, write down that it was.  Returns: how many servers were told about, or -errno. */
MUST_CHECK int book_alert_run(struct db *db, const struct pool_settings *set,
			      int64_t now_ms);
