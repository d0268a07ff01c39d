/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/jobs.h"

#include <assert.h>
#include <string.h>

#include "base/container.h"
#include "base/text.h"
#include "pool/book/alert.h"
#include "pool/book/candidate.h"
#include "pool/book/change.h"
#include "pool/book/deletion.h"
#include "pool/book/monitor.h"
#include "pool/book/publish.h"
#include "pool/book/spot.h"
#include "pool/book/zones.h"
#include "pool/store/batch.h"
#include "pool/store/outbox.h"
#include "pool/store/person.h"
#include "pool/store/rollup.h"
#include "pool/store/session.h"
#include "pool/store/setting.h"
#include "pool/store/throttle.h"
#include "pool/store/token.h"
#include "pool/store/verification.h"

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)

#define KEEP_BATCHES_MS (7 * DAY_MS)
#define KEEP_OUTBOX_MS (30 * DAY_MS)
#define KEEP_VERIFICATIONS_MS (30 * DAY_MS)
#define KEEP_UNCONFIRMED_MS (7 * DAY_MS)

static int run_seed(struct jobs *j, int64_t now_ms)
{
	(void)now_ms;
	return zones_seed(j->db);
}

static int run_zones(struct jobs *j, int64_t now_ms)
{
	struct publish_state was, is = {0};
	struct text why = text_init(is.wrong, sizeof is.wrong);
	int64_t changed = 0;
	int r = setting_get_int(j->db, SETTING_ZONES_CHANGED, &changed);
	int kept;

	if (r >= 0)
		r = publish_last(j->db, &was);
	if (r < 0)
		return r;
	/* Each change is tried at once only once; after that it has its time. */
	j->zones_seen_ms = changed;
	r = publish_zones(j->db, j->set, j->key, now_ms, &why);
	if (r < 0 && !*is.wrong)
		text_add(&why, "%s", strerror(-r));
	is.built_ms = r < 0 ? was.built_ms : now_ms;
	kept = publish_note(j->db, &is);
	if (*is.wrong && strcmp(is.wrong, j->zones_wrong) != 0)
		log_warn(j->log, "zones: %s", is.wrong);
	memcpy(j->zones_wrong, is.wrong, sizeof j->zones_wrong);
	if (r < 0)
		return r;
	log_debug(j->log, "zones: %d servers are handed out", r);
	return kept;
}

static int run_alerts(struct jobs *j, int64_t now_ms)
{
	int r = book_alert_run(j->db, j->set, now_ms);

	if (r > 0)
		log_info(j->log, "alerts: told people about %d servers", r);
	return r;
}

static int run_deletions(struct jobs *j, int64_t now_ms)
{
	int r = book_deletion_run(j->db, j->set, now_ms);

	if (r > 0)
		log_info(j->log, "deletions: %d servers left the pool", r);
	return r;
}

static int run_rollup(struct jobs *j, int64_t now_ms)
{
	int64_t r = rollup_run(j->db, now_ms, j->set->keep_log_days,
			       j->set->keep_hour_days);

	return r < 0 ? (int)r : 0;
}

static int run_select(struct jobs *j, int64_t now_ms)
{
	return book_select_all(j->db, j->set, now_ms);
}

static int run_counts(struct jobs *j, int64_t now_ms)
{
	return zone_count_all(j->db, now_ms);
}

static int run_cleaning(struct jobs *j, int64_t now_ms)
{
	const int64_t r[] = {
		candidate_forget(j->db, now_ms - CANDIDATE_KEEP_MS),
		verification_forget(j->db, now_ms - KEEP_VERIFICATIONS_MS),
		spot_forget(j->db, now_ms - CANDIDATE_KEEP_MS),
		batch_forget(j->db, now_ms - KEEP_BATCHES_MS),
		throttle_clean(j->db, now_ms),
		session_clean(j->db, now_ms),
		mail_token_clean(j->db, now_ms),
		outbox_clean(j->db, now_ms - KEEP_OUTBOX_MS),
		person_forget_unconfirmed(j->db, now_ms - KEEP_UNCONFIRMED_MS),
	};

	for (size_t i = 0; i < ARRAY_LEN(r); i++)
		if (r[i] < 0)
			return (int)r[i];
	return 0;
}

#define PERIOD_SNAPSHOT 0 /* as the settings say */
#define ONCE (INT64_MAX / 2)

/* clang-format off */
static const struct job {
	const char *name;
	int64_t period_ms;
	int (*run)(struct jobs *j, int64_t now_ms);
} table[] = {
	{"seed",      ONCE,            run_seed},
	{"select",    5 * MINUTE_MS,   run_select},
	{"deletions", MINUTE_MS,       run_deletions},
	{"alerts",    MINUTE_MS,       run_alerts},
	{"zones",     PERIOD_SNAPSHOT, run_zones},
	{"counts",    10 * MINUTE_MS,  run_counts},
	{"roll-up",   MINUTE_MS,       run_rollup},
	{"cleaning",  HOUR_MS,         run_cleaning},
};
/* clang-format on */
static_assert(ARRAY_LEN(table) <= JOBS_MAX, "room for each");

static int64_t period_of(const struct jobs *j, const struct job *job)
{
	return job->period_ms == PERIOD_SNAPSHOT
		       ? j->set->snapshot_period_s * SECOND_MS
		       : job->period_ms;
}

/* Somebody changed who is handed out: that does not wait for its time. */
static bool is_wanted(const struct jobs *j, const struct job *job)
{
	int64_t changed = 0;

	return job->run == run_zones &&
	       setting_get_int(j->db, SETTING_ZONES_CHANGED, &changed) >= 0 &&
	       changed != j->zones_seen_ms;
}

/* What goes on failing in the same way is told once. */
static void note_result(struct jobs *j, size_t i, int r)
{
	const char *name = table[i].name;
	int was = j->result[i];

	j->result[i] = r;
	if (r == 0 && was < 0)
		log_notice(j->log, "%s: works again", name);
	if (r == 0)
		return;
	j->failures++;
	if (r != was)
		log_warn(j->log, "%s: %s; will be tried again", name,
			 strerror(-r));
	log_debug(j->log, "%s: the database said last: %s", name,
		  db_error(j->db));
}

void jobs_run(struct jobs *j, int64_t now_ms)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		const struct job *job = &table[i];
		int64_t period = period_of(j, job);
		int r;

		/* A clock that was set back does not stop anything. */
		if (j->due_ms[i] > now_ms && j->due_ms[i] <= now_ms + period &&
		    !is_wanted(j, job))
			continue;
		r = job->run(j, now_ms);
		j->due_ms[i] = now_ms + period;
		if (r < 0 && period > MINUTE_MS)
			j->due_ms[i] = now_ms + MINUTE_MS;
		note_result(j, i, r < 0 ? r : 0);
	}
}
