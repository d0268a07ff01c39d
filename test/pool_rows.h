/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdio.h>
#include <string.h>

#include "pool/store/server.h"
#include "pool/store/zone.h"
#include "pool_db.h"

/* Rows that many tests begin with.  2026-01-01 00:00 UTC. */
#define T0 INT64_C(1767225600000)

static inline int64_t add_account(struct db *db, const char *slug)
{
	int64_t id = 0;

	assert_int_equal(db_one_int(db, &id,
				    "INSERT INTO account (slug, name,"
				    " created_ms) VALUES ($1, $1, $2)"
				    " RETURNING id",
				    DB(db_text(slug), db_int(T0))),
			 1);
	return id;
}

static inline int64_t add_person(struct db *db, int64_t account_id,
				 const char *email, const char *name)
{
	int64_t id = 0;

	assert_int_equal(
		db_one_int(db, &id,
			   "INSERT INTO person (email, name, password,"
			   " created_ms, confirmed_ms)"
			   " VALUES ($1, $2, '', $3, $3) RETURNING id",
			   DB(db_text(email), db_text(name), db_int(T0))),
		1);
	assert_int_equal(db_run(db,
				"INSERT INTO member (account_id, person_id)"
				" VALUES ($1, $2)",
				DB(db_int(account_id), db_int(id))),
			 1);
	return id;
}

static inline int64_t add_server(struct db *db, int64_t account_id,
				 const char *address)
{
	struct server s = {
		.account_id = account_id,
		.family = strchr(address, ':') ? 6 : 4,
		.port = 123,
		.kbit = 10000,
		.added_ms = T0,
	};
	int64_t id = 0;

	snprintf(s.address, sizeof s.address, "%s", address);
	assert_int_equal(server_insert(db, &s, &id), 0);
	return id;
}

static inline struct server get_server(struct db *db, int64_t id)
{
	struct server s;

	assert_int_equal(server_by_id(db, id, &s), 1);
	return s;
}

/* As if monitors had agreed on it. */
static inline void set_score(struct db *db, int64_t server_id, double score,
			     int64_t at_ms)
{
	assert_int_equal(
		db_run(db,
		       "UPDATE server SET score = $2, score_ms = $3"
		       " WHERE id = $1",
		       DB(db_int(server_id), db_real(score), db_int(at_ms))),
		1);
}

static inline int64_t add_zone(struct db *db, const char *name,
			       const char *kind, int64_t parent_id)
{
	struct zone_record z = {.parent_id = parent_id};
	int64_t id = 0;

	snprintf(z.name, sizeof z.name, "%s", name);
	snprintf(z.title, sizeof z.title, "Zone %s", name);
	snprintf(z.kind, sizeof z.kind, "%s", kind);
	assert_int_equal(zone_insert(db, &z, &id), 0);
	return id;
}
