/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/member.h"

#include "pool/store/row.h"

/* clang-format off */
#define SELECT \
	"SELECT m.account_id, m.person_id, m.role, p.email, p.name," \
	" CASE WHEN p.confirmed_ms IS NOT NULL AND p.disabled_ms IS NULL" \
	" THEN 1 ELSE 0 END" \
	" FROM member m JOIN person p ON p.id = m.person_id "
/* clang-format on */

int member_role(struct db *db, int64_t account_id, int64_t person_id,
		char role[12])
{
	struct db_rows rows;
	bool found;

	db_ask(db, &rows,
	       "SELECT role FROM member WHERE account_id = $1"
	       " AND person_id = $2",
	       DB(db_int(account_id), db_int(person_id)));
	found = db_next(&rows);
	if (found)
		db_copy_text(&rows, 0, role, 12);
	return row_found(&rows, found);
}

void member_ask_account(struct db *db, struct db_rows *rows, int64_t account_id)
{
	db_ask(db, rows,
	       SELECT "WHERE m.account_id = $1 ORDER BY CASE m.role"
		      " WHEN 'owner' THEN 0 ELSE 1 END, p.id",
	       DB(db_int(account_id)));
}

void member_ask_person(struct db *db, struct db_rows *rows, int64_t person_id)
{
	db_ask(db, rows, SELECT "WHERE m.person_id = $1 ORDER BY m.account_id",
	       DB(db_int(person_id)));
}

bool member_next(struct db_rows *rows, struct member *out)
{
	struct member m = {0};

	if (!db_next(rows))
		return false;
	m.account_id = db_col_int(rows, 0);
	m.person_id = db_col_int(rows, 1);
	db_copy_text(rows, 2, m.role, sizeof m.role);
	db_copy_text(rows, 3, m.email, sizeof m.email);
	db_copy_text(rows, 4, m.name, sizeof m.name);
	m.can_mail = db_col_int(rows, 5);
	*out = m;
	return true;
}

int member_put(struct db *db, int64_t account_id, int64_t person_id,
	       const char *role)
{
	return row_run(
		db,
		"INSERT INTO member (account_id, person_id, role)"
		" VALUES ($1, $2, $3) ON CONFLICT"
		" (account_id, person_id) DO UPDATE SET role ="
		" excluded.role",
		DB(db_int(account_id), db_int(person_id), db_text(role)));
}

int member_remove(struct db *db, int64_t account_id, int64_t person_id)
{
	return row_change(db,
			  "DELETE FROM member WHERE account_id = $1"
			  " AND person_id = $2",
			  DB(db_int(account_id), db_int(person_id)));
}
