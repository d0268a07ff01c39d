/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/deletion.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "base/alloc.h"
#include "pool/book/change.h"
#include "pool/book/notify.h"
#include "pool/book/webhook.h"

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

/* --- what is said ----------------------------------------------------------- */

/* clang-format off */
static const struct {
	const char *event, *subject, *text;
} news[] = {
	{"server.leaving", "A server leaves the pool",
	 "will be deleted from the pool on"},
	{"server.staying", "A server stays in the pool",
	 "stays in the pool: its deletion was undone on"},
	{"server.deleted", "A server left the pool",
	 "was deleted from the pool, as planned, on"},
};
/* clang-format on */
enum { LEAVING, STAYING, DELETED };

static const char *say_day(int64_t at_ms, char text[16])
{
	time_t t = (time_t)(at_ms / 1000);
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(text, 16, "%Y-%m-%d", &tm);
	return text;
}

static int tell_mail(struct change *c, const struct pool_settings *set,
		     int what, int64_t day_ms)
{
	const struct server *s = &c->server;
	struct buf body = {0};
	char day[16];
	int r;

	buf_printf(&body, "\n%s%s%s%s %s %s.\n", s->address,
		   *s->hostname ? " (" : "", s->hostname,
		   *s->hostname ? ")" : "", news[what].text,
		   say_day(day_ms, day));
	if (what == LEAVING)
		buf_printf(&body,
			   "\nIt is handed out no more from 14 days before "
			   "that day on, and monitored until\nthen; until then "
			   "it can be undone:\n\n  %s/manage/server/%lld\n",
			   set->web_url, (long long)s->id);
	if (what != STAYING)
		buf_printf(&body, "\nClients keep an address for weeks: let it "
				  "answer as long as you can.\n");
	r = notify_account(c->db, set, s->account_id, news[what].subject,
			   buf_text(&body), c->now_ms);
	buf_done(&body);
	return r;
}

static int tell_hooks(struct change *c, const struct pool_settings *set,
		      int what, int64_t day_ms)
{
	struct buf body = {0};
	struct json j = webhook_begin(&body, set, &c->server, news[what].event,
				      c->now_ms);
	char day[16];
	int r;

	json_text(&j, "date", say_day(day_ms, day));
	json_end_object(&j);
	r = webhook_send(c->db, c->server.account_id, buf_text(&body),
			 c->now_ms);
	buf_done(&body);
	return r;
}

static int tell(struct change *c, const struct pool_settings *set, int what,
		int64_t day_ms)
{
	int r = tell_mail(c, set, what, day_ms);

	return r < 0 ? r : tell_hooks(c, set, what, day_ms);
}

/* --- what is done ------------------------------------------------------------ */

static int set_date(struct change *c, int64_t at_ms)
{
	json_int(&c->detail, "was", c->server.delete_on_ms);
	json_int(&c->detail, "is", at_ms);
	return server_set_delete_on(c->db, c->server.id, at_ms);
}

enum book_verdict book_deletion_schedule(struct db *db,
					 const struct pool_settings *set,
					 const struct actor *who,
					 int64_t server_id, int64_t at_ms,
					 int64_t now_ms)
{
	struct change c;
	enum book_verdict v;
	int r;

	if (at_ms <= now_ms)
		return BOOK_PAST_DATE;
	if (!who->staff && !is_offered(at_ms, now_ms))
		return BOOK_BAD_DATE;
	v = change_begin(&c, db, who, server_id, now_ms);
	if (v != BOOK_OK)
		return v;
	r = set_date(&c, at_ms);
	if (r >= 0)
		r = tell(&c, set, LEAVING, at_ms);
	return change_end_zones(&c, r, "server.delete");
}

enum book_verdict book_deletion_undo(struct db *db,
				     const struct pool_settings *set,
				     const struct actor *who, int64_t server_id,
				     int64_t now_ms)
{
	struct change c;
	enum book_verdict v = change_begin(&c, db, who, server_id, now_ms);
	bool leaves = v == BOOK_OK && c.server.delete_on_ms;
	int r;

	if (v != BOOK_OK)
		return v;
	r = set_date(&c, 0);
	if (r >= 0 && leaves)
		r = tell(&c, set, STAYING, now_ms);
	return change_end_zones(&c, r, "server.delete.undo");
}

static const struct actor job = {
	.staff = true, .source = "poold", .address = ""};

enum book_verdict book_deletion_bad_score(struct db *db, int64_t server_id,
					  int64_t at_ms, int64_t now_ms)
{
	struct change c;
	enum book_verdict v = change_begin(&c, db, &job, server_id, now_ms);

	if (v != BOOK_OK)
		return v;
	return change_end_zones(&c, set_date(&c, at_ms), "server.delete");
}

static enum book_verdict delete (struct db *db, const struct pool_settings *set,
				 int64_t id, int64_t now_ms) {
	struct change c;
	enum book_verdict v = change_begin(&c, db, &job, id, now_ms);
	int r;

	if (v != BOOK_OK) return v;
	r = server_set_deleted(db, id, now_ms);
	if (r >= 0) r = tell(&c, set, DELETED, now_ms);
	return change_end_zones(&c, r, "server.deleted");
}

int book_deletion_run(struct db *db, const struct pool_settings *set,
		      int64_t now_ms)
{
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
		enum book_verdict v = delete (db, set, id[i], now_ms);

		if (v == BOOK_STORE)
			r = -EIO;
		else if (v == BOOK_OK)
			done++;
	}
	free(id);
	return r < 0 ? r : done;
}
