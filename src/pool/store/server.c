/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/server.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "pool/store/row.h"

/* clang-format off */
#define SELECT \
	"SELECT s.id, s.account_id, s.address, s.family, s.port, s.hostname," \
	" s.country, s.comment, s.kbit, s.added_ms, s.verified_ms," \
	" s.verified_by, s.score, s.score_ms, s.stratum, s.strict_score," \
	" s.out_since_ms, s.paused_until_ms, s.delete_on_ms, s.deleted_ms," \
	" s.alert_below FROM server s "
/* clang-format on */

bool server_next(struct db_rows *rows, struct server *out)
{
	struct server s = {0};

	if (!db_next(rows))
		return false;
	s.id = db_col_int(rows, 0);
	s.account_id = db_col_int(rows, 1);
	db_copy_text(rows, 2, s.address, sizeof s.address);
	s.family = (int)db_col_int(rows, 3);
	s.port = (uint16_t)db_col_int(rows, 4);
	db_copy_text(rows, 5, s.hostname, sizeof s.hostname);
	db_copy_text(rows, 6, s.country, sizeof s.country);
	db_copy_text(rows, 7, s.comment, sizeof s.comment);
	s.kbit = db_col_int(rows, 8);
	s.added_ms = db_col_int(rows, 9);
	s.verified_ms = db_col_int(rows, 10);
	db_copy_text(rows, 11, s.verified_by, sizeof s.verified_by);
	s.score = db_col_real(rows, 12);
	s.score_ms = db_col_int(rows, 13);
	s.stratum = db_is_null(rows, 14) ? -1 : (int)db_col_int(rows, 14);
	s.strict_score = db_col_real(rows, 15);
	s.out_since_ms = db_col_int(rows, 16);
	s.paused_until_ms = db_col_int(rows, 17);
	s.delete_on_ms = db_col_int(rows, 18);
	s.deleted_ms = db_col_int(rows, 19);
	s.alert_below = db_col_real(rows, 20);
	*out = s;
	return true;
}

/* The only row, or none. */
static int one(struct db_rows *rows, struct server *out)
{
	bool found = server_next(rows, out);

	return row_found(rows, found);
}

int server_by_id(struct db *db, int64_t id, struct server *out)
{
	struct db_rows rows;

	db_ask(db, &rows, SELECT "WHERE s.id = $1", DB(db_int(id)));
	return one(&rows, out);
}

int server_by_address(struct db *db, const char *address, uint16_t port,
		      struct server *out)
{
	struct db_rows rows;

	db_ask(db, &rows,
	       SELECT "WHERE s.address = $1 AND s.port = $2"
		      " ORDER BY CASE WHEN s.deleted_ms IS NULL THEN 0 ELSE 1"
		      " END, s.deleted_ms DESC LIMIT 1",
	       DB(db_text(address), db_int(port)));
	return one(&rows, out);
}

int server_by_host(struct db *db, const char *address, struct server *out)
{
	struct db_rows rows;

	db_ask(db, &rows,
	       SELECT "WHERE s.address = $1"
		      " ORDER BY CASE WHEN s.deleted_ms IS NULL THEN 0 ELSE 1"
		      " END, CASE s.port WHEN 123 THEN 0 ELSE s.port END,"
		      " s.deleted_ms DESC LIMIT 1",
	       DB(db_text(address)));
	return one(&rows, out);
}

void server_ask_all(struct db *db, struct db_rows *rows)
{
	db_ask(db, rows, SELECT "WHERE s.deleted_ms IS NULL ORDER BY s.id",
	       DB_NONE);
}

void server_ask_account(struct db *db, struct db_rows *rows, int64_t account_id)
{
	db_ask(db, rows,
	       SELECT "WHERE s.account_id = $1 AND s.deleted_ms IS NULL"
		      " ORDER BY s.hostname, s.id",
	       DB(db_int(account_id)));
}

void server_ask_zone(struct db *db, struct db_rows *rows, int64_t zone_id)
{
	db_ask(db, rows,
	       SELECT "JOIN server_zone z ON z.server_id = s.id"
		      " WHERE z.zone_id = $1 AND s.deleted_ms IS NULL"
		      " ORDER BY s.id",
	       DB(db_int(zone_id)));
}

void server_ask_search(struct db *db, struct db_rows *rows, const char *text,
		       unsigned limit)
{
	char pattern[2 * HOSTNAME_LEN + 3];

	row_like_pattern(text, pattern, sizeof pattern);
	db_ask(db, rows,
	       SELECT "WHERE s.deleted_ms IS NULL AND"
		      " (s.address LIKE $1 ESCAPE '!' OR"
		      " lower(s.hostname) LIKE $1 ESCAPE '!')"
		      " ORDER BY s.score DESC, s.id LIMIT $2",
	       DB(db_text(pattern), db_int(limit)));
}

void server_ask_public(struct db *db, struct db_rows *rows, unsigned limit)
{
	db_ask(db, rows,
	       SELECT "JOIN account a ON a.id = s.account_id"
		      " WHERE s.deleted_ms IS NULL AND a.public = 1"
		      " ORDER BY s.score DESC, s.id LIMIT $1",
	       DB(db_int(limit)));
}

void server_ask_comments(struct db *db, struct db_rows *rows, unsigned limit)
{
	db_ask(db, rows,
	       SELECT "WHERE s.comment <> '' AND s.deleted_ms IS NULL"
		      " ORDER BY s.id LIMIT $1",
	       DB(db_int(limit)));
}

void server_ask_leaving(struct db *db, struct db_rows *rows, int64_t now_ms)
{
	db_ask(db, rows,
	       SELECT "WHERE s.delete_on_ms <= $1 AND s.deleted_ms IS NULL"
		      " ORDER BY s.id",
	       DB(db_int(now_ms)));
}

int server_insert(struct db *db, const struct server *s, int64_t *id)
{
	return row_insert(
		db, id,
		"INSERT INTO server (account_id, address, family, port,"
		" hostname, country, comment, kbit, added_ms)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
		DB(db_int(s->account_id), db_text(s->address),
		   db_int(s->family), db_int(s->port), db_text(s->hostname),
		   db_text(s->country), db_text(s->comment), db_int(s->kbit),
		   db_int(s->added_ms)));
}

int server_set_kbit(struct db *db, int64_t id, int64_t kbit)
{
	return row_change(db, "UPDATE server SET kbit = $2 WHERE id = $1",
			  DB(db_int(id), db_int(kbit)));
}

int server_set_paused(struct db *db, int64_t id, int64_t until_ms)
{
	return row_change(
		db, "UPDATE server SET paused_until_ms = $2 WHERE id = $1",
		DB(db_int(id), row_time(until_ms)));
}

int server_set_delete_on(struct db *db, int64_t id, int64_t at_ms)
{
	return row_change(db,
			  "UPDATE server SET delete_on_ms = $2 WHERE id = $1",
			  DB(db_int(id), row_time(at_ms)));
}

int server_set_deleted(struct db *db, int64_t id, int64_t at_ms)
{
	return row_change(db, "UPDATE server SET deleted_ms = $2 WHERE id = $1",
			  DB(db_int(id), row_time(at_ms)));
}

int server_set_account(struct db *db, int64_t id, int64_t account_id)
{
	return row_change(db, "UPDATE server SET account_id = $2 WHERE id = $1",
			  DB(db_int(id), db_int(account_id)));
}

int server_set_country(struct db *db, int64_t id, const char *country)
{
	return row_change(db, "UPDATE server SET country = $2 WHERE id = $1",
			  DB(db_int(id), db_text(country)));
}

int server_set_hostname(struct db *db, int64_t id, const char *hostname)
{
	return row_change(db, "UPDATE server SET hostname = $2 WHERE id = $1",
			  DB(db_int(id), db_text(hostname)));
}

int server_set_comment(struct db *db, int64_t id, const char *comment)
{
	return row_change(db, "UPDATE server SET comment = $2 WHERE id = $1",
			  DB(db_int(id), db_text(comment)));
}

int server_set_alert_below(struct db *db, int64_t id, double score)
{
	return row_change(db,
			  "UPDATE server SET alert_below = $2 WHERE id = $1",
			  DB(db_int(id), db_real(score)));
}

int server_set_verified(struct db *db, int64_t id, const char *method,
			int64_t at_ms)
{
	return row_change(db,
			  "UPDATE server SET verified_by = $2,"
			  " verified_ms = $3 WHERE id = $1",
			  DB(db_int(id), db_text(method), row_time(at_ms)));
}

int server_count_unverified(struct db *db, int64_t account_id, int64_t *out)
{
	int r = db_one_int(db, out,
			   "SELECT count(*) FROM server WHERE account_id = $1"
			   " AND deleted_ms IS NULL AND verified_ms IS NULL",
			   DB(db_int(account_id)));

	return r < 0 ? r : 0;
}
