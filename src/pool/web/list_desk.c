/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "pool/book/list.h"
#include "pool/store/account.h"
#include "pool/store/person.h"
#include "pool/web/desk.h"
#include "pool/web/field.h"
#include "pool/web/page.h"
#include "pool/web/session.h"
#include "pool/web/when.h"

/* The public lists from behind: the operator's form, and what staff let in. */

/* --- the form -------------------------------------------------------------- */

static void put_stratum(struct response *rs, const struct list_field *f,
			const char *value)
{
	field_select(rs, f->key, f->title);
	for (int i = 1; i <= 2; i++) {
		char number[] = {(char)('0' + i), '\0'};

		field_option(rs, number, *value == *number, "%s", number);
	}
	field_select_end(rs);
}

static void put_policy(struct response *rs, const struct list_field *f,
		       const char *value)
{
	field_select(rs, f->key, f->title);
	for (unsigned i = 0; i < LIST_POLICIES; i++)
		field_option(rs, list_policy(i),
			     strcmp(value, list_policy(i)) == 0, "%s",
			     list_policy(i));
	field_select_end(rs);
}

static void put_field(struct response *rs, const struct list_field *f,
		      const char *value)
{
	char attributes[64];

	snprintf(attributes, sizeof attributes, "maxlength=\"%zu\"%s",
		 f->cap - 1, f->needed ? " required" : "");
	switch (f->kind) {
	case LIST_STRATUM:
		put_stratum(rs, f, value);
		break;
	case LIST_POLICY:
		put_policy(rs, f, value);
		break;
	case LIST_FLAG:
		field_check(rs, f->key,
			    "Notify: who wants to use it is to write to me "
			    "first",
			    strcmp(value, "yes") == 0);
		break;
	case LIST_LINES:
		field_area(rs, f->key, f->title, value, attributes);
		break;
	case LIST_COUNTRY:
		field_input(rs, "text", f->key, f->title, value,
			    "required maxlength=\"2\" size=\"2\"");
		break;
	default:
		field_input(rs, "text", f->key, f->title, value, attributes);
	}
	if (*f->hint)
		field_hint(rs, "%s", f->hint);
}

/* What was typed, or else what the entry says; then the button. */
static void put_fields(const struct request *rq, struct response *rs,
		       const struct list_entry *e, const char *label)
{
	size_t n;
	const struct list_field *f = list_fields(&n);
	bool typed = strcmp(rq->method, "POST") == 0;
	char text[LIST_TEXT_MAX];

	for (size_t i = 0; i < n; i++)
		put_field(rs, &f[i],
			  typed ? request_text(rq, f[i].key)
				: list_field_get(e, &f[i], text));
	field_submit(rs, "", label);
}

/* What the form says.  *wrong: the field that cannot be so. */
static enum book_verdict read_fields(const struct request *rq,
				     struct list_entry *e,
				     const struct list_field **wrong)
{
	size_t n;
	const struct list_field *f = list_fields(&n);

	*wrong = NULL;
	for (size_t i = 0; i < n; i++) {
		enum book_verdict v =
			list_field_set(e, &f[i], request_text(rq, f[i].key));

		if (v != BOOK_OK) {
			*wrong = &f[i];
			return v;
		}
	}
	return BOOK_OK;
}

static void put_wrong(struct response *rs, enum book_verdict v,
		      const struct list_field *wrong)
{
	if (v == BOOK_OK)
		return;
	rs->status = verdict_status(v);
	html_put(&rs->body, "<p class=\"error\" role=\"alert\">%s%s%s</p>\n",
		 wrong ? wrong->title : "", wrong ? ": " : "",
		 book_verdict_text(v));
}

/* --- a new one ------------------------------------------------------------- */

/* What we know of the server already. */
static int fill_in(const struct request *rq, struct list_entry *e)
{
	const char *id = request_query(rq, "server");
	struct server s;
	int r = id ? server_by_id(rq->db, desk_number(id), &s) : 0;

	if (r != 1 || s.account_id != e->account_id)
		return r;
	if (s.stratum == 1 || s.stratum == 2)
		e->stratum = s.stratum;
	snprintf(e->country, sizeof e->country, "%s", s.country);
	snprintf(e->hostname, sizeof e->hostname, "%s", s.hostname);
	snprintf(s.family == 6 ? e->address6 : e->address4, NET_ADDR_TEXT_LEN,
		 "%s", s.address);
	return 1;
}

static void show_new(const struct request *rq, struct response *rs,
		     const struct account *a, enum book_verdict v,
		     const struct list_field *wrong)
{
	struct list_entry e = {.account_id = a->id, .stratum = 2};

	if (fill_in(rq, &e) < 0) {
		page_error(rq, rs, 503);
		return;
	}
	snprintf(e.access_policy, sizeof e.access_policy, "%s", list_policy(0));
	snprintf(e.organisation, sizeof e.organisation, "%s", a->organisation);
	snprintf(e.contact, sizeof e.contact, "%s", rq->person->email);
	page_begin(rq, rs, "A server for the public lists");
	put_wrong(rs, v, wrong);
	html_put(&rs->body,
		 "<p>The <a href=\"/lists/stratum1\">public lists</a> are for "
		 "operators who look for sources for their own servers. Staff "
		 "read what you write before it is shown.</p>\n");
	page_form(rq, rs, "/manage/lists/%lld/new", (long long)a->id);
	put_fields(rq, rs, &e, "Hand it in");
	page_end(rq, rs);
}

void page_list_new(const struct request *rq, struct response *rs)
{
	struct account a;
	struct actor who;

	if (desk_account_named(rq, rs, &a, &who))
		show_new(rq, rs, &a, BOOK_OK, NULL);
}

void post_list_new(const struct request *rq, struct response *rs)
{
	const struct list_field *wrong;
	struct list_entry e = {0};
	struct account a;
	struct actor who;
	enum book_verdict v;
	int64_t id;

	if (!desk_account_named(rq, rs, &a, &who))
		return;
	who.account_id = a.id;
	v = read_fields(rq, &e, &wrong);
	if (v == BOOK_OK)
		v = book_list_add(rq->db, &who, &e, rq->now_ms, &id);
	if (v == BOOK_OK)
		response_redirect(rs, "/manage/list/%lld", (long long)id);
	else
		show_new(rq, rs, &a, v, wrong);
}

/* --- one that is there ------------------------------------------------------- */

/* The entry that ":id" names, and the revision of it if one waits. */
static bool find(const struct request *rq, struct response *rs,
		 struct list_entry *e, struct list_entry *waiting,
		 struct actor *who)
{
	int r = list_by_id(rq->db, desk_number(rq->arg[0]), e);

	if (r == 1 && e->revises_id)
		r = list_by_id(rq->db, e->revises_id, e);
	if (r == 1) {
		*who = session_actor(rq, e->account_id);
		if (!who->account_id && !who->staff)
			r = 0;
	}
	if (r <= 0) {
		page_error(rq, rs, r < 0 ? 503 : 404);
		return false;
	}
	r = list_revision(rq->db, e->id, waiting);
	if (r < 0)
		page_error(rq, rs, 503);
	else if (r == 0)
		waiting->id = 0;
	return r >= 0;
}

static void put_state(const struct request *rq, struct html *h,
		      const struct list_entry *e,
		      const struct list_entry *waiting)
{
	const struct list_entry *last = waiting->id ? waiting : e;
	char ago[WHEN_LEN];

	html_put(h, "<dl class=\"facts\"><dt>State</dt><dd>%s",
		 list_state_name(list_state(e)));
	if (waiting->id)
		html_put(h, "; the change of it %s",
			 list_state(waiting) == LIST_PENDING
				 ? "waits for approval"
				 : "was refused");
	html_put(h, "</dd>\n<dt>Handed in</dt><dd>%s</dd>\n",
		 when_ago(last->changed_ms, rq->now_ms, ago));
	if (*last->why)
		html_put(h, "<dt>Staff say</dt><dd>%s</dd>\n", last->why);
	if (e->server_id)
		html_put(h,
			 "<dt>In the pool</dt><dd><a href=\"/scores/%s\">%s"
			 "</a></dd>\n",
			 e->measured_address, e->measured_address);
	html_put(h, "</dl>\n");
	if (e->approved_ms)
		html_put(h,
			 "<p><a href=\"/lists/entry/%lld\">As everybody sees "
			 "it</a></p>\n",
			 (long long)e->id);
}

/* What the change would change. */
static void put_difference(struct html *h, const struct list_entry *e,
			   const struct list_entry *waiting)
{
	size_t n;
	const struct list_field *f = list_fields(&n);
	char was[LIST_TEXT_MAX], is[LIST_TEXT_MAX];

	page_table(h, "What waits for approval");
	html_put(h, "<thead><tr><th scope=\"col\">Field</th><th scope=\"col\">"
		    "Is</th><th scope=\"col\">Is to be</th></tr></thead>\n"
		    "<tbody>\n");
	for (size_t i = 0; i < n; i++)
		if (strcmp(list_field_get(e, &f[i], was),
			   list_field_get(waiting, &f[i], is)) != 0)
			html_put(h,
				 "<tr><th scope=\"row\">%s</th><td>%s</td>"
				 "<td>%s</td></tr>\n",
				 f[i].title, was, is);
	html_put(h, "</tbody>\n");
	page_table_end(h);
}

/* Staff's two buttons. */
static void put_judge(const struct request *rq, struct response *rs,
		      const struct list_entry *e,
		      const struct list_entry *waiting)
{
	const struct list_entry *last = waiting->id ? waiting : e;

	html_put(&rs->body, "<h2>Staff</h2>\n");
	if (list_state(last) == LIST_PENDING) {
		page_form(rq, rs, "/staff/list/%lld/approve",
			  (long long)last->id);
		field_submit(rs, "", "Approve");
	}
	page_form(rq, rs, "/staff/list/%lld/refuse", (long long)last->id);
	field_input(rs, "text", "why", "Why not", "",
		    "required maxlength=\"255\"");
	field_hint(rs, "The operator reads it, here and in a mail.");
	field_submit(rs, "danger", "Refuse");
}

static void show(const struct request *rq, struct response *rs,
		 const struct list_entry *e, const struct list_entry *waiting,
		 enum book_verdict v, const struct list_field *wrong)
{
	const struct list_entry *last = waiting->id ? waiting : e;

	page_begin(rq, rs, "%s", e->hostname);
	put_wrong(rs, v, wrong);
	put_state(rq, &rs->body, e, waiting);
	if (waiting->id)
		put_difference(&rs->body, e, waiting);
	if (person_is_staff(rq->person))
		put_judge(rq, rs, e, waiting);
	html_put(&rs->body, "<h2>Change it</h2>\n");
	page_form(rq, rs, "/manage/list/%lld", (long long)e->id);
	put_fields(rq, rs, last, "Hand in the change");
	html_put(&rs->body, "<h2>Withdraw it</h2>\n");
	page_form(rq, rs, "/manage/list/%lld/remove", (long long)e->id);
	field_hint(rs, "It disappears from the list at once. The server stays "
		       "in the pool.");
	field_submit(rs, "danger", "Take it off the list");
	page_end(rq, rs);
}

void page_list_manage(const struct request *rq, struct response *rs)
{
	struct list_entry e, waiting;
	struct actor who;

	if (find(rq, rs, &e, &waiting, &who))
		show(rq, rs, &e, &waiting, BOOK_OK, NULL);
}

void post_list_change(const struct request *rq, struct response *rs)
{
	const struct list_field *wrong;
	struct list_entry e, waiting, is;
	struct actor who;
	enum book_verdict v;

	if (!find(rq, rs, &e, &waiting, &who))
		return;
	is = e;
	v = read_fields(rq, &is, &wrong);
	if (v == BOOK_OK)
		v = book_list_change(rq->db, &who, &is, rq->now_ms);
	if (v == BOOK_OK)
		response_redirect(rs, "/manage/list/%lld", (long long)e.id);
	else
		show(rq, rs, &e, &waiting, v, wrong);
}

void post_list_remove(const struct request *rq, struct response *rs)
{
	struct list_entry e, waiting;
	struct actor who;

	if (find(rq, rs, &e, &waiting, &who))
		verdict_answer(rq, rs,
			       book_list_remove(rq->db, &who, e.id, rq->now_ms),
			       "/manage/lists/%lld", (long long)e.account_id);
}

/* --- all of an account, all that wait ---------------------------------------- */

static void put_head(struct html *h, const char *caption)
{
	page_table(h, "%s", caption);
	html_put(h, "<thead><tr><th scope=\"col\">Host name</th>"
		    "<th scope=\"col\">Stratum</th><th scope=\"col\">ISO</th>"
		    "<th scope=\"col\">Access policy</th><th scope=\"col\">"
		    "State</th><th scope=\"col\">Handed in</th></tr></thead>\n"
		    "<tbody>\n");
}

static int put_rows(const struct request *rq, struct html *h,
		    struct db_rows *rows)
{
	struct list_entry e;
	char ago[WHEN_LEN];
	unsigned n = 0;

	for (; list_next(rows, &e); n++)
		html_put(h,
			 "<tr><th scope=\"row\"><a href=\"/manage/list/%lld\">"
			 "%s</a></th><td>%d</td><td>%s</td><td>%s</td>"
			 "<td>%s%s</td><td class=\"plain\">%s</td></tr>\n",
			 (long long)(e.revises_id ? e.revises_id : e.id),
			 e.hostname, e.stratum, e.country, e.access_policy,
			 e.revises_id ? "change " : "",
			 list_state_name(list_state(&e)),
			 when_ago(e.changed_ms, rq->now_ms, ago));
	html_put(h, "</tbody>\n");
	page_table_end(h);
	if (n == 0)
		html_put(h, "<p class=\"quiet\">None.</p>\n");
	return db_end(rows);
}

void page_lists_own(const struct request *rq, struct response *rs)
{
	struct db_rows rows;
	struct account a;
	struct actor who;

	if (!desk_account_named(rq, rs, &a, &who))
		return;
	page_begin(rq, rs, "%s on the public lists", a.name);
	put_head(&rs->body, "What is shown, and what waits");
	list_ask_account(rq->db, &rows, a.id);
	if (put_rows(rq, &rs->body, &rows) < 0) {
		page_error(rq, rs, 503);
		return;
	}
	html_put(&rs->body,
		 "<p><a class=\"button\" href=\"/manage/lists/%lld/new\">Enter "
		 "a server</a></p>\n",
		 (long long)a.id);
	page_end(rq, rs);
}

void page_staff_lists(const struct request *rq, struct response *rs)
{
	struct db_rows rows;

	page_begin(rq, rs, "The public lists");
	put_head(&rs->body, "What waits for approval, the oldest first");
	list_ask_pending(rq->db, &rows);
	if (put_rows(rq, &rs->body, &rows) < 0)
		page_error(rq, rs, 503);
	else
		page_end(rq, rs);
}

void post_staff_list_approve(const struct request *rq, struct response *rs)
{
	struct actor who = session_actor(rq, 0);

	verdict_answer(rq, rs,
		       book_list_approve(rq->db, rq->settings, &who,
					 desk_number(rq->arg[0]), rq->now_ms),
		       "/staff/lists");
}

void post_staff_list_refuse(const struct request *rq, struct response *rs)
{
	struct actor who = session_actor(rq, 0);

	verdict_answer(rq, rs,
		       book_list_refuse(rq->db, rq->settings, &who,
					desk_number(rq->arg[0]),
					request_text(rq, "why"), rq->now_ms),
		       "/staff/lists");
}
