/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/store/db.h"

/*
 * Move the books from one database to another, of the same engine or not.
 * Both have the schema of this program, since db_open() sees to it.
 */

struct db_copy_report {
	/* After each table; may be NULL. */
	void (*table)(struct db_copy_report *r, const char *name, int64_t rows);
};

/**
 * Copy every table.  One transaction on each side: what is written to the
 * source meanwhile is not copied (SQLite lets nobody write), and the target has
 * everything or nothing.
 *
 * why: on failure, what went wrong and in which table.
 *
 * Returns: the number of rows, -ENOTEMPTY when the target has any,
 * -EIO when the counts differ afterwards, or another -errno.
 */
MUST_CHECK int64_t db_copy(struct db *from, struct db *to,
			   struct db_copy_report *report, struct text *why);

/** The tables in the order in which they can be filled; NULL ends them. */
extern const char *const db_copy_tables[];
