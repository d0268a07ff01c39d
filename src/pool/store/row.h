/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <string.h>

#include "pool/store/db.h"

/* Habits that the files of pool/store/ share. */

/** A time that is 0 when there is none. */
static inline struct db_value row_time(int64_t ms)
{
	return ms ? db_int(ms) : db_null();
}

/** A reference that is 0 when there is none. */
static inline struct db_value row_id(int64_t id)
{
	return id ? db_int(id) : db_null();
}

/** End a query for one row: 1, 0 when there was none, or -errno. */
MUST_CHECK int row_found(struct db_rows *rows, bool found);

/** Run an INSERT … RETURNING id.  0 or -errno. */
MUST_CHECK int row_insert(struct db *db, int64_t *id, const char *sql,
			  const struct db_value *arg, size_t n_arg);

/** Run a change of one row.  0, -ENOENT when it was not there, or -errno. */
MUST_CHECK int row_change(struct db *db, const char *sql,
			  const struct db_value *arg, size_t n_arg);

/** Run a change of any number of rows.  0 or -errno. */
MUST_CHECK int row_run(struct db *db, const char *sql,
		       const struct db_value *arg, size_t n_arg);

/** "%text%" in lower case for LIKE … ESCAPE '!', cut at cap. */
void row_like_pattern(const char *text, char *pattern, size_t cap);

/** Find a word in a table of names; -1 when it is not there. */
int row_word(const char *const *names, int n, const char *word);
