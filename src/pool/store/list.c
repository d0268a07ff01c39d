/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/list.h"

#include "pool/store/row.h"

/* clang-format off */
#define SELECT \
	"SELECT e.id, e.server_id, e.account_id, e.stratum, e.country," \
	" e.hostname, e.address4, e.address6, e.location, e.coordinates," \
	" e.organisation, e.synchronisation, e.service_area," \
	" e.access_policy, e.access_details, e.notification, e.contact," \
	" e.approved_ms, e.changed_ms, s.score, s.score_ms, s.stratum" \
	" FROM list_entry e LEFT JOIN server s ON s.deleted_ms IS NULL AND" \
	" (s.id = e.server_id OR (e.server_id IS NULL AND s.port = 123 AND" \
	" s.address <> '' AND s.address = e.address4)) "
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
	*out = e;
	return true;
}

int list_by_id(struct db *db, int64_t id, struct list_entry *out)
{
	struct db_rows rows;
	bool found;

	db_ask(db, &rows, SELECT "WHERE e.id = $1", DB(db_int(id)));
	found = list_next(&rows, out);
	return row_found(&rows, found);
}
