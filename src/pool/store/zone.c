/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/zone.h"

#include <errno.h>

#include "pool/store/row.h"

/* clang-format off */
#define SELECT \
	"SELECT z.id, z.name, z.title, z.kind, z.parent_id, z.min_servers," \
	" z.min_kbit, z.max_hosts, z.ttl_s, z.policy FROM zone z "

/* From the widest to the narrowest. */
#define BY_KIND \
	" ORDER BY CASE z.kind WHEN 'global' THEN 0 WHEN 'continent' THEN 1" \
	" WHEN 'country' THEN 2 WHEN 'custom' THEN 3 ELSE 4 END, z.title, z.id"

/* Handed out at $1 ms: server_state() in pool/book/server.c in SQL. */
#define ACTIVE \
	"s.kbit > 0 AND s.score >= 10 AND s.score_ms IS NOT NULL" \
	" AND coalesce(s.paused_until_ms, 0) <= $1" \
	" AND (s.delete_on_ms IS NULL OR s.delete_on_ms > $1 + 1209600000)"

/* zone_id, family, today, registered, active, kbit */
#define COUNTS_NOW(where) \
	"SELECT m.zone_id, s.family," \
	" CAST($1 AS BIGINT) - CAST($1 AS BIGINT) % 86400000, count(*)," \
	" sum(CASE WHEN " ACTIVE " THEN 1 ELSE 0 END)," \
	" sum(CASE WHEN " ACTIVE " THEN s.kbit ELSE 0 END)" \
	" FROM server_zone m JOIN server s ON s.id = m.server_id" \
	" WHERE s.deleted_ms IS NULL " where " GROUP BY m.zone_id, s.family"
/* clang-format on */

bool zone_next(struct db_rows *rows, struct zone_record *out)
{
	struct zone_record z = {0};

	if (!db_next(rows))
		return false;
	z.id = db_col_int(rows, 0);
	db_copy_text(rows, 1, z.name, sizeof z.name);
	db_copy_text(rows, 2, z.title, sizeof z.title);
	db_copy_text(rows, 3, z.kind, sizeof z.kind);
	z.parent_id = db_col_int(rows, 4);
	z.min_servers = db_col_int(rows, 5);
	z.min_kbit = db_col_int(rows, 6);
	z.max_hosts = db_col_int(rows, 7);
	z.ttl_s = db_col_int(rows, 8);
	db_copy_text(rows, 9, z.policy, sizeof z.policy);
	*out = z;
	return true;
}

static int one(struct db_rows *rows, struct zone_record *out)
{
	bool found = zone_next(rows, out);

	return row_found(rows, found);
}

int zone_by_id(struct db *db, int64_t id, struct zone_record *out)
{
	struct db_rows rows;

	db_ask(db, &rows, SELECT "WHERE z.id = $1", DB(db_int(id)));
	return one(&rows, out);
}

int zone_by_name(struct db *db, const char *name, struct zone_record *out)
{
	struct db_rows rows;

	db_ask(db, &rows, SELECT "WHERE z.name = $1", DB(db_text(name)));
	return one(&rows, out);
}

void zone_ask_all(struct db *db, struct db_rows *rows)
{
	db_ask(db, rows, SELECT BY_KIND, DB_NONE);
}

void zone_ask_children(struct db *db, struct db_rows *rows, int64_t parent_id)
{
	db_ask(db, rows, SELECT "WHERE z.parent_id = $1" BY_KIND,
	       DB(db_int(parent_id)));
}

void zone_ask_server(struct db *db, struct db_rows *rows, int64_t server_id)
{
	db_ask(db, rows,
	       SELECT "JOIN server_zone m ON m.zone_id = z.id"
		      " WHERE m.server_id = $1" BY_KIND,
	       DB(db_int(server_id)));
}

int zone_insert(struct db *db, const struct zone_record *z, int64_t *id)
{
	return row_insert(
		db, id,
		"INSERT INTO zone (name, title, kind, parent_id, min_servers,"
		" min_kbit, max_hosts, ttl_s, policy)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
		DB(db_text(z->name), db_text(z->title), db_text(z->kind),
		   row_id(z->parent_id), db_int(z->min_servers),
		   db_int(z->min_kbit), db_int(z->max_hosts), db_int(z->ttl_s),
		   db_text(z->policy)));
}

int zone_update(struct db *db, const struct zone_record *z)
{
	return row_change(
		db,
		"UPDATE zone SET title = $2, parent_id = $3, min_servers = $4,"
		" min_kbit = $5, max_hosts = $6, ttl_s = $7, policy = $8"
		" WHERE id = $1",
		DB(db_int(z->id), db_text(z->title), row_id(z->parent_id),
		   db_int(z->min_servers), db_int(z->min_kbit),
		   db_int(z->max_hosts), db_int(z->ttl_s), db_text(z->policy)));
}

static int delete_rows(struct db *db, int64_t id)
{
	int64_t children = 0;
	int r;

	r = db_one_int(db, &children,
		       "SELECT count(*) FROM zone WHERE parent_id = $1",
		       DB(db_int(id)));
	if (r >= 0 && children > 0)
		return -EBUSY;
	if (r >= 0)
		r = row_run(db, "DELETE FROM zone_rule WHERE zone_id = $1",
			    DB(db_int(id)));
	if (r >= 0)
		r = row_run(db, "DELETE FROM zone_count WHERE zone_id = $1",
			    DB(db_int(id)));
	if (r >= 0)
		r = row_run(db, "DELETE FROM server_zone WHERE zone_id = $1",
			    DB(db_int(id)));
	if (r >= 0)
		r = row_change(db, "DELETE FROM zone WHERE id = $1",
			       DB(db_int(id)));
	return r;
}

int zone_delete(struct db *db, int64_t id)
{
	int r = db_begin(db);

	if (r < 0)
		return r;
	return db_finish(db, delete_rows(db, id));
}

void zone_ask_rules(struct db *db, struct db_rows *rows, int64_t zone_id)
{
	db_ask(db, rows,
	       "SELECT id, zone_id, kind, value FROM zone_rule"
	       " WHERE $1 = 0 OR zone_id = $1 ORDER BY zone_id, id",
	       DB(db_int(zone_id)));
}

bool zone_rule_next(struct db_rows *rows, struct zone_rule *out)
{
	struct zone_rule r = {0};

	if (!db_next(rows))
		return false;
	r.id = db_col_int(rows, 0);
	r.zone_id = db_col_int(rows, 1);
	db_copy_text(rows, 2, r.kind, sizeof r.kind);
	db_copy_text(rows, 3, r.value, sizeof r.value);
	*out = r;
	return true;
}

int zone_rule_insert(struct db *db, const struct zone_rule *r, int64_t *id)
{
	return row_insert(
		db, id,
		"INSERT INTO zone_rule (zone_id, kind, value)"
		" VALUES ($1, $2, $3) RETURNING id",
		DB(db_int(r->zone_id), db_text(r->kind), db_text(r->value)));
}

int zone_rule_delete(struct db *db, int64_t id)
{
	return row_change(db, "DELETE FROM zone_rule WHERE id = $1",
			  DB(db_int(id)));
}

int zone_put_server(struct db *db, int64_t zone_id, int64_t server_id)
{
	return row_run(db,
		       "INSERT INTO server_zone (server_id, zone_id)"
		       " VALUES ($1, $2) ON CONFLICT DO NOTHING",
		       DB(db_int(server_id), db_int(zone_id)));
}

int zone_clear_server(struct db *db, int64_t server_id)
{
	return row_run(db, "DELETE FROM server_zone WHERE server_id = $1",
		       DB(db_int(server_id)));
}

void zone_ask_members(struct db *db, struct db_rows *rows)
{
	db_ask(db, rows,
	       "SELECT m.zone_id, m.server_id FROM server_zone m"
	       " JOIN server s ON s.id = m.server_id"
	       " WHERE s.deleted_ms IS NULL ORDER BY 1, 2",
	       DB_NONE);
}

bool zone_member_next(struct db_rows *rows, int64_t *zone_id,
		      int64_t *server_id)
{
	if (!db_next(rows))
		return false;
	*zone_id = db_col_int(rows, 0);
	*server_id = db_col_int(rows, 1);
	return true;
}

void zone_ask_counts_now(struct db *db, struct db_rows *rows, int64_t zone_id,
			 int64_t now_ms)
{
	db_ask(db, rows, COUNTS_NOW("AND m.zone_id = $2"),
	       DB(db_int(now_ms), db_int(zone_id)));
}

void zone_ask_counts(struct db *db, struct db_rows *rows, int64_t zone_id,
		     int64_t since_ms)
{
	db_ask(db, rows,
	       "SELECT zone_id, family, day_ms, registered, active, kbit"
	       " FROM zone_count WHERE zone_id = $1 AND day_ms >= $2"
	       " ORDER BY day_ms, family",
	       DB(db_int(zone_id), db_int(since_ms)));
}

bool zone_count_next(struct db_rows *rows, struct zone_count *out)
{
	struct zone_count c = {0};

	if (!db_next(rows))
		return false;
	c.zone_id = db_col_int(rows, 0);
	c.family = (int)db_col_int(rows, 1);
	c.day_ms = db_col_int(rows, 2);
	c.registered = db_col_int(rows, 3);
	c.active = db_col_int(rows, 4);
	c.kbit = db_col_int(rows, 5);
	*out = c;
	return true;
}

int zone_count_all(struct db *db, int64_t now_ms)
{
	return row_run(db,
		       "INSERT INTO zone_count (zone_id, family, day_ms,"
		       " registered, active, kbit) " COUNTS_NOW(
			       "") " ON CONFLICT (zone_id, family, day_ms)"
				   " DO UPDATE SET registered ="
				   " excluded.registered,"
				   " active = excluded.active,"
				   " kbit = excluded.kbit",
		       DB(db_int(now_ms)));
}
