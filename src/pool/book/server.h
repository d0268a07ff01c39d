/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/book/verdict.h"
#include "pool/settings/settings.h"
#include "pool/store/server.h"

/*
 * What the operator of a server may do with it.  Every function that changes
 * something is one transaction, writes an audit row, and says so to the job
 * that builds the zones; refused is refused before anything was written.
 */

#define BOOK_KBIT_DEFAULT 10000
#define BOOK_KBIT_MAX INT64_C(100000000) /* 100 Gbit/s */
#define BOOK_UNVERIFIED_MAX 2

/** The values that a menu offers, kbit/s, ascending from 0 (monitoring only). */
const int64_t *book_netspeeds(unsigned *n);

/** Why a server is handed out, or not; the first that fits. */
enum server_state {
	SERVER_IN_POOL,
	SERVER_DELETED,
	SERVER_LEAVING, /* deletion is less than 14 days away */
	SERVER_PAUSED,
	SERVER_MONITOR_ONLY, /* netspeed 0 */
	SERVER_NEW,          /* not measured yet */
	SERVER_LOW_SCORE,
	SERVER_STATES,
};

/** "in pool", "monitor only", ...: for badges. */
const char *server_state_name(enum server_state state);
enum server_state server_state(const struct server *s, int64_t now_ms);

/** Is it in the DNS right now? */
static inline bool server_is_active(const struct server *s, int64_t now_ms)
{
	return server_state(s, now_ms) == SERVER_IN_POOL;
}

/**
 * Find a server that the actor may change.
 * BOOK_OK with *out; BOOK_UNKNOWN, BOOK_DENIED, BOOK_DELETED, BOOK_STORE.
 */
MUST_CHECK enum book_verdict book_server_get(struct db *db,
					     const struct actor *who,
					     int64_t id, struct server *out);

/**
 * Staff have dealt with what was written when it was added: away with it.  The
 * audit log keeps it.
 */
MUST_CHECK enum book_verdict book_server_comment_done(struct db *db,
						      const struct actor *who,
						      int64_t id,
						      int64_t now_ms);

/** kbit/s, any value from 0; up only when verified or staff. */
MUST_CHECK enum book_verdict book_server_netspeed(struct db *db,
						  const struct actor *who,
						  int64_t id, int64_t kbit,
						  int64_t now_ms);

/** Monitored but not handed out until then, at most 30 days ahead; 0 ends it. */
MUST_CHECK enum book_verdict book_server_pause(struct db *db,
					       const struct actor *who,
					       int64_t id, int64_t until_ms,
					       int64_t now_ms);

/** An ISO code that is a zone; "" for no country.  Moves it between zones. */
MUST_CHECK enum book_verdict book_server_country(struct db *db,
						 const struct actor *who,
						 int64_t id,
						 const char *country,
						 int64_t now_ms);

/** Mails come below this score (-100 to 10); NaN for the usual -15. */
MUST_CHECK enum book_verdict book_server_alert(struct db *db,
					       const struct actor *who,
					       int64_t id, double below,
					       int64_t now_ms);

/**
 * To an account of which the actor is a member too, unless staff.  One that is
 * not verified is refused with BOOK_UNVERIFIED where it would be one too many.
 * Who measures it is chosen anew: a team's own monitors are no witnesses.
 */
MUST_CHECK enum book_verdict book_server_move(struct db *db,
					      const struct pool_settings *set,
					      const struct actor *who,
					      int64_t id, int64_t account_id,
					      int64_t now_ms);

/** May the actor's account have one more server that is not verified? */
MUST_CHECK enum book_verdict book_server_room(struct db *db,
					      const struct actor *who,
					      int64_t account_id);
