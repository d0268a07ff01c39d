/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/store/db.h"

/*
 * How often something was tried in a window of time.  One statement counts and
 * tells, so several processes count together.  name: "kind:what", for example
 * "login:192.0.2.1"; the window begins with the first try.
 */

/**
 * Count a try.
 * Returns: 1 when it is within the limit, 0 when it was tried too often (the
 * try counts all the same, but does not lengthen the window), or -errno.
 */
MUST_CHECK int throttle_try(struct db *db, const char *name, unsigned limit,
			    int64_t window_ms, int64_t now_ms);

/** Begin anew, after a success. */
MUST_CHECK int throttle_forget(struct db *db, const char *name);

/** The job: remove windows that are over.  Returns: how many, or -errno. */
MUST_CHECK int64_t throttle_clean(struct db *db, int64_t now_ms);
