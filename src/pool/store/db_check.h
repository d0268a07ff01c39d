/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/store/db.h"

/*
 * Is a database whole?  Each function looks for one kind of damage, changes
 * nothing, and says what it found.  What stays silent about a broken row would
 * be no check, so a row that cannot be read is a finding, not an error.
 */
struct db_check {
	int64_t seen;    /* how many were looked at: rows, tables, references */
	int64_t found;   /* how many are wrong */
	char first[200]; /* the first of them, for a person; "" */
};

/** What the engine itself can say: pages, indexes, constraints. */
MUST_CHECK int db_check_engine(struct db *db, struct db_check *out);

/** Read every column of every row. */
MUST_CHECK int db_check_rows(struct db *db, struct db_check *out);

/** Are tables and columns those of this program's migrations? */
MUST_CHECK int db_check_schema(struct db *db, struct db_check *out);

/** Does every reference lead to a row, also those of the log? */
MUST_CHECK int db_check_references(struct db *db, struct db_check *out);

/** Are the scores of servers and pairs those of their last rows in the log? */
MUST_CHECK int db_check_scores(struct db *db, struct db_check *out);

/* What refers to the id of what.  A child NULL ends it. */
struct db_reference {
	const char *child, *column, *parent;
};
extern const struct db_reference db_references[];
