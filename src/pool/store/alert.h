/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/store/server.h"

/* About which servers their people were told that the score is bad. */

#define ALERT_BELOW (-15.0) /* unless the server has its own threshold */

struct alert {
	struct server server;
	int64_t first_ms, last_ms; /* 0: nobody was told yet */
	double last_score;         /* when it was told last */
};

/**
 * Living servers with a score at or below their threshold, and those whose
 * people were told; by account, then alert_next(), db_end().
 */
void alert_ask_current(struct db *db, struct db_rows *rows);

bool alert_next(struct db_rows *rows, struct alert *out);

/** They are told: first_ms is kept from the first time on. */
MUST_CHECK int alert_put(struct db *db, int64_t server_id, double score,
			 int64_t now_ms);

/** It is over.  0 also when there was none. */
MUST_CHECK int alert_remove(struct db *db, int64_t server_id);
