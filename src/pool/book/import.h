/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/book/verdict.h"
#include "pool/settings/settings.h"
#include "pool/store/server.h"

/*
 * Many servers at once, as CSV (RFC 4180):
 *
 *     address,country,netspeed,comment
 *     192.0.2.1,de,100000,"rack 7, left"
 *     ntp2.example.org
 *
 * All but the address may be missing; a first line of headings, empty lines and
 * lines that begin with # are passed over.
 */
struct import_row {
	unsigned line; /* of the text, from 1 */
	char address[HOSTNAME_LEN];
	char country[COUNTRY_LEN];
	int64_t kbit; /* -1: not given */
	char comment[COMMENT_LEN];
	/* what became of it */
	enum book_verdict verdict;
	int64_t candidate_id; /* poold looks at it */
	int64_t server_id;    /* it is in the pool; else 0 */
};

/**
 * Read the next row at *text, which moves on.
 *
 * row->line is that of the row before, 0 at first.  verdict is BOOK_OK, or
 * BOOK_BAD_TEXT, BOOK_BAD_NETSPEED when the line cannot be read.
 * Returns: false at the end.
 */
bool import_next(const char **text, struct import_row *row);

/**
 * Hand it in for the actor's account, with the verdict in the row.  What staff
 * hand in by address is a server at once: their word stands in place of the
 * check; everything else becomes a candidate.
 */
void book_import(struct db *db, const struct pool_settings *set,
		 const struct actor *who, struct import_row *row,
		 int64_t now_ms);
