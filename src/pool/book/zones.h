/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/book/verdict.h"
#include "pool/settings/settings.h"
#include "pool/store/server.h"
#include "pool/store/zone.h"

/*
 * Which zones there are, and which servers are in them: the world, its
 * continents and countries from the table in pool/zone/places.h, and what the
 * operator adds, by subnet or by the number of an autonomous system, or as a
 * vendor's name.
 */

/** Make the zones of the world that are not there yet.  0 or -errno. */
MUST_CHECK int zones_seed(struct db *db);

/**
 * A country as somebody typed it ("DE", "uk", or "" for none) to the name of
 * its zone.  BOOK_OK, BOOK_BAD_COUNTRY, BOOK_STORE.
 */
MUST_CHECK enum book_verdict zones_country(struct db *db, const char *typed,
					   char country[COUNTRY_LEN]);

/**
 * Put a server where it belongs: the world, its country and what is above that,
 * and every zone with a rule for its address.  asn of the server's network is
 * known to zones_place_all() only.  0 or -errno.
 */
MUST_CHECK int zones_place(struct db *db, const struct server *s);

/** The same for all servers, after rules were changed.  0 or -errno. */
MUST_CHECK int zones_place_all(struct db *db);

/** Is the address in "192.0.2.0/24"?  False also for what is no subnet. */
bool zones_subnet_has(const char *cidr, const char *address);

/*
 * The operator's zones; for staff only.  A custom or vendor zone can be made,
 * changed and removed; of the others only policy, limits and caps change.
 * BOOK_TAKEN: the DNS has something else of that name, and could not be built.
 */
MUST_CHECK enum book_verdict book_zone_add(struct db *db,
					   const struct pool_settings *set,
					   const struct actor *who,
					   const struct zone_record *z,
					   int64_t now_ms, int64_t *id);
MUST_CHECK enum book_verdict book_zone_change(struct db *db,
					      const struct actor *who,
					      const struct zone_record *z,
					      int64_t now_ms);
MUST_CHECK enum book_verdict book_zone_remove(struct db *db,
					      const struct actor *who,
					      int64_t id, int64_t now_ms);
MUST_CHECK enum book_verdict book_zone_rule_add(struct db *db,
						const struct actor *who,
						const struct zone_rule *r,
						int64_t now_ms, int64_t *id);
MUST_CHECK enum book_verdict book_zone_rule_remove(struct db *db,
						   const struct actor *who,
						   int64_t rule_id,
						   int64_t zone_id,
						   int64_t now_ms);
