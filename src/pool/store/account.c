/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/account.h"

#include "pool/store/row.h"

/* clang-format off */
#define SELECT \
	"SELECT a.id, a.slug, a.name, a.organisation, a.url, a.public," \
	" a.created_ms FROM account a "
/* clang-format on */

bool account_next(struct db_rows *rows, struct account *out)
{
	struct account a = {0};

	if (!db_next(rows))
		return false;
	a.id = db_col_int(rows, 0);
	db_copy_text(rows, 1, a.slug, sizeof a.slug);
	db_copy_text(rows, 2, a.name, sizeof a.name);
	db_copy_text(rows, 3, a.organisation, sizeof a.organisation);
	db_copy_text(rows, 4, a.url, sizeof a.url);
	a.is_public = db_col_int(rows, 5);
	a.created_ms = db_col_int(rows, 6);
	*out = a;
	return true;
}

int account_by_id(struct db *db, int64_t id, struct account *out)
{
	struct db_rows rows;

	db_ask(db, &rows, SELECT "WHERE a.id = $1", DB(db_int(id)));
	return row_found(&rows, account_next(&rows, out));
}

int account_by_slug(struct db *db, const char *slug, struct account *out)
{
	struct db_rows rows;

	db_ask(db, &rows, SELECT "WHERE a.slug = $1", DB(db_text(slug)));
	return row_found(&rows, account_next(&rows, out));
}

void account_ask_person(struct db *db, struct db_rows *rows, int64_t person_id)
{
	db_ask(db, rows,
	       SELECT "JOIN member m ON m.account_id = a.id"
		      " WHERE m.person_id = $1 ORDER BY a.name, a.id",
	       DB(db_int(person_id)));
}

void account_ask_search(struct db *db, struct db_rows *rows, const char *text,
			unsigned limit)
{
	char pattern[256];

	row_like_pattern(text, pattern, sizeof pattern);
	db_ask(db, rows,
	       SELECT "WHERE LOWER(a.name) LIKE $1 ESCAPE '!'"
		      " OR a.slug LIKE $1 ESCAPE '!'"
		      " OR LOWER(a.organisation) LIKE $1 ESCAPE '!'"
		      " ORDER BY a.name, a.id LIMIT $2",
	       DB(db_text(pattern), db_int(limit)));
}

int account_insert(struct db *db, const struct account *a, int64_t *id)
{
	return row_insert(db, id,
			  "INSERT INTO account (slug, name, organisation, url,"
			  " public, created_ms) VALUES ($1, $2, $3, $4, $5, $6)"
			  " RETURNING id",
			  DB(db_text(a->slug), db_text(a->name),
			     db_text(a->organisation), db_text(a->url),
			     db_int(a->is_public), db_int(a->created_ms)));
}

int account_update(struct db *db, const struct account *a)
{
	return row_change(db,
			  "UPDATE account SET name = $2, organisation = $3,"
			  " url = $4, public = $5 WHERE id = $1",
			  DB(db_int(a->id), db_text(a->name),
			     db_text(a->organisation), db_text(a->url),
			     db_int(a->is_public)));
}
