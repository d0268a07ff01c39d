/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/store/db.h"

/*
 * Zones, which servers are in them, and how many there were on which day.
 * kind and policy are the words of pool/zone/zone.h's enums.
 */

struct zone_record {
	int64_t id;
	char name[64];     /* "@", "europe", "de", "campus-a" */
	char title[96];    /* "Germany" */
	char kind[12];     /* global, continent, country, custom, vendor */
	int64_t parent_id; /* 0: none */
	int64_t min_servers, min_kbit, max_hosts,
		ttl_s;   /* 0: as the settings say */
	char policy[16]; /* "": as the settings say */
};

/** Returns: 1, 0 when there is none, or -errno. */
MUST_CHECK int zone_by_id(struct db *db, int64_t id, struct zone_record *out);
MUST_CHECK int zone_by_name(struct db *db, const char *name,
			    struct zone_record *out);

/* Lists: then zone_next(), db_end().  All and children: by kind, then title. */
void zone_ask_all(struct db *db, struct db_rows *rows);
void zone_ask_children(struct db *db, struct db_rows *rows, int64_t parent_id);

/** The zones of one server, the widest first. */
void zone_ask_server(struct db *db, struct db_rows *rows, int64_t server_id);

bool zone_next(struct db_rows *rows, struct zone_record *out);

/** -EEXIST when the name is taken. */
MUST_CHECK int zone_insert(struct db *db, const struct zone_record *z,
			   int64_t *id);

/** Everything but id, name and kind. */
MUST_CHECK int zone_update(struct db *db, const struct zone_record *z);

/** With its rules, counts and memberships; -EBUSY while it has children. */
MUST_CHECK int zone_delete(struct db *db, int64_t id);

/* Whose questions, and whose servers, belong to a zone that is not a country. */
struct zone_rule {
	int64_t id, zone_id;
	char kind[8];   /* subnet, asn */
	char value[64]; /* "192.0.2.0/24", "64496" */
};

/** zone_id 0: the rules of all zones. */
void zone_ask_rules(struct db *db, struct db_rows *rows, int64_t zone_id);
bool zone_rule_next(struct db_rows *rows, struct zone_rule *out);
MUST_CHECK int zone_rule_insert(struct db *db, const struct zone_rule *r,
				int64_t *id);
MUST_CHECK int zone_rule_delete(struct db *db, int64_t id);

/* Membership. */
MUST_CHECK int zone_put_server(struct db *db, int64_t zone_id,
			       int64_t server_id);
MUST_CHECK int zone_clear_server(struct db *db, int64_t server_id);

/** Every zone with every living server in it, by zone, then server; zone_member_next(), db_end(). */
void zone_ask_members(struct db *db, struct db_rows *rows);
bool zone_member_next(struct db_rows *rows, int64_t *zone_id,
		      int64_t *server_id);

/* How many servers a zone has: one row for each family. */
struct zone_count {
	int64_t zone_id;
	int family; /* 4, 6 */
	int64_t day_ms;
	int64_t registered, active, kbit; /* kbit: of the active ones */
};

/**
 * As it is now.  Active: handed out, that is netspeed above 0, score at least
 * 10, not paused, and not leaving within the 14 days of pool/book/deletion.h.
 */
void zone_ask_counts_now(struct db *db, struct db_rows *rows, int64_t zone_id,
			 int64_t now_ms);

/** The days since then, the oldest first. */
void zone_ask_counts(struct db *db, struct db_rows *rows, int64_t zone_id,
		     int64_t since_ms);

bool zone_count_next(struct db_rows *rows, struct zone_count *out);

/** Write today's counts of all zones, in place of what was written earlier today. */
MUST_CHECK int zone_count_all(struct db *db, int64_t now_ms);
