/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/list.h"

#include "pool/store/row.h"

/* clang-format off */
#define SELECT \
	"SELECT e.id, e.server_id, e.account_id, e.stratum, e.country," \
	" e.hostname, e.address4, e.address6, e.location, e.coordinates," \
	" e.organisation, e.synchronisation, e.service_area," \
	" e.access_policy, e.access_details, e.notification, e.contact," \
	" e.approved_ms, e.changed_ms, s.score, s.score_ms, s.stratum," \
	" e.revises_id, e.refused_ms, e.why, s.address" \
	" FROM list_entry e LEFT JOIN server s ON s.deleted_ms IS NULL AND" \
	" (s.id = e.server_id OR (e.server_id IS NULL AND s.port = 123 AND" \
	" s.address <> '' AND s.address = e.address4)) "

/* $1 to $19 of list_insert() and list_update() */
#define CONTENT(e) \
	row_id((e)->server_id), db_int((e)->stratum), db_text((e)->country), \
	db_text((e)->hostname), db_text((e)->address4), \
	db_text((e)->address6), db_text((e)->location), \
	db_text((e)->coordinates), db_text((e)->organisation), \
	db_text((e)->synchronisation), db_text((e)->service_area), \
	db_text((e)->access_policy), db_text((e)->access_details), \
	db_int((e)->notification), db_text((e)->contact), \
	row_time((e)->approved_ms), row_time((e)->refused_ms), \
	db_text((e)->why), db_int((e)->changed_ms)
/* clang-format on */

void list_ask(struct db *db, struct db_rows *rows, int stratum,
	      enum list_sort sort)
{
#define BY(columns)                                                 \
	SELECT "WHERE e.stratum = $1 AND e.approved_ms IS NOT NULL" \
	       " ORDER BY " columns ", e.hostname, e.id"
	static const char *const sql[LIST_SORTS] = {
		[LIST_BY_COUNTRY] = BY("e.country"),
		[LIST_BY_HOSTNAME] = BY("lower(e.hostname)"),
		[LIST_BY_POLICY] = BY("e.access_policy DESC, e.country"),
		[LIST_BY_NOTIFICATION] = BY("e.notification, e.country"),
		[LIST_BY_CHANGE] = BY("e.changed_ms DESC"),
	};
#undef BY

	db_ask(db, rows, sql[sort], DB(db_int(stratum)));
}

bool list_next(struct db_rows *rows, struct list_entry *out)
{
	struct list_entry e = {0};

	if (!db_next(rows))
		return false;
	e.id = db_col_int(rows, 0);
	e.server_id = db_col_int(rows, 1);
	e.account_id = db_col_int(rows, 2);
	e.stratum = (int)db_col_int(rows, 3);
	db_copy_text(rows, 4, e.country, sizeof e.country);
	db_copy_text(rows, 5, e.hostname, sizeof e.hostname);
	db_copy_text(rows, 6, e.address4, sizeof e.address4);
	db_copy_text(rows, 7, e.address6, sizeof e.address6);
	db_copy_text(rows, 8, e.location, sizeof e.location);
	db_copy_text(rows, 9, e.coordinates, sizeof e.coordinates);
	db_copy_text(rows, 10, e.organisation, sizeof e.organisation);
	db_copy_text(rows, 11, e.synchronisation, sizeof e.synchronisation);
	db_copy_text(rows, 12, e.service_area, sizeof e.service_area);
	db_copy_text(rows, 13, e.access_policy, sizeof e.access_policy);
	db_copy_text(rows, 14, e.access_details, sizeof e.access_details);
	e.notification = db_col_int(rows, 15) != 0;
	db_copy_text(rows, 16, e.contact, sizeof e.contact);
	e.approved_ms = db_col_int(rows, 17);
	e.changed_ms = db_col_int(rows, 18);
	e.score = db_col_real(rows, 19);
	e.score_ms = db_col_int(rows, 20);
	e.measured_stratum =
		db_is_null(rows, 21) ? -1 : (int)db_col_int(rows, 21);
	e.revises_id = db_col_int(rows, 22);
	e.refused_ms = db_col_int(rows, 23);
	db_copy_text(rows, 24, e.why, sizeof e.why);
	db_copy_text(rows, 25, e.measured_address, sizeof e.measured_address);
	*out = e;
	return true;
}

void list_ask_account(struct db *db, struct db_rows *rows, int64_t account_id)
{
	db_ask(db, rows,
	       SELECT "WHERE e.account_id = $1"
		      " ORDER BY coalesce(e.revises_id, e.id), e.id",
	       DB(db_int(account_id)));
}

void list_ask_pending(struct db *db, struct db_rows *rows)
{
	db_ask(db, rows,
	       SELECT "WHERE e.approved_ms IS NULL AND e.refused_ms IS NULL"
		      " ORDER BY e.changed_ms, e.id",
	       DB_NONE);
}

void list_ask_all(struct db *db, struct db_rows *rows)
{
	db_ask(db, rows,
	       SELECT "LEFT JOIN list_entry o ON o.id = e.revises_id"
		      " ORDER BY coalesce(o.stratum, e.stratum),"
		      " coalesce(o.country, e.country),"
		      " coalesce(o.hostname, e.hostname),"
		      " coalesce(o.id, e.id), e.id",
	       DB_NONE);
}

static int one(struct db_rows *rows, struct list_entry *out)
{
	bool found = list_next(rows, out);

	return row_found(rows, found);
}

int list_by_id(struct db *db, int64_t id, struct list_entry *out)
{
	struct db_rows rows;

	db_ask(db, &rows, SELECT "WHERE e.id = $1", DB(db_int(id)));
	return one(&rows, out);
}

int list_by_server(struct db *db, int64_t server_id, struct list_entry *out)
{
	struct db_rows rows;

	db_ask(db, &rows,
	       SELECT "WHERE e.server_id = $1 AND e.revises_id IS NULL",
	       DB(db_int(server_id)));
	return one(&rows, out);
}

int list_revision(struct db *db, int64_t id, struct list_entry *out)
{
	struct db_rows rows;

	db_ask(db, &rows, SELECT "WHERE e.revises_id = $1", DB(db_int(id)));
	return one(&rows, out);
}

int list_insert(struct db *db, const struct list_entry *e, int64_t *id)
{
	return row_insert(
		db, id,
		"INSERT INTO list_entry (server_id, stratum, country, hostname,"
		" address4, address6, location, coordinates, organisation,"
		" synchronisation, service_area, access_policy, access_details,"
		" notification, contact, approved_ms, refused_ms, why,"
		" changed_ms, account_id, revises_id) VALUES ($1, $2, $3, $4,"
		" $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,"
		" $18, $19, $20, $21) RETURNING id",
		DB(CONTENT(e), row_id(e->account_id), row_id(e->revises_id)));
}

int list_update(struct db *db, const struct list_entry *e)
{
	return row_change(
		db,
		"UPDATE list_entry SET server_id = $1, stratum = $2,"
		" country = $3, hostname = $4, address4 = $5, address6 = $6,"
		" location = $7, coordinates = $8, organisation = $9,"
		" synchronisation = $10, service_area = $11,"
		" access_policy = $12, access_details = $13,"
		" notification = $14, contact = $15, approved_ms = $16,"
		" refused_ms = $17, why = $18, changed_ms = $19"
		" WHERE id = $20",
		DB(CONTENT(e), db_int(e->id)));
}

int list_delete(struct db *db, int64_t id)
{
	int r = row_run(db, "DELETE FROM list_entry WHERE revises_id = $1",
			DB(db_int(id)));

	return r < 0 ? r
		     : row_change(db, "DELETE FROM list_entry WHERE id = $1",
				  DB(db_int(id)));
}

int list_move(struct db *db, int64_t server_id, int64_t account_id)
{
	return row_run(db,
		       "UPDATE list_entry SET account_id = $2 WHERE"
		       " server_id = $1",
		       DB(db_int(server_id), db_int(account_id)));
}
