/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/candidate.h"

#include <errno.h>

#include "pool/store/row.h"

/* clang-format off */
#define SELECT \
	"SELECT id, coalesce(first_id, id), account_id, person_id, asked," \
	" asked_ms, address, port, hostname, country, state, why, stratum," \
	" offset_s, rtt_s FROM candidate "
/* clang-format on */

static const char *const states[CANDIDATE_STATES] = {
	[CANDIDATE_ASKED] = "asked",
	[CANDIDATE_GOOD] = "good",
	[CANDIDATE_BAD] = "bad",
	[CANDIDATE_ADDED] = "added",
};

const char *candidate_state_name(enum candidate_state state)
{
	return states[state];
}

bool candidate_next(struct db_rows *rows, struct candidate *out)
{
	struct candidate c = {0};
	int state;

	if (!db_next(rows))
		return false;
	c.id = db_col_int(rows, 0);
	c.first_id = db_col_int(rows, 1);
	c.account_id = db_col_int(rows, 2);
	c.person_id = db_col_int(rows, 3);
	db_copy_text(rows, 4, c.asked, sizeof c.asked);
	c.asked_ms = db_col_int(rows, 5);
	db_copy_text(rows, 6, c.address, sizeof c.address);
	c.port = (uint16_t)db_col_int(rows, 7);
	db_copy_text(rows, 8, c.hostname, sizeof c.hostname);
	db_copy_text(rows, 9, c.country, sizeof c.country);
	state = row_word(states, CANDIDATE_STATES, db_col_text(rows, 10));
	c.state = state < 0 ? CANDIDATE_BAD : (enum candidate_state)state;
	db_copy_text(rows, 11, c.why, sizeof c.why);
	c.stratum = db_is_null(rows, 12) ? -1 : (int)db_col_int(rows, 12);
	c.offset_s = db_col_real(rows, 13);
	c.rtt_s = db_col_real(rows, 14);
	*out = c;
	return true;
}

int candidate_by_id(struct db *db, int64_t id, struct candidate *out)
{
	struct db_rows rows;
	bool found;

	db_ask(db, &rows, SELECT "WHERE id = $1", DB(db_int(id)));
	found = candidate_next(&rows, out);
	return row_found(&rows, found);
}

void candidate_ask_group(struct db *db, struct db_rows *rows, int64_t first_id)
{
	db_ask(db, rows, SELECT "WHERE id = $1 OR first_id = $1 ORDER BY id",
	       DB(db_int(first_id)));
}

void candidate_ask_state(struct db *db, struct db_rows *rows,
			 enum candidate_state state, unsigned limit)
{
	db_ask(db, rows,
	       SELECT "WHERE state = $1 ORDER BY asked_ms, id LIMIT $2",
	       DB(db_text(states[state]), db_int(limit)));
}

static struct db_value stratum_value(int stratum)
{
	return stratum < 0 ? db_null() : db_int(stratum);
}

int candidate_insert(struct db *db, const struct candidate *c, int64_t *id)
{
	return row_insert(
		db, id,
		"INSERT INTO candidate (first_id, account_id, person_id, asked,"
		" asked_ms, address, port, hostname, country, state, why,"
		" stratum, offset_s, rtt_s) VALUES ($1, $2, $3, $4, $5, $6, $7,"
		" $8, $9, $10, $11, $12, $13, $14) RETURNING id",
		DB(row_id(c->first_id), db_int(c->account_id),
		   row_id(c->person_id), db_text(c->asked), db_int(c->asked_ms),
		   db_text(c->address), db_int(c->port), db_text(c->hostname),
		   db_text(c->country), db_text(states[c->state]),
		   db_text(c->why), stratum_value(c->stratum),
		   db_real(c->offset_s), db_real(c->rtt_s)));
}

int candidate_update(struct db *db, const struct candidate *c)
{
	return row_change(
		db,
		"UPDATE candidate SET address = $2, port = $3, hostname = $4,"
		" country = $5, state = $6, why = $7, stratum = $8,"
		" offset_s = $9, rtt_s = $10 WHERE id = $1",
		DB(db_int(c->id), db_text(c->address), db_int(c->port),
		   db_text(c->hostname), db_text(c->country),
		   db_text(states[c->state]), db_text(c->why),
		   stratum_value(c->stratum), db_real(c->offset_s),
		   db_real(c->rtt_s)));
}

int candidate_forget(struct db *db, int64_t before_ms)
{
	return row_run(db, "DELETE FROM candidate WHERE asked_ms < $1",
		       DB(db_int(before_ms)));
}
