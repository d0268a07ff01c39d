/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/audit.h"

#include <string.h>

#include "pool/store/row.h"

/* clang-format off */
#define SELECT \
	"SELECT id, at_ms, person_id, account_id, server_id, source, address," \
	" action, detail," \
	" (SELECT email FROM person p WHERE p.id = audit.person_id)," \
	" (SELECT role FROM person p WHERE p.id = audit.person_id)," \
	" (SELECT s.address FROM server s WHERE s.id = audit.server_id)" \
	" FROM audit "
/* clang-format on */

int audit_add(struct db *db, const struct audit *a)
{
	return row_run(db,
		       "INSERT INTO audit (at_ms, person_id, account_id,"
		       " server_id, source, address, action, detail)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		       DB(db_int(a->at_ms), row_id(a->person_id),
			  row_id(a->account_id), row_id(a->server_id),
			  db_text(a->source), db_text(a->address),
			  db_text(a->action), db_text(a->detail)));
}

static struct db_value before(int64_t id)
{
	return db_int(id ? id : INT64_MAX);
}

void audit_ask_account(struct db *db, struct db_rows *rows, int64_t account_id,
		       int64_t before_id, unsigned limit)
{
	db_ask(db, rows,
	       SELECT "WHERE account_id = $1 AND id < $2"
		      " ORDER BY id DESC LIMIT $3",
	       DB(db_int(account_id), before(before_id), db_int(limit)));
}

void audit_ask_server(struct db *db, struct db_rows *rows, int64_t server_id,
		      int64_t before_id, unsigned limit)
{
	db_ask(db, rows,
	       SELECT "WHERE server_id = $1 AND id < $2"
		      " ORDER BY id DESC LIMIT $3",
	       DB(db_int(server_id), before(before_id), db_int(limit)));
}

void audit_ask_all(struct db *db, struct db_rows *rows, int64_t before_id,
		   unsigned limit)
{
	db_ask(db, rows, SELECT "WHERE id < $1 ORDER BY id DESC LIMIT $2",
	       DB(before(before_id), db_int(limit)));
}

bool audit_next(struct db_rows *rows, struct audit *out)
{
	struct audit a = {0};

	if (!db_next(rows))
		return false;
	a.id = db_col_int(rows, 0);
	a.at_ms = db_col_int(rows, 1);
	a.person_id = db_col_int(rows, 2);
	a.account_id = db_col_int(rows, 3);
	a.server_id = db_col_int(rows, 4);
	db_copy_text(rows, 5, a.source, sizeof a.source);
	db_copy_text(rows, 6, a.address, sizeof a.address);
	db_copy_text(rows, 7, a.action, sizeof a.action);
	db_copy_text(rows, 8, a.detail, sizeof a.detail);
	db_copy_text(rows, 9, a.email, sizeof a.email);
	a.by_staff = strcmp(db_col_text(rows, 10),
			    person_role_name(PERSON_USER)) != 0;
	db_copy_text(rows, 11, a.server, sizeof a.server);
	*out = a;
	return true;
}
