/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/person.h"

#include "pool/store/row.h"

static const char *const roles[PERSON_ROLES] = {"user", "staff", "admin"};

/* clang-format off */
#define SELECT \
	"SELECT id, email, name, password, role, created_ms, confirmed_ms," \
	" disabled_ms FROM person "
/* clang-format on */

const char *person_role_name(enum person_role role)
{
	return roles[role];
}

bool person_role_find(const char *name, enum person_role *out)
{
	int i = row_word(roles, PERSON_ROLES, name);

	if (i >= 0)
		*out = (enum person_role)i;
	return i >= 0;
}

bool person_next(struct db_rows *rows, struct person *out)
{
	struct person p = {0};

	if (!db_next(rows))
		return false;
	p.id = db_col_int(rows, 0);
	db_copy_text(rows, 1, p.email, sizeof p.email);
	db_copy_text(rows, 2, p.name, sizeof p.name);
	db_copy_text(rows, 3, p.password, sizeof p.password);
	/* A word that is none of ours gives no rights. */
	(void)person_role_find(db_col_text(rows, 4), &p.role);
	p.created_ms = db_col_int(rows, 5);
	p.confirmed_ms = db_col_int(rows, 6);
	p.disabled_ms = db_col_int(rows, 7);
	*out = p;
	return true;
}

int person_by_id(struct db *db, int64_t id, struct person *out)
{
	struct db_rows rows;

	db_ask(db, &rows, SELECT "WHERE id = $1", DB(db_int(id)));
	return row_found(&rows, person_next(&rows, out));
}

int person_by_email(struct db *db, const char *email, struct person *out)
{
	struct db_rows rows;

	db_ask(db, &rows, SELECT "WHERE email = $1", DB(db_text(email)));
	return row_found(&rows, person_next(&rows, out));
}

int person_insert(struct db *db, const struct person *p, int64_t *id)
{
	return row_insert(
		db, id,
		"INSERT INTO person (email, name, password, role,"
		" created_ms, confirmed_ms, disabled_ms)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
		DB(db_text(p->email), db_text(p->name), db_text(p->password),
		   db_text(person_role_name(p->role)), db_int(p->created_ms),
		   row_time(p->confirmed_ms), row_time(p->disabled_ms)));
}

int person_set_name(struct db *db, int64_t id, const char *name)
{
	return row_change(db, "UPDATE person SET name = $2 WHERE id = $1",
			  DB(db_int(id), db_text(name)));
}

int person_set_password(struct db *db, int64_t id, const char *hash)
{
	return row_change(db, "UPDATE person SET password = $2 WHERE id = $1",
			  DB(db_int(id), db_text(hash)));
}

int person_set_role(struct db *db, int64_t id, enum person_role role)
{
	return row_change(db, "UPDATE person SET role = $2 WHERE id = $1",
			  DB(db_int(id), db_text(person_role_name(role))));
}

int person_set_confirmed(struct db *db, int64_t id, int64_t at_ms)
{
	return row_change(db,
			  "UPDATE person SET confirmed_ms = $2 WHERE id = $1",
			  DB(db_int(id), row_time(at_ms)));
}

int person_set_disabled(struct db *db, int64_t id, int64_t at_ms)
{
	return row_change(db,
			  "UPDATE person SET disabled_ms = $2 WHERE id = $1",
			  DB(db_int(id), row_time(at_ms)));
}

void person_ask_search(struct db *db, struct db_rows *rows, const char *text,
		       unsigned limit)
{
	char pattern[2 * EMAIL_LEN];

	row_like_pattern(text, pattern, sizeof pattern);
	db_ask(db, rows,
	       SELECT "WHERE email LIKE $1 ESCAPE '!'"
		      " OR LOWER(name) LIKE $1 ESCAPE '!'"
		      " ORDER BY email LIMIT $2",
	       DB(db_text(pattern), db_int(limit)));
}

void person_ask_staff(struct db *db, struct db_rows *rows)
{
	db_ask(db, rows,
	       SELECT "WHERE role IN ('staff', 'admin') ORDER BY email",
	       DB_NONE);
}

int person_forget_unconfirmed(struct db *db, int64_t before_ms)
{
	int r = db_begin(db);

	if (r < 0)
		return r;
	r = row_run(db,
		    "DELETE FROM mail_token WHERE person_id IN (SELECT id"
		    " FROM person WHERE confirmed_ms IS NULL"
		    " AND created_ms < $1)",
		    DB(db_int(before_ms)));
	if (r == 0)
		r = (int)db_run(db,
				"DELETE FROM person WHERE confirmed_ms IS NULL"
				" AND created_ms < $1 AND NOT EXISTS (SELECT 1"
				" FROM member m WHERE m.person_id = person.id)",
				DB(db_int(before_ms)));
	return db_finish(db, r);
}
