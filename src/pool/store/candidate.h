/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/store/server.h"

/*
 * What somebody typed to be added, while it is looked at.  A name becomes one
 * row for each of its addresses: the row that was typed takes the first, the
 * others point to it (first_id).
 */

/* In the order of a life; the words are what the database holds. */
enum candidate_state {
	CANDIDATE_ASKED, /* not looked at yet */
	CANDIDATE_GOOD,  /* may be added: "Yes, this is my server" */
	CANDIDATE_BAD,   /* why says why not */
	CANDIDATE_ADDED,
	CANDIDATE_STATES,
};

const char *candidate_state_name(enum candidate_state state);

struct candidate {
	int64_t id;
	int64_t first_id; /* the row that was typed; its own id there */
	int64_t account_id, person_id; /* person 0: none */
	char asked[HOSTNAME_LEN];      /* as typed */
	int64_t asked_ms;
	char address[NET_ADDR_TEXT_LEN]; /* "" until the name is looked up */
	uint16_t port;
	char hostname[HOSTNAME_LEN];
	char country[COUNTRY_LEN]; /* as found; "": not known */
	enum candidate_state state;
	char why[256];          /* of CANDIDATE_BAD, a sentence */
	int stratum;            /* -1: not measured */
	double offset_s, rtt_s; /* NaN: not measured */
};

/** Returns: 1, 0 when there is none, or -errno. */
MUST_CHECK int candidate_by_id(struct db *db, int64_t id,
			       struct candidate *out);

/** All rows of one question, the typed one first; then candidate_next(), db_end(). */
void candidate_ask_group(struct db *db, struct db_rows *rows, int64_t first_id);

/** Those in a state, the oldest first. */
void candidate_ask_state(struct db *db, struct db_rows *rows,
			 enum candidate_state state, unsigned limit);

bool candidate_next(struct db_rows *rows, struct candidate *out);

/** id in c is not used; first_id 0 is the row's own. */
MUST_CHECK int candidate_insert(struct db *db, const struct candidate *c,
				int64_t *id);

/** Everything but id, first_id, account, person, asked and asked_ms. */
MUST_CHECK int candidate_update(struct db *db, const struct candidate *c);

/** Forget what was asked before. */
MUST_CHECK int candidate_forget(struct db *db, int64_t before_ms);
