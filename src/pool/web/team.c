/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/team.h"

#include <stdio.h>
#include <string.h>

#include "pool/store/member.h"
#include "pool/web/desk.h"
#include "pool/web/field.h"
#include "pool/web/page.h"
#include "pool/web/session.h"
#include "pool/web/when.h"

/* Who looks after the servers of an account. */

static void done(const struct request *rq, struct response *rs,
		 enum book_verdict v, const struct account *a)
{
	verdict_answer(rq, rs, v, "/manage/team/%lld", (long long)a->id);
}

/* --- the page -------------------------------------------------------------- */

static void form_member(const struct request *rq, struct response *rs,
			const struct member *m, const char *what,
			const char *role, const char *label)
{
	html_put(&rs->body,
		 "<form class=\"inline\" method=\"post\" "
		 "action=\"/manage/team/%lld/%s\">\n"
		 "<input type=\"hidden\" name=\"csrf\" value=\"%s\">\n"
		 "<input type=\"hidden\" name=\"person\" value=\"%lld\">\n"
		 "<input type=\"hidden\" name=\"role\" value=\"%s\">\n"
		 "<button class=\"second\">%s</button></form>\n",
		 (long long)m->account_id, what, rq->csrf,
		 (long long)m->person_id, role, label);
}

static int put_members(const struct request *rq, struct response *rs,
		       const struct account *a, bool rules)
{
	struct db_rows rows;
	struct member m;

	page_table(&rs->body, "Members");
	html_put(&rs->body, "<thead><tr><th scope=\"col\">Person</th>"
			    "<th scope=\"col\">Role</th><th scope=\"col\">"
			    "Change</th></tr></thead>\n<tbody>\n");
	member_ask_account(rq->db, &rows, a->id);
	while (member_next(&rows, &m)) {
		bool owner = strcmp(m.role, "owner") == 0;
		bool self = m.person_id == rq->person->id;

		html_put(&rs->body,
			 "<tr><th scope=\"row\">%s %s</th><td>%s</td><td>",
			 m.name, m.email, m.role);
		if (rules)
			form_member(rq, rs, &m, "role",
				    owner ? "member" : "owner",
				    owner ? "Make a member" : "Make an owner");
		if (rules || self)
			form_member(rq, rs, &m, "remove", "",
				    self ? "Leave" : "Remove");
		html_put(&rs->body, "</td></tr>\n");
	}
	html_put(&rs->body, "</tbody>\n");
	page_table_end(&rs->body);
	return db_end(&rows);
}

static int put_invites(const struct request *rq, struct response *rs,
		       const struct account *a)
{
	struct db_rows rows;
	struct mail_token t;
	char when[WHEN_LEN];

	html_put(&rs->body, "<h2>Invite somebody</h2>\n<ul>\n");
	mail_token_ask_invites(rq->db, &rows, a->id, rq->now_ms);
	while (mail_token_next(&rows, &t))
		html_put(&rs->body, "<li>%s was invited, until %s</li>\n",
			 t.email, when_day(t.expires_ms, when));
	html_put(&rs->body, "</ul>\n");
	page_form(rq, rs, "/manage/team/%lld/invite", (long long)a->id);
	field_input(rs, "email", "email", "Mail address", "",
		    "required maxlength=\"254\"");
	field_submit(rs, "second", "Send an invitation");
	return db_end(&rows);
}

static void form_account(const struct request *rq, struct response *rs,
			 const struct account *a)
{
	html_put(&rs->body, "<h2>About this account</h2>\n");
	page_form(rq, rs, "/manage/team/%lld", (long long)a->id);
	field_input(rs, "text", "name", "Name", a->name,
		    "required maxlength=\"120\"");
	field_input(rs, "text", "organisation", "Organisation", a->organisation,
		    "maxlength=\"120\"");
	field_input(rs, "url", "url", "Web page", a->url, "maxlength=\"250\"");
	field_check(rs, "public", "Everybody may see whose servers these are",
		    a->is_public);
	field_submit(rs, "second", "Save");
}

void page_team(const struct request *rq, struct response *rs)
{
	struct account a;
	struct actor who;
	char role[12] = "";
	bool rules;
	int r;

	if (!desk_account_named(rq, rs, &a, &who))
		return;
	r = member_role(rq->db, a.id, rq->person->id, role);
	rules = who.staff || strcmp(role, "owner") == 0;
	page_begin(rq, rs, "%s", a.name);
	if (r >= 0)
		r = put_members(rq, rs, &a, rules);
	if (r >= 0 && rules) {
		r = put_invites(rq, rs, &a);
		form_account(rq, rs, &a);
	}
	if (r < 0)
		page_error(rq, rs, 503);
	else
		page_end(rq, rs);
}

/* --- what its forms do ----------------------------------------------------- */

void post_team(const struct request *rq, struct response *rs)
{
	struct account a;
	struct actor who;
	enum book_verdict v = BOOK_BAD_TEXT;

	if (!desk_account_named(rq, rs, &a, &who))
		return;
	if ((size_t)snprintf(a.name, sizeof a.name, "%s",
			     request_text(rq, "name")) < sizeof a.name &&
	    (size_t)snprintf(a.organisation, sizeof a.organisation, "%s",
			     request_text(rq, "organisation")) <
		    sizeof a.organisation &&
	    (size_t)snprintf(a.url, sizeof a.url, "%s",
			     request_text(rq, "url")) < sizeof a.url) {
		a.is_public = request_form(rq, "public") != NULL;
		v = book_team_update(rq->db, &who, &a, rq->now_ms);
	}
	done(rq, rs, v, &a);
}

void post_team_new(const struct request *rq, struct response *rs)
{
	struct actor who = session_actor(rq, 0);
	int64_t id = 0;
	enum book_verdict v = book_team_new(
		rq->db, &who, request_text(rq, "team"), rq->now_ms, &id);

	verdict_answer(rq, rs, v, "/manage/team/%lld", (long long)id);
}

void post_invite(const struct request *rq, struct response *rs)
{
	struct account a;
	struct actor who;

	if (desk_account_named(rq, rs, &a, &who))
		done(rq, rs,
		     book_team_invite(rq->db, rq->settings, &who, a.id,
				      request_text(rq, "email"), rq->now_ms),
		     &a);
}

void post_member_role(const struct request *rq, struct response *rs)
{
	struct account a;
	struct actor who;

	if (desk_account_named(rq, rs, &a, &who))
		done(rq, rs,
		     book_team_role(rq->db, &who, a.id,
				    desk_number(request_form(rq, "person")),
				    request_text(rq, "role"), rq->now_ms),
		     &a);
}

void post_member_remove(const struct request *rq, struct response *rs)
{
	int64_t person = desk_number(request_form(rq, "person"));
	struct account a;
	struct actor who;
	enum book_verdict v;

	if (!desk_account_named(rq, rs, &a, &who))
		return;
	v = book_team_remove(rq->db, &who, a.id, person, rq->now_ms);
	if (v == BOOK_OK && person == rq->person->id)
		response_redirect(rs, "/manage");
	else
		done(rq, rs, v, &a);
}

void page_join_team(const struct request *rq, struct response *rs)
{
	page_begin(rq, rs, "Join a team");
	html_put(&rs->body,
		 "<p>You are invited to look after servers together "
		 "with others, as %s.</p>\n",
		 rq->person->email);
	page_form(rq, rs, "%s", rq->path);
	field_submit(rs, "", "Join");
	page_end(rq, rs);
}

void post_join_team(const struct request *rq, struct response *rs)
{
	struct actor who = session_actor(rq, 0);
	int64_t id = 0;
	enum book_verdict v =
		book_team_join(rq->db, &who, rq->arg[0], rq->now_ms, &id);

	verdict_answer(rq, rs, v, "/manage/team/%lld", (long long)id);
}
