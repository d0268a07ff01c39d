/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/net_addr.h"
#include "pool/store/db.h"

/*
 * Servers, deleted ones included: an address can be registered again once the
 * old row is deleted.  Which change is allowed is not decided here but in
 * pool/book/server.h; scores are written by pool/store/pair.h.
 *
 * A time of 0 is NULL in the database: never, or none.
 */

#define HOSTNAME_LEN 256 /* octets, with the NUL */
#define COUNTRY_LEN 8
#define COMMENT_LEN 512

struct server {
	int64_t id, account_id;
	char address[NET_ADDR_TEXT_LEN]; /* canonical, without port */
	int family;                      /* 4 or 6 */
	uint16_t port;
	char hostname[HOSTNAME_LEN]; /* as it was registered; "" for none */
	char country[COUNTRY_LEN];   /* "de"; "" when unknown */
	char comment[COMMENT_LEN];
	int64_t kbit; /* netspeed; 0: monitoring only */
	int64_t added_ms;
	int64_t verified_ms;
	char verified_by[8]; /* "http", "dns", "ntp", "admin" */
	double score;        /* the median */
	int64_t score_ms;    /* 0: not measured yet */
	int stratum;         /* -1: not known */
	double strict_score; /* NaN: not known */
	int64_t out_since_ms;
	int64_t paused_until_ms;
	int64_t delete_on_ms;
	int64_t deleted_ms;
	double alert_below; /* NaN: the usual threshold */
};

/** Returns: 1, 0 when there is none, or -errno as db_run(). */
MUST_CHECK int server_by_id(struct db *db, int64_t id, struct server *out);

/** The living one of that address, else the one that was deleted last. */
MUST_CHECK int server_by_address(struct db *db, const char *address,
				 uint16_t port, struct server *out);

/** The same on any port, 123 before others. */
MUST_CHECK int server_by_host(struct db *db, const char *address,
			      struct server *out);

/*
 * Lists: start one of these, then while (server_next(&rows, &s)) ..., then
 * db_end(&rows).  Deleted servers appear only where it says so.
 */
void server_ask_all(struct db *db, struct db_rows *rows);
void server_ask_account(struct db *db, struct db_rows *rows,
			int64_t account_id);
void server_ask_zone(struct db *db, struct db_rows *rows, int64_t zone_id);

/** Those whose address or host name contains the text, the best scores first; any case. */
void server_ask_search(struct db *db, struct db_rows *rows, const char *text,
		       unsigned limit);

/** Those of accounts that have a page for everybody, the best scores first. */
void server_ask_public(struct db *db, struct db_rows *rows, unsigned limit);

/** Those with a comment, the oldest first. */
void server_ask_comments(struct db *db, struct db_rows *rows, unsigned limit);

/** Those to be deleted at or before now. */
void server_ask_leaving(struct db *db, struct db_rows *rows, int64_t now_ms);

bool server_next(struct db_rows *rows, struct server *out);

/** id, score and times in s are not used: a new server starts at 0. */
MUST_CHECK int server_insert(struct db *db, const struct server *s,
			     int64_t *id);

/* One change each.  0, -ENOENT when there is no such server, or -errno. */
MUST_CHECK int server_set_kbit(struct db *db, int64_t id, int64_t kbit);
MUST_CHECK int server_set_paused(struct db *db, int64_t id, int64_t until_ms);
MUST_CHECK int server_set_delete_on(struct db *db, int64_t id, int64_t at_ms);
MUST_CHECK int server_set_deleted(struct db *db, int64_t id, int64_t at_ms);
MUST_CHECK int server_set_account(struct db *db, int64_t id,
				  int64_t account_id);
MUST_CHECK int server_set_country(struct db *db, int64_t id,
				  const char *country);
MUST_CHECK int server_set_hostname(struct db *db, int64_t id,
				   const char *hostname);
MUST_CHECK int server_set_comment(struct db *db, int64_t id,
				  const char *comment);
MUST_CHECK int server_set_alert_below(struct db *db, int64_t id, double score);
MUST_CHECK int server_set_verified(struct db *db, int64_t id,
				   const char *method, int64_t at_ms);

/** How many living servers of the account nobody has verified yet. */
MUST_CHECK int server_count_unverified(struct db *db, int64_t account_id,
				       int64_t *out);
