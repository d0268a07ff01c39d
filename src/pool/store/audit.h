/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/store/db.h"
#include "pool/store/person.h"

/* Who changed what, for the people it concerns and for staff. */
struct audit {
	int64_t id;
	int64_t at_ms;
	int64_t person_id, account_id, server_id; /* 0: none */
	char source[12];   /* "web", "api", "poolctl", "poold" */
	char address[72];  /* of the client, or "" */
	char action[40];   /* "server.netspeed" */
	char detail[2048]; /* JSON: what was and what is; or "" */

	/* Of today; audit_add() does not use them. */
	char email[EMAIL_LEN]; /* of the person, or "" */
	bool by_staff;
	char server[72]; /* its address, or "" */
};

/** id is not used. */
MUST_CHECK int audit_add(struct db *db, const struct audit *a);

/*
 * The newest first, those before the row before_id (0: from the newest on);
 * then audit_next(), db_end().
 */
void audit_ask_account(struct db *db, struct db_rows *rows, int64_t account_id,
		       int64_t before_id, unsigned limit);
void audit_ask_server(struct db *db, struct db_rows *rows, int64_t server_id,
		      int64_t before_id, unsigned limit);
void audit_ask_all(struct db *db, struct db_rows *rows, int64_t before_id,
		   unsigned limit);
bool audit_next(struct db_rows *rows, struct audit *out);
