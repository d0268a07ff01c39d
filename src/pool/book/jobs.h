/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/log.h"
#include "pool/settings/settings.h"
#include "pool/store/db.h"
#include "pool/zone/snapshot.h"

/*
 * What has to happen by the clock: one table in jobs.c.  Of several poold on
 * one database only the one that holds the lock works.
 */
#define JOBS_LOCK INT64_C(0x706f6f6c64)      /* for db_try_lock() */
#define ERRANDS_LOCK INT64_C(0x706f6f6c6465) /* the same for errands */
#define JOBS_MAX 16

struct jobs {
	struct db *db;
	const struct pool_settings *set;
	struct log *log;
	const struct snapshot_key *key; /* NULL: snapshots are not signed */
	int64_t due_ms[JOBS_MAX];       /* by table row; 0: at once */
	int result[JOBS_MAX];           /* of the last run, 0 or -errno */
	int64_t zones_seen_ms;          /* the change that was last tried */
	char zones_wrong[256];          /* what was last said about them */
	unsigned failures;              /* of all jobs so far */
};

/** Run what is due.  Failures are logged, and tried again at the next time. */
void jobs_run(struct jobs *j, int64_t now_ms);
