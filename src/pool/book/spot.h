/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/book/verdict.h"
#include "pool/score/score.h"
#include "pool/store/candidate.h"
#include "pool/store/spot.h"

/*
 * "Probe now": the monitors find a spot check when they next ask for work, and
 * do it before everything else.
 */
#define SPOT_DUE_MS (INT64_C(30) * 1000) /* who asks later need not do it */
#define SPOT_WAIT_MS \
	(INT64_C(45) * 1000) /* what comes later is not waited for */
#define SPOTS_AN_HOUR 20     /* of one account; staff are not limited */

/**
 * Ask all monitors for a check of this server, for its owner or staff.
 *
 * BOOK_OK with *id, which is that of the latest one while that is fresh: asking
 * twice is asking once.  BOOK_DENIED, BOOK_TOO_OFTEN, ...
 */
MUST_CHECK enum book_verdict book_spot_server(struct db *db,
					      const struct actor *who,
					      int64_t server_id, int64_t now_ms,
					      int64_t *id);

/** The same of a candidate whose address is known.  0 or -errno. */
MUST_CHECK int book_spot_candidate(struct db *db, const struct candidate *c);

/** The results of spot_ask_results(), for monitors that are about. */
void book_spot_results(struct db *db, struct db_rows *rows,
		       const struct spot *s);

/** Would this monitor's word still come? */
bool book_spot_waits(const struct spot *s, const struct spot_result *r,
		     int64_t now_ms);

/** What the classic profile would make of it; r was measured. */
struct score_step book_spot_judge(const struct spot_result *r);
