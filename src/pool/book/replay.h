/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>
#include <stdio.h>

#include "base/attr.h"
#include "pool/store/db.h"

/*
 * Compute every score again from what was measured, and compare it with what
 * is written, to the last digit: step and score of each row, and each median.
 * A pair's first row that is kept is where its score starts from, so only its
 * step can be checked when older rows have been dropped.
 */
struct replay {
	uint64_t rows, medians, servers;
	uint64_t wrong;
};

/**
 * out: a line for each of the first `lines` that differ, what is written and
 * what it should be; may be NULL.
 * Returns: 0 (look at wrong), or -errno of the database.
 */
MUST_CHECK int book_replay(struct db *db, FILE *out, unsigned lines,
			   struct replay *result);

/** The same of one server. */
MUST_CHECK int book_replay_server(struct db *db, int64_t server_id, FILE *out,
				  unsigned lines, struct replay *result);
