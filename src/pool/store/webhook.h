/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/store/db.h"

/* Where an account wants to be told, besides by mail. */

#define WEBHOOK_URL_LEN 1024
#define WEBHOOK_SECRET_LEN 65 /* 64 hexadecimal digits and a NUL */

struct webhook {
	int64_t id, account_id;
	char url[WEBHOOK_URL_LEN];
	char secret[WEBHOOK_SECRET_LEN]; /* key of the signature */
	int64_t created_ms;
};

/** Returns: 1, 0 when there is none, or -errno. */
MUST_CHECK int webhook_by_id(struct db *db, int64_t id, struct webhook *out);

/** Then webhook_next(), db_end(). */
void webhook_ask_account(struct db *db, struct db_rows *rows,
			 int64_t account_id);
bool webhook_next(struct db_rows *rows, struct webhook *out);

MUST_CHECK int webhook_insert(struct db *db, const struct webhook *w,
			      int64_t *id);
MUST_CHECK int webhook_remove(struct db *db, int64_t id);
