/* SPDX-License-Identifier: BSD-2-Clause */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "pool/book/deletion.h"
#include "pool/book/list.h"
#include "pool/book/server.h"
#include "pool/store/account.h"
#include "pool/store/person.h"
#include "pool/store/zone.h"
#include "pool/web/desk.h"
#include "pool/web/field.h"
#include "pool/web/figure.h"
#include "pool/web/page.h"
#include "pool/web/session.h"
#include "pool/web/when.h"

/* One's own servers: all of them as cards, and one with everything that can be done. */

#define HOUR_MS (INT64_C(3600) * 1000)

int64_t desk_number(const char *text)
{
	long v;

	return text && text_to_int(text, 0, LONG_MAX, &v) == 0 ? v : -1;
}

bool desk_server(const struct request *rq, struct response *rs,
		 struct server *s, struct actor *who)
{
	enum book_verdict v;
	int r = server_by_id(rq->db, desk_number(rq->arg[0]), s);

	if (r <= 0) {
		page_error(rq, rs, r < 0 ? 503 : 404);
		return false;
	}
	*who = session_actor(rq, s->account_id);
	v = book_server_get(rq->db, who, s->id, s);
	if (v == BOOK_OK)
		return true;
	/* Whose it is, others need not know. */
	page_error(rq, rs, v == BOOK_STORE ? 503 : 404);
	return false;
}

bool desk_account_named(const struct request *rq, struct response *rs,
			struct account *a, struct actor *who)
{
	int r = account_by_id(rq->db, desk_number(rq->arg[0]), a);

	if (r == 1) {
		*who = session_actor(rq, a->id);
		if (who->account_id || who->staff)
			return true;
	}
	page_error(rq, rs, r < 0 ? 503 : 404);
	return false;
}

int64_t desk_account(const struct request *rq, struct response *rs)
{
	int64_t asked = desk_number(request_form(rq, "account"));
	struct db_rows rows;
	struct account a;
	int64_t found = 0;

	account_ask_person(rq->db, &rows, rq->person->id);
	while (account_next(&rows, &a))
		if (a.id == asked || (asked < 0 && !found))
			found = a.id;
	if (db_end(&rows) < 0) {
		page_error(rq, rs, 503);
		return 0;
	}
	if (!found)
		page_error(rq, rs, 403);
	return found;
}

void desk_account_field(const struct request *rq, struct response *rs,
			int64_t chosen)
{
	struct db_rows rows;
	struct account a;
	char id[24];

	field_select(rs, "account", "Account");
	account_ask_person(rq->db, &rows, rq->person->id);
	while (account_next(&rows, &a)) {
		snprintf(id, sizeof id, "%lld", (long long)a.id);
		field_option(rs, id, a.id == chosen, "%s", a.name);
	}
	field_select_end(rs);
	if (db_end(&rows) < 0)
		page_error(rq, rs, 503);
}

/* --- all ------------------------------------------------------------------- */

static void card(const struct request *rq, struct html *h,
		 const struct server *s)
{
	enum server_state state = server_state(s, rq->now_ms);
	char figure[FIGURE_LEN], when[WHEN_LEN];

	html_put(h,
		 "<li class=\"card\"><h3><a href=\"/manage/server/%lld\">"
		 "<span class=\"address\">%s</span></a></h3>\n",
		 (long long)s->id, s->address);
	if (*s->hostname)
		html_put(h, "<p>%s</p>\n", s->hostname);
	html_put(h,
		 "<p class=\"figure\">%s</p>\n"
		 "<p><span class=\"badge %s\">%s</span>",
		 figure_score(s->score, figure),
		 state == SERVER_IN_POOL ? "good" : "quiet",
		 server_state_name(state));
	if (!s->verified_ms)
		html_put(h, " <span class=\"badge fair\">not verified</span>");
	html_put(h, "</p>\n<p class=\"quiet\">%s, last check %s</p></li>\n",
		 figure_netspeed(s->kbit, figure),
		 when_ago(s->score_ms, rq->now_ms, when));
}

static int put_account(const struct request *rq, struct html *h,
		       const struct account *a)
{
	struct db_rows rows;
	struct server s;
	unsigned n = 0;

	html_put(
		h,
		"<h2>%s</h2>\n<p><a href=\"/manage/team/%lld\">Team</a> "
		"&middot; <a href=\"/manage/access/%lld\">Monitors, tokens, "
		"webhooks</a> &middot; <a href=\"/manage/lists/%lld\">"
		"Public lists</a> &middot; <a href=\"/manage/audit/%lld\">What "
		"was changed</a></p>\n<ul class=\"cards\">\n",
		a->name, (long long)a->id, (long long)a->id, (long long)a->id,
		(long long)a->id);
	server_ask_account(rq->db, &rows, a->id);
	for (; server_next(&rows, &s); n++)
		card(rq, h, &s);
	html_put(h, "</ul>\n");
	if (n == 0)
		html_put(h, "<p class=\"quiet\">No servers yet.</p>\n");
	return db_end(&rows);
}

static void put_way_out(const struct request *rq, struct response *rs)
{
	html_put(&rs->body,
		 "<h2>You</h2>\n<p>Logged in as %s. "
		 "<a href=\"/manage/person\">Name and password</a>",
		 rq->person->email);
	if (person_is_staff(rq->person))
		html_put(&rs->body, " &middot; <a href=\"/staff\">Staff</a>");
	html_put(&rs->body, "</p>\n");
	page_form(rq, rs, "/logout");
	field_submit(rs, "second", "Log out");
}

void page_manage(const struct request *rq, struct response *rs)
{
	struct db_rows rows;
	struct account a;
	int r = 0;

	page_begin(rq, rs, "Your servers");
	html_put(&rs->body, "<p><a class=\"button\" href=\"/manage/add\">Add a "
			    "server</a></p>\n");
	account_ask_person(rq->db, &rows, rq->person->id);
	while (account_next(&rows, &a))
		if (put_account(rq, &rs->body, &a) < 0)
			r = -1;
	if (db_end(&rows) < 0 || r < 0) {
		page_error(rq, rs, 503);
		return;
	}
	put_way_out(rq, rs);
	page_end(rq, rs);
}

/* --- one ------------------------------------------------------------------- */

static void option_netspeed(struct response *rs, const struct server *s,
			    int64_t kbit)
{
	char figure[FIGURE_LEN], number[24];

	snprintf(number, sizeof number, "%lld", (long long)kbit);
	field_option(rs, number, kbit == s->kbit, "%s",
		     figure_netspeed(kbit, figure));
}

/* Slower ones, its own, and, once it is verified, faster ones. */
static void form_netspeed(const struct request *rq, struct response *rs,
			  const struct server *s)
{
	unsigned n, i = 0;
	const int64_t *speeds = book_netspeeds(&n);

	html_put(&rs->body, "<h2>Netspeed</h2>\n");
	page_form(rq, rs, "/manage/server/%lld/netspeed", (long long)s->id);
	field_select(rs, "kbit", "How much this server is offered");
	while (i < n && speeds[i] < s->kbit)
		option_netspeed(rs, s, speeds[i++]);
	option_netspeed(rs, s, s->kbit);
	for (; i < n && s->verified_ms; i++)
		if (speeds[i] != s->kbit)
			option_netspeed(rs, s, speeds[i]);
	field_select_end(rs);
	field_input(rs, "number", "other", "or any other, kbit/s", "",
		    "min=\"0\" max=\"100000000\"");
	field_hint(rs,
		   "A weight against the other servers of your zones, not "
		   "a limit. %s",
		   s->verified_ms ? ""
				  : "It can be raised once the server is "
				    "verified.");
	field_submit(rs, "", "Set");
}

static void form_pause(const struct request *rq, struct response *rs,
		       const struct server *s)
{
	char when[WHEN_LEN];

	html_put(&rs->body, "<h2>Pause</h2>\n");
	if (s->paused_until_ms > rq->now_ms)
		html_put(&rs->body, "<p class=\"note\">Paused until %s.</p>\n",
			 when_minute(s->paused_until_ms, when));
	page_form(rq, rs, "/manage/server/%lld/pause", (long long)s->id);
	field_select(rs, "hours", "Monitored, but not handed out, for");
	field_option(rs, "0", false, "not any more: go on at once");
	field_option(rs, "6", true, "6 hours");
	field_option(rs, "24", false, "a day");
	field_option(rs, "168", false, "a week");
	field_option(rs, "720", false, "30 days");
	field_select_end(rs);
	field_submit(rs, "second", "Set");
}

static void form_delete(const struct request *rq, struct response *rs,
			const struct server *s)
{
	int64_t dates[DELETION_DATES];
	char when[WHEN_LEN], number[24];

	html_put(&rs->body, "<h2>Leave the pool</h2>\n");
	if (s->delete_on_ms) {
		html_put(&rs->body,
			 "<p class=\"note\">It leaves on %s. Until then it is "
			 "monitored, and this can be undone.</p>\n",
			 when_day(s->delete_on_ms, when));
		page_form(rq, rs, "/manage/server/%lld/undo", (long long)s->id);
		field_submit(rs, "", "Stay after all");
		return;
	}
	page_form(rq, rs, "/manage/server/%lld/delete", (long long)s->id);
	field_select(rs, "date", "On");
	book_deletion_dates(rq->now_ms, dates);
	for (int i = 0; i < DELETION_DATES; i++) {
		snprintf(number, sizeof number, "%lld", (long long)dates[i]);
		field_option(rs, number, false, "%s", when_day(dates[i], when));
	}
	field_select_end(rs);
	field_hint(rs, "It is handed out no more from 14 days before that day "
		       "on. Clients keep its address for weeks: let it run as "
		       "long as you can.");
	field_submit(rs, "danger", "Take it out of the pool");
}

static void form_rest(const struct request *rq, struct response *rs,
		      const struct server *s)
{
	char number[24] = "";

	html_put(&rs->body, "<h2>Country</h2>\n");
	page_form(rq, rs, "/manage/server/%lld/country", (long long)s->id);
	field_input(rs, "text", "country", "Two letters", s->country,
		    "maxlength=\"2\" size=\"2\"");
	field_submit(rs, "second", "Set");

	html_put(&rs->body, "<h2>Mails</h2>\n");
	if (!isnan(s->alert_below))
		snprintf(number, sizeof number, "%g", s->alert_below);
	page_form(rq, rs, "/manage/server/%lld/alert", (long long)s->id);
	field_input(rs, "number", "below",
		    "Tell the team when the score is below", number,
		    "min=\"-100\" max=\"10\" step=\"any\"");
	field_hint(rs, "Empty: below -15.");
	field_submit(rs, "second", "Set");

	html_put(&rs->body, "<h2>Move</h2>\n");
	page_form(rq, rs, "/manage/server/%lld/move", (long long)s->id);
	desk_account_field(rq, rs, s->account_id);
	field_submit(rs, "second", "Move it to this account");
}

static int put_zones(const struct request *rq, struct html *h,
		     const struct server *s)
{
	struct db_rows rows;
	struct zone_record z;

	html_put(h, "<dt>Zones</dt><dd>");
	zone_ask_server(rq->db, &rows, s->id);
	while (zone_next(&rows, &z))
		html_put(h, "<a href=\"/zone/%s\">%s</a> ", z.name, z.title);
	html_put(h, "</dd>\n");
	return db_end(&rows);
}

/* On the public lists: yes, or how to get there. */
static int put_listed(const struct request *rq, struct html *h,
		      const struct server *s)
{
	struct list_entry e;
	int r = list_by_server(rq->db, s->id, &e);

	html_put(h, "<dt>Public list</dt><dd>");
	if (r == 1)
		html_put(h, "<a href=\"/manage/list/%lld\">%s</a></dd>\n",
			 (long long)e.id, list_state_name(list_state(&e)));
	else
		html_put(h,
			 "not entered; <a href=\"/manage/lists/%lld/new?server="
			 "%lld\">enter it</a></dd>\n",
			 (long long)s->account_id, (long long)s->id);
	return r;
}

void page_manage_server(const struct request *rq, struct response *rs)
{
	struct server s;
	struct actor who;
	struct html *h = &rs->body;
	char figure[FIGURE_LEN], when[WHEN_LEN];

	if (!desk_server(rq, rs, &s, &who))
		return;
	page_begin(rq, rs, "%s", s.address);
	html_put(h,
		 "<dl class=\"facts\"><dt>State</dt><dd>%s</dd>\n"
		 "<dt>Score</dt><dd>%s, <a href=\"/scores/%s\">see why</a></dd>"
		 "\n<dt>Host name</dt><dd>%s</dd>\n"
		 "<dt>Netspeed</dt><dd>%s</dd>\n<dt>Added</dt><dd>%s</dd>\n",
		 server_state_name(server_state(&s, rq->now_ms)),
		 figure_score(s.score, figure), s.address,
		 *s.hostname ? s.hostname : "none",
		 figure_netspeed(s.kbit, (char[FIGURE_LEN]){0}),
		 when_day(s.added_ms, when));
	if (put_zones(rq, h, &s) < 0 || put_listed(rq, h, &s) < 0) {
		page_error(rq, rs, 503);
		return;
	}
	if (*s.comment)
		html_put(h, "<dt>Comment</dt><dd>%s</dd>\n", s.comment);
	html_put(h, "</dl>\n");
	desk_spot(rq, rs, &s);
	desk_verify(rq, rs, &s);
	form_netspeed(rq, rs, &s);
	if (desk_share(rq, rs, &s) < 0) {
		page_error(rq, rs, 503);
		return;
	}
	form_pause(rq, rs, &s);
	form_rest(rq, rs, &s);
	form_delete(rq, rs, &s);
	page_end(rq, rs);
}

/* --- what its forms do ----------------------------------------------------- */

static void done(const struct request *rq, struct response *rs,
		 enum book_verdict v, const struct server *s)
{
	verdict_answer(rq, rs, v, "/manage/server/%lld", (long long)s->id);
}

void post_netspeed(const struct request *rq, struct response *rs)
{
	const char *other = request_text(rq, "other");
	struct server s;
	struct actor who;

	if (desk_server(rq, rs, &s, &who))
		done(rq, rs,
		     book_server_netspeed(
			     rq->db, &who, s.id,
			     desk_number(*other ? other
						: request_form(rq, "kbit")),
			     rq->now_ms),
		     &s);
}

void post_pause(const struct request *rq, struct response *rs)
{
	int64_t hours = desk_number(request_form(rq, "hours"));
	struct server s;
	struct actor who;

	if (!desk_server(rq, rs, &s, &who))
		return;
	if (hours < 0 || hours > 720)
		page_error(rq, rs, 400);
	else
		done(rq, rs,
		     book_server_pause(rq->db, &who, s.id,
				       hours ? rq->now_ms + hours * HOUR_MS : 0,
				       rq->now_ms),
		     &s);
}

void post_delete(const struct request *rq, struct response *rs)
{
	struct server s;
	struct actor who;

	if (desk_server(rq, rs, &s, &who))
		done(rq, rs,
		     book_deletion_schedule(
			     rq->db, rq->settings, &who, s.id,
			     desk_number(request_form(rq, "date")), rq->now_ms),
		     &s);
}

void post_undo(const struct request *rq, struct response *rs)
{
	struct server s;
	struct actor who;

	if (desk_server(rq, rs, &s, &who))
		done(rq, rs,
		     book_deletion_undo(rq->db, rq->settings, &who, s.id,
					rq->now_ms),
		     &s);
}

void post_country(const struct request *rq, struct response *rs)
{
	struct server s;
	struct actor who;

	if (desk_server(rq, rs, &s, &who))
		done(rq, rs,
		     book_server_country(rq->db, &who, s.id,
					 request_text(rq, "country"),
					 rq->now_ms),
		     &s);
}

void post_alert(const struct request *rq, struct response *rs)
{
	const char *typed = request_text(rq, "below");
	double below = (double)NAN;
	struct server s;
	struct actor who;

	if (!desk_server(rq, rs, &s, &who))
		return;
	if (*typed && text_to_double(typed, -100, 10, &below) < 0)
		page_refuse(rq, rs, 400,
			    "The score is a number from -100 to 10.");
	else
		done(rq, rs,
		     book_server_alert(rq->db, &who, s.id, below, rq->now_ms),
		     &s);
}

void post_move(const struct request *rq, struct response *rs)
{
	struct server s;
	struct actor who;
	int64_t account;

	if (!desk_server(rq, rs, &s, &who))
		return;
	account = desk_account(rq, rs);
	if (account)
		done(rq, rs,
		     book_server_move(rq->db, rq->settings, &who, s.id, account,
				      rq->now_ms),
		     &s);
}
