/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/net_addr.h"
#include "pool/book/verdict.h"
#include "pool/settings/settings.h"
#include "pool/store/candidate.h"

/*
 * Adding a server, in four steps: somebody types an address or a name
 * (book_candidate_ask); errands looks the name up (book_candidate_found) and
 * measures each address (book_candidate_checked); a page shows what was found;
 * "Yes, this is my server" makes a server of it (book_candidate_add).
 */

#define CANDIDATE_ADDRESSES_MAX 8 /* of one name; the rest is not looked at */
#define CANDIDATE_KEEP_MS (INT64_C(24) * 3600 * 1000)

/**
 * Write down what was typed: "192.0.2.1", "[2001:db8::1]", "ntp.example.org",
 * blanks around it do not matter.
 *
 * BOOK_OK with *id: show the page of candidate_ask_group(*id), which fills.
 * BOOK_BAD_NAME, BOOK_BAD_ADDRESS, BOOK_PRIVATE_ADDRESS, BOOK_REGISTERED,
 * BOOK_UNVERIFIED, BOOK_TOO_OFTEN, BOOK_STORE.
 */
MUST_CHECK enum book_verdict book_candidate_ask(struct db *db,
						const struct pool_settings *set,
						const struct actor *who,
						const char *asked,
						int64_t now_ms, int64_t *id);

/** May such an address be a server?  BOOK_OK, BOOK_BAD_ADDRESS, BOOK_PRIVATE_ADDRESS. */
enum book_verdict book_address_check(const struct net_addr *addr,
				     bool private_addresses);

/**
 * What the name resolved to; a row for each address that may be a server, and
 * one that says why when none may.  n 0: the name does not exist.
 */
MUST_CHECK enum book_verdict book_candidate_found(
	struct db *db, const struct pool_settings *set, int64_t id,
	const struct net_addr *addr, size_t n);

/* What errands measured. */
struct candidate_check {
	const char *error; /* NULL: answered as a server should */
	int stratum;
	double offset_s, rtt_s;
	const char *country; /* of the address; "": not known */
};

/** Judge it: stratum 1 to 5 is good. */
MUST_CHECK enum book_verdict book_candidate_checked(
	struct db *db, int64_t id, const struct candidate_check *check);

/**
 * "Yes, this is my server, add it!"
 *
 * country: by hand, NULL or "" for the one that was found.
 * comment: why, and whatever staff should know; may be "".
 * BOOK_OK with *server_id.
 */
MUST_CHECK enum book_verdict book_candidate_add(
	struct db *db, const struct pool_settings *set, const struct actor *who,
	int64_t id, const char *country, const char *comment, int64_t now_ms,
	int64_t *server_id);
