/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "pool/book/monitor.h"
#include "pool/book/team.h"
#include "pool/book/webhook.h"
#include "pool/store/person.h"
#include "pool/web/desk.h"
#include "pool/web/field.h"
#include "pool/web/page.h"
#include "pool/web/session.h"
#include "pool/web/when.h"

/*
 * What works for an account: API tokens, webhooks, monitors.  A secret is on
 * the page that answers the form which made it, and nowhere ever after.
 */

static void done(const struct request *rq, struct response *rs,
		 enum book_verdict v)
{
	verdict_answer(rq, rs, v, "/manage/access/%s", rq->arg[0]);
}

/* "Here it is.  Write it down." */
static void show_secret(const struct request *rq, struct response *rs,
			const char *title, const char *text, const char *secret)
{
	page_begin(rq, rs, "%s", title);
	html_put(&rs->body,
		 "<p>%s</p>\n<pre>%s</pre>\n<p class=\"note\">It is shown this "
		 "once.</p>\n<p><a href=\"/manage/access/%s\">Back</a></p>\n",
		 text, secret, rq->arg[0]);
	page_end(rq, rs);
}

/* A button that says what happens to one row. */
static void button(const struct request *rq, struct response *rs,
		   const char *what, const char *id, const char *value,
		   const char *label)
{
	html_put(&rs->body,
		 "<form class=\"inline\" method=\"post\" "
		 "action=\"/manage/access/%s/%s\">\n"
		 "<input type=\"hidden\" name=\"csrf\" value=\"%s\">\n"
		 "<input type=\"hidden\" name=\"id\" value=\"%s\">\n"
		 "<input type=\"hidden\" name=\"value\" value=\"%s\">\n"
		 "<button class=\"second\">%s</button></form>\n",
		 rq->arg[0], what, rq->csrf, id, value, label);
}

/* --- tokens ---------------------------------------------------------------- */

static int put_tokens(const struct request *rq, struct response *rs,
		      const struct account *a)
{
	struct html *h = &rs->body;
	struct db_rows rows;
	struct api_token t;
	char when[WHEN_LEN];

	html_put(h, "<h2>API tokens</h2>\n");
	page_table(h, "For programs (doc/pool-api.md)");
	html_put(h, "<thead><tr><th scope=\"col\">Name</th><th scope=\"col\">"
		    "Begins with</th><th scope=\"col\">May</th><th "
		    "scope=\"col\">Used</th><th scope=\"col\">Change</th></tr>"
		    "</thead>\n<tbody>\n");
	api_token_ask_account(rq->db, &rows, a->id);
	while (api_token_next(&rows, &t)) {
		html_put(h,
			 "<tr><th scope=\"row\">%s</th><td><code>np_%s_</code>"
			 "</td><td>%s</td><td>%s</td><td>",
			 t.name, t.lookup,
			 t.scopes & TOKEN_WRITE ? "read and write" : "read",
			 when_ago(t.seen_ms, rq->now_ms, when));
		button(rq, rs, "token-revoke", t.lookup, "", "Revoke");
		html_put(h, "</td></tr>\n");
	}
	html_put(h, "</tbody>\n");
	page_table_end(h);
	page_form(rq, rs, "/manage/access/%lld/token", (long long)a->id);
	field_input(rs, "text", "name", "What it is for", "",
		    "required maxlength=\"60\"");
	field_check(rs, "write", "It may change servers", false);
	field_submit(rs, "second", "Make a token");
	return db_end(&rows);
}

void post_token_new(const struct request *rq, struct response *rs)
{
	unsigned scopes =
		TOKEN_READ | (request_form(rq, "write") ? TOKEN_WRITE : 0u);
	char token[TOKEN_TEXT_LEN];
	struct account a;
	struct actor who;
	enum book_verdict v;

	if (!desk_account_named(rq, rs, &a, &who))
		return;
	v = book_token_new(rq->db, &who, a.id, request_text(rq, "name"), scopes,
			   rq->now_ms, token);
	if (v == BOOK_OK)
		show_secret(rq, rs, "A token",
			    "Send it as Authorization: "
			    "Bearer with each request.",
			    token);
	else
		done(rq, rs, v);
}

void post_token_revoke(const struct request *rq, struct response *rs)
{
	struct account a;
	struct actor who;

	if (desk_account_named(rq, rs, &a, &who))
		done(rq, rs,
		     book_token_revoke(rq->db, &who, a.id,
				       request_text(rq, "id"), rq->now_ms));
}

/* --- webhooks -------------------------------------------------------------- */

static int put_webhooks(const struct request *rq, struct response *rs,
			const struct account *a)
{
	struct html *h = &rs->body;
	struct db_rows rows;
	struct webhook w;
	char id[24];

	html_put(h, "<h2>Webhooks</h2>\n");
	page_table(h, "Told by POST when a score is bad, and good again");
	html_put(h, "<thead><tr><th scope=\"col\">URL</th><th scope=\"col\">"
		    "Key of its signature</th><th scope=\"col\">Change</th>"
		    "</tr></thead>\n<tbody>\n");
	webhook_ask_account(rq->db, &rows, a->id);
	while (webhook_next(&rows, &w)) {
		snprintf(id, sizeof id, "%lld", (long long)w.id);
		html_put(h,
			 "<tr><th scope=\"row\">%s</th><td><code>%s</code></td>"
			 "<td>",
			 w.url, w.secret);
		button(rq, rs, "webhook-test", id, "", "Try");
		button(rq, rs, "webhook-remove", id, "", "Remove");
		html_put(h, "</td></tr>\n");
	}
	html_put(h, "</tbody>\n");
	page_table_end(h);
	page_form(rq, rs, "/manage/access/%lld/webhook", (long long)a->id);
	field_input(rs, "url", "url", "URL", "", "required maxlength=\"1000\"");
	field_submit(rs, "second", "Add it");
	return db_end(&rows);
}

void post_webhook_add(const struct request *rq, struct response *rs)
{
	struct webhook w;
	struct account a;
	struct actor who;

	if (!desk_account_named(rq, rs, &a, &who))
		return;
	who.account_id = a.id;
	done(rq, rs,
	     book_webhook_add(rq->db, &who, request_text(rq, "url"), rq->now_ms,
			      &w));
}

void post_webhook_test(const struct request *rq, struct response *rs)
{
	struct account a;
	struct actor who;

	if (desk_account_named(rq, rs, &a, &who))
		done(rq, rs,
		     book_webhook_test(rq->db, &who,
				       desk_number(request_form(rq, "id")),
				       rq->now_ms));
}

void post_webhook_remove(const struct request *rq, struct response *rs)
{
	struct account a;
	struct actor who;

	if (desk_account_named(rq, rs, &a, &who))
		done(rq, rs,
		     book_webhook_remove(rq->db, &who,
					 desk_number(request_form(rq, "id")),
					 rq->now_ms));
}

/* --- monitors -------------------------------------------------------------- */

static void monitor_buttons(const struct request *rq, struct response *rs,
			    const struct monitor *m)
{
	char id[24];

	snprintf(id, sizeof id, "%lld", (long long)m->id);
	button(rq, rs, "monitor-code", id, "", "New code");
	if (m->state == MONITOR_PAUSED)
		button(rq, rs, "monitor-state", id, "testing", "Wake");
	else if (m->state != MONITOR_PENDING)
		button(rq, rs, "monitor-state", id, "paused", "Pause");
	if (person_is_staff(rq->person) && m->state == MONITOR_TESTING)
		button(rq, rs, "monitor-state", id, "active", "Make active");
	button(rq, rs, "monitor-state", id, "deleted", "Delete");
}

static void put_monitor(const struct request *rq, struct response *rs,
			const struct monitor *m)
{
	struct html *h = &rs->body;
	char when[WHEN_LEN];

	html_put(h,
		 "<tr><th scope=\"row\">%s</th><td>%s</td><td>%s</td>"
		 "<td class=\"plain\">%s</td><td>",
		 m->name, m->place, monitor_state_name(m->state),
		 when_ago(m->seen_ms, rq->now_ms, when));
	if (m->clock_ok == 0)
		html_put(h, "<p class=\"bad\">Its clock is wrong: %s</p>\n",
			 m->clock_why);
	monitor_buttons(rq, rs, m);
	html_put(h, "</td></tr>\n");
}

static void begin_monitors(struct html *h, const char *caption)
{
	page_table(h, "%s", caption);
	html_put(h, "<thead><tr><th scope=\"col\">Name</th><th scope=\"col\">"
		    "Place</th><th scope=\"col\">State</th><th scope=\"col\">"
		    "Seen</th><th scope=\"col\">Change</th></tr></thead>\n"
		    "<tbody>\n");
}

static int put_monitors(const struct request *rq, struct response *rs,
			const struct account *a)
{
	struct html *h = &rs->body;
	struct db_rows rows;
	struct monitor m;

	html_put(h, "<h2>Monitors</h2>\n");
	begin_monitors(h, "Programs of this account that measure servers");
	monitor_ask_account(rq->db, &rows, a->id);
	while (monitor_next(&rows, &m))
		put_monitor(rq, rs, &m);
	html_put(h, "</tbody>\n");
	page_table_end(h);
	page_form(rq, rs, "/manage/access/%lld/monitor", (long long)a->id);
	field_input(rs, "text", "monitor", "Its name", "",
		    "required maxlength=\"63\" pattern=\"[A-Za-z0-9.\\-]+\"");
	field_input(rs, "text", "place", "Where it is", "", "maxlength=\"60\"");
	field_submit(rs, "second", "Add a monitor");
	return db_end(&rows);
}

static void show_code(const struct request *rq, struct response *rs,
		      const char *code)
{
	char command[64 + TALK_CODE_LEN];

	snprintf(command, sizeof command, "poolmon enrol %s", code);
	show_secret(
		rq, rs, "Enrol the monitor",
		"On the machine that is to measure, within 72 hours:", command);
}

void post_monitor_add(const struct request *rq, struct response *rs)
{
	char code[TALK_CODE_LEN];
	struct account a;
	struct actor who;
	int64_t id;
	enum book_verdict v;

	if (!desk_account_named(rq, rs, &a, &who))
		return;
	v = book_monitor_add(rq->db, &who, request_text(rq, "monitor"),
			     request_text(rq, "place"), a.id, rq->now_ms, &id,
			     code);
	if (v == BOOK_OK)
		show_code(rq, rs, code);
	else
		done(rq, rs, v);
}

void post_monitor_code(const struct request *rq, struct response *rs)
{
	char code[TALK_CODE_LEN];
	struct account a;
	struct actor who;
	enum book_verdict v;

	if (!desk_account_named(rq, rs, &a, &who))
		return;
	v = book_monitor_code(rq->db, &who, desk_number(request_form(rq, "id")),
			      rq->now_ms, code);
	if (v == BOOK_OK)
		show_code(rq, rs, code);
	else
		done(rq, rs, v);
}

void post_monitor_state(const struct request *rq, struct response *rs)
{
	enum monitor_state state;
	struct account a;
	struct actor who;

	if (!desk_account_named(rq, rs, &a, &who))
		return;
	if (!monitor_state_find(request_text(rq, "value"), &state))
		page_error(rq, rs, 400);
	else
		done(rq, rs,
		     book_monitor_state(rq->db, rq->settings, &who,
					desk_number(request_form(rq, "id")),
					state, rq->now_ms));
}

void page_access(const struct request *rq, struct response *rs)
{
	struct account a;
	struct actor who;

	if (!desk_account_named(rq, rs, &a, &who))
		return;
	page_begin(rq, rs, "%s", a.name);
	if (put_monitors(rq, rs, &a) < 0 || put_tokens(rq, rs, &a) < 0 ||
	    put_webhooks(rq, rs, &a) < 0)
		page_error(rq, rs, 503);
	else
		page_end(rq, rs);
}

/* For staff: everybody's; what can be done is on the account's page. */
void page_staff_monitors(const struct request *rq, struct response *rs)
{
	struct html *h = &rs->body;
	struct db_rows rows;
	struct monitor m;
	char when[WHEN_LEN];

	page_begin(rq, rs, "Monitors");
	begin_monitors(h, "All of them");
	monitor_ask_all(rq->db, &rows);
	while (monitor_next(&rows, &m)) {
		html_put(h,
			 "<tr><th scope=\"row\">%s</th><td>%s</td><td>%s</td>"
			 "<td>%s</td><td>",
			 m.name, m.place, monitor_state_name(m.state),
			 when_ago(m.seen_ms, rq->now_ms, when));
		if (m.account_id)
			html_put(h,
				 "<a href=\"/manage/access/%lld\">Change</a>",
				 (long long)m.account_id);
		html_put(h, "</td></tr>\n");
	}
	html_put(h, "</tbody>\n");
	page_table_end(h);
	if (db_end(&rows) < 0)
		page_error(rq, rs, 503);
	else
		page_end(rq, rs);
}
