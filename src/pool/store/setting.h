/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/store/db.h"

/* What the programs remember for each other, one text a name. */

/** Returns: 1, 0 when it was never set (value is "" then), or -errno. */
MUST_CHECK int setting_get(struct db *db, const char *name, char *value,
			   size_t cap);
MUST_CHECK int setting_set(struct db *db, const char *name, const char *value);

/** The same for a number; never set is 0. */
MUST_CHECK int setting_get_int(struct db *db, const char *name, int64_t *value);
MUST_CHECK int setting_set_int(struct db *db, const char *name, int64_t value);
