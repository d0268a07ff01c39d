/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/net_addr.h"
#include "pool/store/db.h"

/*
 * Who measures.  A monitor of kind "score" is the scorer itself: it has no key,
 * and its rows in the log are the medians.
 *
 * A time of 0 is NULL in the database: never.
 */

#define MONITOR_NAME_LEN 64
#define MONITOR_KEY_LEN 32       /* Ed25519, public half */
#define MONITOR_CODE_HASH_LEN 32 /* BLAKE2b */
#define MONITOR_SCORER "recentmedian"

/* In the order of a life; the words are what the database holds. */
enum monitor_state {
	MONITOR_PENDING, /* its code was not used yet */
	MONITOR_TESTING, /* measures, but has no voice while others have */
	MONITOR_ACTIVE,
	MONITOR_PAUSED,
	MONITOR_DELETED,
	MONITOR_STATES,
};

const char *monitor_state_name(enum monitor_state state);

/** False when no state has that name. */
bool monitor_state_find(const char *name, enum monitor_state *out);

#define MONITOR_IPV4 1u
#define MONITOR_IPV6 2u

struct monitor {
	int64_t id;
	bool is_scorer;
	char name[MONITOR_NAME_LEN];
	char place[MONITOR_NAME_LEN];
	int64_t account_id; /* 0: the pool's own */
	enum monitor_state state;
	unsigned families; /* MONITOR_IPV4 | MONITOR_IPV6 */
	char version[32];
	char address[NET_ADDR_TEXT_LEN]; /* where it called from last, or "" */
	int64_t created_ms, seen_ms, submit_ms;
	int64_t code_expires_ms; /* 0: no code is open */
	bool has_key;
	uint8_t public_key[MONITOR_KEY_LEN];
	int clock_ok; /* 1, 0, or -1: never told */
	double clock_offset_s;
	int64_t clock_ms;
	char clock_why[128]; /* why it is not ok, a sentence */
};

/** Returns: 1, 0 when there is none, or -errno. */
MUST_CHECK int monitor_by_id(struct db *db, int64_t id, struct monitor *out);
MUST_CHECK int monitor_by_name(struct db *db, const char *name,
			       struct monitor *out);

/** The one whose one-time code has that hash and is still open. */
MUST_CHECK int monitor_by_code(struct db *db,
			       const uint8_t hash[MONITOR_CODE_HASH_LEN],
			       int64_t now_ms, struct monitor *out);

/* Lists, by name: then monitor_next(), db_end().  Without deleted ones and the scorer. */
void monitor_ask_all(struct db *db, struct db_rows *rows);
void monitor_ask_account(struct db *db, struct db_rows *rows,
			 int64_t account_id);
bool monitor_next(struct db_rows *rows, struct monitor *out);

/** Uses is_scorer, name, place, account, state, families and created_ms.  -EEXIST: the name is taken. */
MUST_CHECK int monitor_insert(struct db *db, const struct monitor *m,
			      int64_t *id);

/** Give it a one-time code, in place of an older one. */
MUST_CHECK int monitor_set_code(struct db *db, int64_t id,
				const uint8_t hash[MONITOR_CODE_HASH_LEN],
				int64_t expires_ms);

/** The code was used: from now on it signs with that key. */
MUST_CHECK int monitor_set_key(struct db *db, int64_t id,
			       const uint8_t key[MONITOR_KEY_LEN],
			       enum monitor_state state);

MUST_CHECK int monitor_set_state(struct db *db, int64_t id,
				 enum monitor_state state);

/** It called. */
MUST_CHECK int monitor_set_seen(struct db *db, int64_t id, int64_t at_ms,
				const char *address, const char *version,
				unsigned families);

/* How often a monitor sees a server on the other side of the limit than the pool does. */
struct monitor_dissent {
	int64_t monitor_id;
	int64_t servers; /* of which it has a say */
	int64_t apart;
};

/** Of each monitor that has one; in the order of their ids. */
void monitor_ask_dissent(struct db *db, struct db_rows *rows, double limit);
bool monitor_dissent_next(struct db_rows *rows, struct monitor_dissent *out);

/** It sent results. */
MUST_CHECK int monitor_set_submit(struct db *db, int64_t id, int64_t at_ms);

MUST_CHECK int monitor_set_clock(struct db *db, int64_t id, bool ok,
				 double offset_s, const char *why,
				 int64_t at_ms);

/** The scorer's own row, made when it is not there.  0 or -errno. */
MUST_CHECK int monitor_scorer(struct db *db, int64_t now_ms, int64_t *id);
