/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/deletion.h"

#include <errno.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "pool/book/change.h"

void book_deletion_dates(int64_t now_ms, int64_t out[DELETION_DATES])
{
	int64_t day = now_ms - now_ms % DAY_MS + 3 * DAY_MS;

	for (int i = 0; i < DELETION_DATES; i++) {
		out[i] = day;
		day += i < 4 ? DAY_MS : 3 * DAY_MS;
	}
}

static bool is_offered(int64_t at_ms, int64_t now_ms)
{
	int64_t dates[DELETION_DATES];

	book_deletion_dates(now_ms, dates);
	for (int i = 0; i < DELETION_DATES; i++)
		if (dates[i] == at_ms)
			return true;
	return false;
}

static enum book_verdict set_date(struct db *db, const struct actor *who,
				  int64_t server_id, int64_t at_ms,
				  int64_t now_ms, const char *action)
{
	struct change c;
	enum book_verdict v = change_begin(&c, db, who, server_id, now_ms);

	if (v != BOOK_OK)
		return v;
	json_int(&c.detail, "was", c.server.delete_on_ms);
	json_int(&c.detail, "is", at_ms);
	return change_end_zones(&c, server_set_delete_on(db, server_id, at_ms),
				action);
}

enum book_verdict book_deletion_schedule(struct db *db, const struct actor *who,
					 int64_t server_id, int64_t at_ms,
					 int64_t now_ms)
{
	if (at_ms <= now_ms || (!who->staff && !is_offered(at_ms, now_ms)))
		return BOOK_BAD_DATE;
	return set_date(db, who, server_id, at_ms, now_ms, "server.delete");
}

enum book_verdict book_deletion_undo(struct db *db, const struct actor *who,
				     int64_t server_id, int64_t now_ms)
{
	return set_date(db, who, server_id, 0, now_ms, "server.delete.undo");
}

int book_deletion_run(struct db *db, int64_t now_ms)
{
	const struct actor job = {
		.staff = true, .source = "poold", .address = ""};
	int64_t *id = NULL;
	size_t n = 0, cap = 0;
	struct server s;
	struct db_rows rows;
	int r, done = 0;

	server_ask_leaving(db, &rows, now_ms);
	while (server_next(&rows, &s)) {
		id = array_grow(id, n, &cap, sizeof *id);
		id[n++] = s.id;
	}
	r = db_end(&rows);
	for (size_t i = 0; i < n && r >= 0; i++) {
		struct change c;
		enum book_verdict v;

		v = change_begin(&c, db, &job, id[i], now_ms);
		if (v == BOOK_OK)
			v = change_end_zones(
				&c, server_set_deleted(db, id[i], now_ms),
				"server.deleted");
		if (v == BOOK_STORE)
			r = -EIO;
		else if (v == BOOK_OK)
			done++;
	}
	free(id);
	return r < 0 ? r : done;
}
