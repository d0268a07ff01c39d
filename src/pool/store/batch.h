/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/buf.h"
#include "pool/store/db.h"

/* Work that was handed to a monitor, and whether its results have come. */

#define BATCH_ID_LEN 33 /* 32 hexadecimal digits, time first, and a NUL */
#define BATCH_HASH_LEN 32
#define BATCH_SIGNATURE_LEN 64

struct batch {
	char id[BATCH_ID_LEN];
	int64_t monitor_id, given_ms;
	int64_t taken_ms; /* 0: no results yet */
	bool is_spot;     /* the ids are those of spot checks */
	struct buf
		servers; /* the ids, ascending, blanks between; buf_done() it */
};

/** Returns: 1, 0 when there is none, or -errno. */
MUST_CHECK int batch_get(struct db *db, const char *id, struct batch *out);

MUST_CHECK int batch_insert(struct db *db, const struct batch *b);

/**
 * Its results are being written down.
 * Returns: 1, or 0 when they were already, or -errno.
 */
MUST_CHECK int batch_set_taken(struct db *db, const char *id, int64_t taken_ms,
			       int64_t results,
			       const uint8_t hash[BATCH_HASH_LEN],
			       const uint8_t signature[BATCH_SIGNATURE_LEN]);

/** Those given out before then. */
MUST_CHECK int batch_forget(struct db *db, int64_t before_ms);
