/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/throttle.h"

#include "pool/store/row.h"

int throttle_try(struct db *db, const char *name, unsigned limit,
		 int64_t window_ms, int64_t now_ms)
{
	int64_t tries = 0;
	int r = db_one_int(
		db, &tries,
		"INSERT INTO throttle (name, tries, until_ms) "
		"VALUES ($1, 1, $2) ON CONFLICT (name) DO UPDATE SET "
		"tries = CASE WHEN throttle.until_ms <= $3 THEN 1"
		" ELSE throttle.tries + 1 END, "
		"until_ms = CASE WHEN throttle.until_ms <= $3"
		" THEN excluded.until_ms ELSE throttle.until_ms END "
		"RETURNING tries",
		DB(db_text(name), db_int(now_ms + window_ms), db_int(now_ms)));

	return r < 0 ? r : tries <= limit;
}

int throttle_forget(struct db *db, const char *name)
{
	return row_run(db, "DELETE FROM throttle WHERE name = $1",
		       DB(db_text(name)));
}

int64_t throttle_clean(struct db *db, int64_t now_ms)
{
	return db_run(db, "DELETE FROM throttle WHERE until_ms <= $1",
		      DB(db_int(now_ms)));
}
