/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/store/server.h"

/*
 * The public lists of stratum 1 and 2 servers: what operators say of theirs,
 * whether it is in the pool or not.  An entry is shown once staff approved it;
 * a change of it waits as a row of its own, its revision.
 */
struct list_entry {
	int64_t id, server_id, account_id; /* 0: none */
	int64_t revises_id;                /* 0: is no revision */
	int stratum;
	char country[COUNTRY_LEN];
	char hostname[HOSTNAME_LEN];
	char address4[NET_ADDR_TEXT_LEN], address6[NET_ADDR_TEXT_LEN];
	char location[128], coordinates[64], organisation[128];
	char synchronisation[256], service_area[256];
	char access_policy[20];
	char access_details[512];
	bool notification; /* wants a message before it is used */
	char contact[256];
	int64_t approved_ms, refused_ms, changed_ms;
	char why[256]; /* it was refused */
	/* what the pool's own monitors found; score_ms 0: not measured */
	char measured_address[NET_ADDR_TEXT_LEN];
	double score;
	int64_t score_ms;
	int measured_stratum; /* -1: not known */
};

enum list_state { LIST_PENDING, LIST_SHOWN, LIST_REFUSED };

static inline enum list_state list_state(const struct list_entry *e)
{
	return e->approved_ms  ? LIST_SHOWN
	       : e->refused_ms ? LIST_REFUSED
			       : LIST_PENDING;
}

enum list_sort {
	LIST_BY_COUNTRY,
	LIST_BY_HOSTNAME,
	LIST_BY_POLICY,
	LIST_BY_NOTIFICATION,
	LIST_BY_CHANGE,
	LIST_SORTS,
};

/** The approved ones of a stratum; then list_next(), db_end(). */
void list_ask(struct db *db, struct db_rows *rows, int stratum,
	      enum list_sort sort);
bool list_next(struct db_rows *rows, struct list_entry *out);

/** Those of an account, each followed by its revision. */
void list_ask_account(struct db *db, struct db_rows *rows, int64_t account_id);

/** What waits for approval, the oldest first. */
void list_ask_pending(struct db *db, struct db_rows *rows);

/** All, each followed by its revision, by stratum, country and name. */
void list_ask_all(struct db *db, struct db_rows *rows);

/* Approved or not.  Return: 1, 0 when there is none, or -errno. */
MUST_CHECK int list_by_id(struct db *db, int64_t id, struct list_entry *out);
MUST_CHECK int list_by_server(struct db *db, int64_t server_id,
			      struct list_entry *out);

/** The revision of an entry. */
MUST_CHECK int list_revision(struct db *db, int64_t id, struct list_entry *out);

/** -EEXIST when the server has an entry, or the entry a revision. */
MUST_CHECK int list_insert(struct db *db, const struct list_entry *e,
			   int64_t *id);

/** Everything but id, account_id, revises_id, and what was measured. */
MUST_CHECK int list_update(struct db *db, const struct list_entry *e);

/** With its revision. */
MUST_CHECK int list_delete(struct db *db, int64_t id);

/** The server has another account now, and so has its entry. */
MUST_CHECK int list_move(struct db *db, int64_t server_id, int64_t account_id);
