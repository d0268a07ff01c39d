/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/monitor.h"

#include <errno.h>

#include "pool/store/row.h"

/* clang-format off */
#define SELECT \
	"SELECT id, kind, name, place, account_id, state, families, version," \
	" address, created_ms, seen_ms, submit_ms, code_expires_ms," \
	" public_key, clock_ok, clock_offset_s, clock_ms, clock_why" \
	" FROM monitor "
/* clang-format on */

static const char *const states[MONITOR_STATES] = {
	[MONITOR_PENDING] = "pending", [MONITOR_TESTING] = "testing",
	[MONITOR_ACTIVE] = "active",   [MONITOR_PAUSED] = "paused",
	[MONITOR_DELETED] = "deleted",
};

const char *monitor_state_name(enum monitor_state state)
{
	return states[state];
}

bool monitor_state_find(const char *name, enum monitor_state *out)
{
	int i = row_word(states, MONITOR_STATES, name);

	if (i >= 0)
		*out = (enum monitor_state)i;
	return i >= 0;
}

bool monitor_next(struct db_rows *rows, struct monitor *out)
{
	struct monitor m = {0};
	const void *key;
	size_t key_len;

	if (!db_next(rows))
		return false;
	m.id = db_col_int(rows, 0);
	m.is_scorer = strcmp(db_col_text(rows, 1), "score") == 0;
	db_copy_text(rows, 2, m.name, sizeof m.name);
	db_copy_text(rows, 3, m.place, sizeof m.place);
	m.account_id = db_col_int(rows, 4);
	if (!monitor_state_find(db_col_text(rows, 5), &m.state))
		m.state = MONITOR_PAUSED;
	m.families = (unsigned)db_col_int(rows, 6);
	db_copy_text(rows, 7, m.version, sizeof m.version);
	db_copy_text(rows, 8, m.address, sizeof m.address);
	m.created_ms = db_col_int(rows, 9);
	m.seen_ms = db_col_int(rows, 10);
	m.submit_ms = db_col_int(rows, 11);
	m.code_expires_ms = db_col_int(rows, 12);
	key = db_col_blob(rows, 13, &key_len);
	m.has_key = key && key_len == sizeof m.public_key;
	if (m.has_key)
		memcpy(m.public_key, key, key_len);
	m.clock_ok = db_is_null(rows, 14) ? -1 : db_col_int(rows, 14) != 0;
	m.clock_offset_s = db_col_real(rows, 15);
	m.clock_ms = db_col_int(rows, 16);
	db_copy_text(rows, 17, m.clock_why, sizeof m.clock_why);
	*out = m;
	return true;
}

static int one(struct db_rows *rows, struct monitor *out)
{
	bool found = monitor_next(rows, out);

	return row_found(rows, found);
}

int monitor_by_id(struct db *db, int64_t id, struct monitor *out)
{
	struct db_rows rows;

	db_ask(db, &rows, SELECT "WHERE id = $1", DB(db_int(id)));
	return one(&rows, out);
}

int monitor_by_name(struct db *db, const char *name, struct monitor *out)
{
	struct db_rows rows;

	db_ask(db, &rows, SELECT "WHERE name = $1", DB(db_text(name)));
	return one(&rows, out);
}

int monitor_by_code(struct db *db, const uint8_t hash[MONITOR_CODE_HASH_LEN],
		    int64_t now_ms, struct monitor *out)
{
	struct db_rows rows;

	db_ask(db, &rows,
	       SELECT "WHERE code_hash = $1 AND code_expires_ms > $2"
		      " AND state <> 'deleted'",
	       DB(db_blob(hash, MONITOR_CODE_HASH_LEN), db_int(now_ms)));
	return one(&rows, out);
}

void monitor_ask_all(struct db *db, struct db_rows *rows)
{
	db_ask(db, rows,
	       SELECT "WHERE kind = 'monitor' AND state <> 'deleted'"
		      " ORDER BY name",
	       DB_NONE);
}

void monitor_ask_account(struct db *db, struct db_rows *rows,
			 int64_t account_id)
{
	db_ask(db, rows,
	       SELECT "WHERE kind = 'monitor' AND state <> 'deleted'"
		      " AND account_id = $1 ORDER BY name",
	       DB(db_int(account_id)));
}

int monitor_insert(struct db *db, const struct monitor *m, int64_t *id)
{
	return row_insert(
		db, id,
		"INSERT INTO monitor (kind, name, place, account_id, state,"
		" families, created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)"
		" RETURNING id",
		DB(db_text(m->is_scorer ? "score" : "monitor"),
		   db_text(m->name), db_text(m->place), row_id(m->account_id),
		   db_text(states[m->state]), db_int(m->families),
		   db_int(m->created_ms)));
}

int monitor_set_code(struct db *db, int64_t id,
		     const uint8_t hash[MONITOR_CODE_HASH_LEN],
		     int64_t expires_ms)
{
	return row_change(db,
			  "UPDATE monitor SET code_hash = $2,"
			  " code_expires_ms = $3 WHERE id = $1",
			  DB(db_int(id), db_blob(hash, MONITOR_CODE_HASH_LEN),
			     db_int(expires_ms)));
}

int monitor_set_key(struct db *db, int64_t id,
		    const uint8_t key[MONITOR_KEY_LEN],
		    enum monitor_state state)
{
	return row_change(db,
			  "UPDATE monitor SET public_key = $2, state = $3,"
			  " code_hash = NULL, code_expires_ms = NULL"
			  " WHERE id = $1",
			  DB(db_int(id), db_blob(key, MONITOR_KEY_LEN),
			     db_text(states[state])));
}

int monitor_set_state(struct db *db, int64_t id, enum monitor_state state)
{
	return row_change(db, "UPDATE monitor SET state = $2 WHERE id = $1",
			  DB(db_int(id), db_text(states[state])));
}

int monitor_set_seen(struct db *db, int64_t id, int64_t at_ms,
		     const char *address, const char *version,
		     unsigned families)
{
	return row_change(db,
			  "UPDATE monitor SET seen_ms = $2, address = $3,"
			  " version = $4, families = $5 WHERE id = $1",
			  DB(db_int(id), db_int(at_ms), db_text(address),
			     db_text(version), db_int(families)));
}

int monitor_set_submit(struct db *db, int64_t id, int64_t at_ms)
{
	return row_change(db, "UPDATE monitor SET submit_ms = $2 WHERE id = $1",
			  DB(db_int(id), db_int(at_ms)));
}

int monitor_set_clock(struct db *db, int64_t id, bool ok, double offset_s,
		      const char *why, int64_t at_ms)
{
	return row_change(db,
			  "UPDATE monitor SET clock_ok = $2,"
			  " clock_offset_s = $3, clock_why = $4, clock_ms = $5"
			  " WHERE id = $1",
			  DB(db_int(id), db_int(ok), db_real(offset_s),
			     db_text(why), db_int(at_ms)));
}

int monitor_scorer(struct db *db, int64_t now_ms, int64_t *id)
{
	static const char find[] =
		"SELECT id FROM monitor WHERE kind = 'score' AND name = $1";
	int r = db_one_int(db, id, find, DB(db_text(MONITOR_SCORER)));

	if (r != 0)
		return r < 0 ? r : 0;
	r = row_run(db,
		    "INSERT INTO monitor (kind, name, state, created_ms)"
		    " VALUES ('score', $1, 'active', $2)"
		    " ON CONFLICT (name) DO NOTHING",
		    DB(db_text(MONITOR_SCORER), db_int(now_ms)));
	if (r < 0)
		return r;
	r = db_one_int(db, id, find, DB(db_text(MONITOR_SCORER)));
	/* A monitor that measures has taken the name. */
	return r == 0 ? -EEXIST : r < 0 ? r : 0;
}

void monitor_ask_dissent(struct db *db, struct db_rows *rows, double limit)
{
	db_ask(db, rows,
	       "SELECT p.monitor_id, count(*),"
	       " sum(CASE WHEN (p.score >= $1) = (s.score >= $1) THEN 0"
	       " ELSE 1 END) FROM pair p JOIN server s ON s.id = p.server_id"
	       " WHERE p.state = 'active' AND p.score_ms IS NOT NULL"
	       " AND s.deleted_ms IS NULL"
	       " GROUP BY p.monitor_id ORDER BY p.monitor_id",
	       DB(db_real(limit)));
}

bool monitor_dissent_next(struct db_rows *rows, struct monitor_dissent *out)
{
	if (!db_next(rows))
		return false;
	out->monitor_id = db_col_int(rows, 0);
	out->servers = db_col_int(rows, 1);
	out->apart = db_col_int(rows, 2);
	return true;
}
