/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/text.h"
#include "pool/settings/settings.h"
#include "pool/store/db.h"
#include "pool/zone/build.h"

/* From the books to the snapshot that pooldns answers from. */

/* What zone_build() needs, with the memory behind it. */
struct publish {
	struct zone_input in;
	struct zone_server *server; /* those handed out now, by id */
	struct zone_row *zone;      /* parents first */
	int64_t *zone_id;           /* of zone[i] */
	uint32_t *member;           /* of all zones, one after the other */
	struct zone_place *place;
	size_t cap_server, cap_zone, cap_member, cap_place;
	char web[256];
};

/**
 * Read who is to be handed out where.  p is ended by publish_done() also after
 * a failure; it borrows from set.
 *
 * why: what is wrong, for a person; a file of places that cannot be read is
 *     told here and left out.
 * Returns: 0 or -errno.
 */
MUST_CHECK int publish_load(struct publish *p, struct db *db,
			    const struct pool_settings *set, int64_t now_ms,
			    struct text *why);
void publish_done(struct publish *p);

/**
 * Can these zones be published under these settings?  Two things of one name
 * cannot: a zone, www, a host of name-server.
 *
 * why: what is wrong, for a person.
 * Returns: 0, -EINVAL: no; another -errno of the database.
 */
MUST_CHECK int publish_check(struct db *db, const struct pool_settings *set,
			     struct text *why);

/* What the last run of the job came to. */
struct publish_state {
	int64_t built_ms; /* of the snapshot; 0: none yet */
	char wrong[256];  /* for a person; "": nothing */
};

MUST_CHECK int publish_note(struct db *db, const struct publish_state *state);
MUST_CHECK int publish_last(struct db *db, struct publish_state *state);

/** Has the snapshot missed several of its times? */
bool publish_is_late(const struct publish_state *state,
		     const struct pool_settings *set, int64_t now_ms);

/**
 * The job: load, build, sign, replace the file.
 *
 * key: NULL leaves the signature out.
 * Returns: how many servers are handed out, or -errno with why.
 */
MUST_CHECK int publish_zones(struct db *db, const struct pool_settings *set,
			     const struct snapshot_key *key, int64_t now_ms,
			     struct text *why);
