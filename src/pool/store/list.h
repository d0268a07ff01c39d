/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/store/server.h"

/*
 * The public lists of stratum 1 and 2 servers: what operators say of theirs,
 * whether it is in the pool or not.  An entry is shown once staff approved it.
 */
struct list_entry {
	int64_t id, server_id, account_id; /* 0: none */
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
	int64_t approved_ms, changed_ms;
	/* what the pool's own monitors found; score_ms 0: not measured */
	double score;
	int64_t score_ms;
	int measured_stratum; /* -1: not known */
};

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

/** Approved or not.  Returns: 1, 0 when there is none, or -errno. */
MUST_CHECK int list_by_id(struct db *db, int64_t id, struct list_entry *out);
