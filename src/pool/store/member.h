/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/store/db.h"

/* Which people belong to which account (team). */
struct member {
	int64_t account_id, person_id;
	char role[12];   /* owner, member */
	char email[256]; /* of the person */
	char name[128];
	bool can_mail; /* the address is confirmed, the person not disabled */
};

/** Returns: 1 with the role ("owner", "member"), 0 for no member, or -errno. */
MUST_CHECK int member_role(struct db *db, int64_t account_id, int64_t person_id,
			   char role[12]);

/** Those of an account, owners first, then by who came first; member_next(), db_end(). */
void member_ask_account(struct db *db, struct db_rows *rows,
			int64_t account_id);

/** All of a person. */
void member_ask_person(struct db *db, struct db_rows *rows, int64_t person_id);
bool member_next(struct db_rows *rows, struct member *out);

/** Add, or change the role. */
MUST_CHECK int member_put(struct db *db, int64_t account_id, int64_t person_id,
			  const char *role);
MUST_CHECK int member_remove(struct db *db, int64_t account_id,
			     int64_t person_id);
