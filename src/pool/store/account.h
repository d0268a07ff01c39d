/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/store/db.h"

/* A team: owns servers and monitors, has members (pool/store/member.h). */
struct account {
	int64_t id;
	char slug[64]; /* in URLs */
	char name[128];
	char organisation[128];
	char url[256];
	bool is_public; /* has a page for everybody */
	int64_t created_ms;
};

/** Returns: 1, 0 when there is none, or -errno. */
MUST_CHECK int account_by_id(struct db *db, int64_t id, struct account *out);
MUST_CHECK int account_by_slug(struct db *db, const char *slug,
			       struct account *out);

/** Those of a person, by name; then account_next(), db_end(). */
void account_ask_person(struct db *db, struct db_rows *rows, int64_t person_id);

/** Those whose name, slug or organisation contains the text, by name. */
void account_ask_search(struct db *db, struct db_rows *rows, const char *text,
			unsigned limit);
bool account_next(struct db_rows *rows, struct account *out);

/** id is not used.  -EEXIST when the slug is taken. */
MUST_CHECK int account_insert(struct db *db, const struct account *a,
			      int64_t *id);

/** Everything but id, slug and created_ms. */
MUST_CHECK int account_update(struct db *db, const struct account *a);
