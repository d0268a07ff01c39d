/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/setting.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "pool/store/row.h"

int setting_get(struct db *db, const char *name, char *value, size_t cap)
{
	struct db_rows rows;
	bool found;

	value[0] = '\0';
	db_ask(db, &rows, "SELECT value FROM setting WHERE name = $1",
	       DB(db_text(name)));
	found = db_next(&rows);
	if (found)
		db_copy_text(&rows, 0, value, cap);
	return row_found(&rows, found);
}

int setting_set(struct db *db, const char *name, const char *value)
{
	return row_run(db,
		       "INSERT INTO setting (name, value) VALUES ($1, $2)"
		       " ON CONFLICT (name) DO UPDATE SET value ="
		       " excluded.value",
		       DB(db_text(name), db_text(value)));
}

int setting_get_int(struct db *db, const char *name, int64_t *value)
{
	char text[24];
	int r = setting_get(db, name, text, sizeof text);

	if (r >= 0)
		*value = strtoll(text, NULL, 10);
	return r < 0 ? r : 0;
}

int setting_set_int(struct db *db, const char *name, int64_t value)
{
	char text[24];

	snprintf(text, sizeof text, "%" PRId64, value);
	return setting_set(db, name, text);
}
