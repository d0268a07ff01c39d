/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/alert.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/json.h"
#include "pool/book/change.h"
#include "pool/book/deletion.h"
#include "pool/book/notify.h"
#include "pool/book/webhook.h"

static double threshold(const struct server *s)
{
	return isnan(s->alert_below) ? ALERT_BELOW : s->alert_below;
}

static bool told_before(const struct alert *a, int64_t now_ms, int days)
{
	return a->last_ms <= now_ms - days * DAY_MS;
}

enum alert_word alert_judge(const struct alert *a, int64_t now_ms)
{
	const struct server *s = &a->server;
	bool climbs = a->first_ms && s->score > a->last_score + ALERT_CLIMB;

	if (s->delete_on_ms || !s->score_ms)
		return ALERT_NOTHING;
	if (a->first_ms && s->score > ALERT_RECOVERED_ABOVE &&
	    s->score >= threshold(s) + ALERT_RECOVERED_BY)
		return ALERT_RECOVERED;
	if (climbs)
		return ALERT_NOTHING;
	if (a->first_ms && s->score < 0 &&
	    a->first_ms < now_ms - ALERT_REMOVAL_FIRST_DAYS * DAY_MS &&
	    a->last_ms < now_ms - ALERT_REMOVAL_LAST_DAYS * DAY_MS)
		return ALERT_REMOVAL;
	/* A dip of some minutes is not worth a mail, whatever the threshold. */
	if (!a->first_ms && s->score > ALERT_BELOW &&
	    now_ms - s->out_since_ms < ALERT_DIP_MS)
		return ALERT_NOTHING;
	if (s->score <= threshold(s) &&
	    (!a->first_ms || told_before(a, now_ms, ALERT_AGAIN_DAYS)))
		return ALERT_BAD;
	return ALERT_NOTHING;
}

/* --- what is said -------------------------------------------------------------- */

/* The servers of one account with what is to be said of each. */
struct news {
	int64_t account_id;
	struct alert *alert;
	enum alert_word *word;
	size_t n;
};

static size_t count(const struct news *news, enum alert_word word)
{
	size_t n = 0;

	for (size_t i = 0; i < news->n; i++)
		n += news->word[i] == word;
	return n;
}

static void list_servers(struct buf *out, const struct news *news,
			 enum alert_word word, const struct pool_settings *set,
			 const char *heading)
{
	if (count(news, word) == 0)
		return;
	buf_printf(out, "\n%s\n\n", heading);
	for (size_t i = 0; i < news->n; i++) {
		const struct server *s = &news->alert[i].server;

		if (news->word[i] != word)
			continue;
		buf_printf(out, "  %s%s%s%s  score %.1f\n", s->address,
			   *s->hostname ? " (" : "", s->hostname,
			   *s->hostname ? ")" : "", s->score);
		buf_printf(out, "  %s/scores/%s\n", set->web_url, s->address);
	}
}

static void write_body(struct buf *out, const struct news *news,
		       const struct pool_settings *set)
{
	list_servers(out, news, ALERT_BAD, set,
		     "The monitors cannot get good time from these servers, "
		     "so they are not\nhanded out:");
	list_servers(out, news, ALERT_REMOVAL, set,
		     "These servers have been bad for more than 45 days. They "
		     "will be deleted in\n2 days, unless you undo it on their "
		     "page:");
	list_servers(out, news, ALERT_RECOVERED, set,
		     "These servers are well again:");
	if (count(news, ALERT_BAD) + count(news, ALERT_REMOVAL) == 0)
		return;
	buf_printf(out,
		   "\nThe page behind each address says what the monitors "
		   "saw. Most often one of\nthese is the cause: a firewall, "
		   "yours or the provider's, drops UDP port 123;\nthe daemon "
		   "is not running or has lost its own servers (ntpq -p); the "
		   "address\nhas changed.\n\n"
		   "If a server cannot serve any more, delete it on its page: "
		   "clients keep an\naddress for weeks.\n");
}

static const char *subject(const struct news *news)
{
	if (count(news, ALERT_REMOVAL) > 0)
		return "NTP servers will be removed from the pool";
	if (count(news, ALERT_BAD) > 0)
		return "NTP servers with a bad score";
	return "NTP servers are well again";
}

static int send_mail(struct db *db, const struct news *news,
		     const struct pool_settings *set, int64_t now_ms)
{
	struct buf body = {0};
	int r;

	write_body(&body, news, set);
	r = notify_account(db, set, news->account_id, subject(news),
			   buf_text(&body), now_ms);
	buf_done(&body);
	return r;
}

static int send_hooks(struct db *db, const struct alert *a,
		      enum alert_word word, const struct pool_settings *set,
		      int64_t now_ms)
{
	static const char *const event[] = {
		[ALERT_BAD] = "score.bad",
		[ALERT_REMOVAL] = "score.removal",
		[ALERT_RECOVERED] = "score.good",
	};
	struct buf body = {0};
	struct json j =
		webhook_begin(&body, set, &a->server, event[word], now_ms);
	int r;

	json_real(&j, "score", a->server.score);
	json_real(&j, "threshold", threshold(&a->server));
	json_end_object(&j);
	r = webhook_send(db, a->server.account_id, buf_text(&body), now_ms);
	buf_done(&body);
	return r;
}

/* --- the job ---------------------------------------------------------------------- */

/* The server goes in two days; the mail says it already. */
static int schedule_removal(struct db *db, int64_t server_id, int64_t now_ms)
{
	int64_t day = now_ms - now_ms % DAY_MS + ALERT_REMOVAL_IN_DAYS * DAY_MS;

	switch (book_deletion_bad_score(db, server_id, day, now_ms)) {
	case BOOK_OK:
		return 0;
	case BOOK_STORE:
		return -EIO;
	default:
		return -ENOENT;
	}
}

static int note_one(struct db *db, const struct alert *a, enum alert_word word,
		    const struct pool_settings *set, int64_t now_ms)
{
	int r = send_hooks(db, a, word, set, now_ms);

	if (r >= 0 && word == ALERT_REMOVAL)
		r = schedule_removal(db, a->server.id, now_ms);
	if (r >= 0 && word == ALERT_RECOVERED)
		return alert_remove(db, a->server.id);
	if (r >= 0)
		r = alert_put(db, a->server.id, a->server.score, now_ms);
	return r;
}

/*
 * One account, in one transaction: what was queued was also written down.
 * When something has to be said, the mail lists all bad servers of the
 * account, those included that were in an earlier one.
 */
static int tell_account(struct db *db, struct news *news,
			const struct pool_settings *set, int64_t now_ms)
{
	int told = 0, r = db_begin(db);

	for (size_t i = 0; i < news->n && r >= 0; i++) {
		if (news->word[i] == ALERT_NOTHING)
			continue;
		r = note_one(db, &news->alert[i], news->word[i], set, now_ms);
		told++;
	}
	if (r >= 0 && told > 0) {
		for (size_t i = 0; i < news->n; i++)
			if (news->word[i] == ALERT_NOTHING &&
			    news->alert[i].server.score <=
				    threshold(&news->alert[i].server))
				news->word[i] = ALERT_BAD;
		r = send_mail(db, news, set, now_ms);
	}
	if (r < 0) {
		db_rollback(db);
		return r;
	}
	r = db_commit(db);
	return r < 0 ? r : told;
}

struct alerts {
	struct alert *list;
	size_t n, cap;
};

static int load(struct db *db, struct alerts *all)
{
	struct db_rows rows;
	struct alert a;

	alert_ask_current(db, &rows);
	while (alert_next(&rows, &a)) {
		all->list = array_grow(all->list, all->n, &all->cap,
				       sizeof *all->list);
		all->list[all->n++] = a;
	}
	return db_end(&rows);
}

int book_alert_run(struct db *db, const struct pool_settings *set,
		   int64_t now_ms)
{
	struct alerts all = {0};
	enum alert_word *word;
	int told = 0, r = load(db, &all);

	word = xcalloc(all.n + 1, sizeof *word);
	for (size_t i = 0; i < all.n; i++)
		word[i] = alert_judge(&all.list[i], now_ms);
	for (size_t i = 0, end; i < all.n && r >= 0; i = end) {
		int64_t account = all.list[i].server.account_id;

		for (end = i;
		     end < all.n && all.list[end].server.account_id == account;
		     end++)
			;
		r = tell_account(db,
				 &(struct news){account, &all.list[i], &word[i],
						end - i},
				 set, now_ms);
		told += r > 0 ? r : 0;
	}
	free(word);
	free(all.list);
	return r < 0 ? r : told;
}
