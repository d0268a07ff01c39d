/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "pool/book/person.h"
#include "pool/book/publish.h"
#include "pool/book/second.h"
#include "pool/book/server.h"
#include "pool/book/zones.h"
#include "pool/store/account.h"
#include "pool/web/desk.h"
#include "pool/web/field.h"
#include "pool/web/page.h"
#include "pool/web/pages.h"
#include "pool/web/session.h"
#include "pool/web/when.h"

/* For staff: find anything, lock people out, shape the zones. */

#define FOUND_MAX 50

/* --- search ---------------------------------------------------------------- */

static int put_servers(const struct request *rq, struct html *h, const char *q)
{
	struct db_rows rows;
	struct server s;

	html_put(h, "<h2>Servers</h2>\n<ul>\n");
	server_ask_search(rq->db, &rows, q, FOUND_MAX);
	while (server_next(&rows, &s))
		html_put(h,
			 "<li><a href=\"/manage/server/%lld\">%s</a> %s</li>\n",
			 (long long)s.id, s.address, s.hostname);
	html_put(h, "</ul>\n");
	return db_end(&rows);
}

static int put_accounts(const struct request *rq, struct html *h, const char *q)
{
	struct db_rows rows;
	struct account a;

	html_put(h, "<h2>Accounts</h2>\n<ul>\n");
	account_ask_search(rq->db, &rows, q, FOUND_MAX);
	while (account_next(&rows, &a))
		html_put(h,
			 "<li><a href=\"/manage/team/%lld\">%s</a> %s, "
			 "<a href=\"/manage/access/%lld\">access</a></li>\n",
			 (long long)a.id, a.name, a.organisation,
			 (long long)a.id);
	html_put(h, "</ul>\n");
	return db_end(&rows);
}

static int put_people(const struct request *rq, struct html *h, const char *q)
{
	struct db_rows rows;
	struct person p;

	html_put(h, "<h2>People</h2>\n<ul>\n");
	person_ask_search(rq->db, &rows, q, FOUND_MAX);
	while (person_next(&rows, &p))
		html_put(
			h,
			"<li><a href=\"/staff/person/%lld\">%s</a> %s%s</li>\n",
			(long long)p.id, p.email, p.name,
			p.disabled_ms ? " (disabled)" : "");
	html_put(h, "</ul>\n");
	return db_end(&rows);
}

/* Nobody sees that the DNS stands still, as it goes on answering. */
static int put_alarm(const struct request *rq, struct html *h)
{
	char when[WHEN_LEN];
	struct publish_state s;
	int r = publish_last(rq->db, &s);

	if (r < 0 ||
	    (!*s.wrong && !publish_is_late(&s, rq->settings, rq->now_ms)))
		return r;
	html_put(h,
		 "<p class=\"error\" role=\"alert\">The DNS was last built "
		 "%s. %s</p>\n",
		 when_ago(s.built_ms, rq->now_ms, when),
		 *s.wrong ? s.wrong : "No poold is at work on it.");
	return 0;
}

/* What people wrote when they added a server, until it is ticked off. */
static int put_comments(const struct request *rq, struct response *rs)
{
	struct db_rows rows;
	struct server s;
	unsigned n = 0;

	server_ask_comments(rq->db, &rows, FOUND_MAX);
	for (; server_next(&rows, &s); n++) {
		if (n == 0)
			html_put(&rs->body, "<h2>What people wrote</h2>\n");
		html_put(&rs->body,
			 "<h3><a href=\"/manage/server/%lld\">%s</a></h3>\n"
			 "<blockquote>%s</blockquote>\n",
			 (long long)s.id, s.address, s.comment);
		page_form(rq, rs, "/staff/comment/%lld", (long long)s.id);
		field_submit(rs, "second", "Done");
	}
	return db_end(&rows);
}

void post_staff_comment(const struct request *rq, struct response *rs)
{
	struct actor who = session_actor(rq, 0);

	verdict_answer(rq, rs,
		       book_server_comment_done(rq->db, &who,
						desk_number(rq->arg[0]),
						rq->now_ms),
		       "/staff");
}

void page_staff(const struct request *rq, struct response *rs)
{
	const char *q = request_query(rq, "q");
	struct html *h = &rs->body;

	page_begin(rq, rs, "Staff");
	if (put_alarm(rq, h) < 0) {
		page_error(rq, rs, 503);
		return;
	}
	html_put(h,
		 "<p><a href=\"/staff/zones\">Zones</a> &middot; "
		 "<a href=\"/staff/monitors\">Monitors</a> &middot; "
		 "<a href=\"/staff/lists\">Public lists</a> &middot; "
		 "<a href=\"/staff/audit\">What was changed</a></p>\n"
		 "<form method=\"get\" action=\"/staff\">\n"
		 "<div class=\"row\"><label for=\"q\">Find servers, accounts "
		 "and people</label>\n"
		 "<input type=\"search\" name=\"q\" id=\"q\" value=\"%s\">"
		 "</div>\n<p><button>Search</button></p></form>\n",
		 q ? q : "");
	if (q && *q &&
	    (put_servers(rq, h, q) < 0 || put_accounts(rq, h, q) < 0 ||
	     put_people(rq, h, q) < 0))
		page_error(rq, rs, 503);
	else if ((!q || !*q) && put_comments(rq, rs) < 0)
		page_error(rq, rs, 503);
	else
		page_end(rq, rs);
}

/* --- people ---------------------------------------------------------------- */

void page_staff_person(const struct request *rq, struct response *rs)
{
	struct person p;
	char when[WHEN_LEN];
	int r = person_by_id(rq->db, desk_number(rq->arg[0]), &p);

	if (r <= 0) {
		page_error(rq, rs, r < 0 ? 503 : 404);
		return;
	}
	page_begin(rq, rs, "%s", p.email);
	html_put(&rs->body,
		 "<dl class=\"facts\"><dt>Name</dt><dd>%s</dd>\n<dt>Role</dt>"
		 "<dd>%s</dd>\n<dt>Since</dt><dd>%s</dd>\n<dt>Confirmed</dt>"
		 "<dd>%s</dd>\n</dl>\n",
		 p.name, person_role_name(p.role), when_day(p.created_ms, when),
		 p.confirmed_ms ? "yes" : "no");
	page_form(rq, rs, "/staff/person/%lld", (long long)p.id);
	field_hidden(rs, "what", p.disabled_ms ? "enable" : "disable");
	field_submit(rs, p.disabled_ms ? "" : "danger",
		     p.disabled_ms ? "Let in again" : "Lock out");
	page_form(rq, rs, "/staff/person/%lld", (long long)p.id);
	field_hidden(rs, "what", "role");
	field_select(rs, "role", "Role");
	for (int i = 0; i < PERSON_ROLES; i++) {
		const char *name = person_role_name((enum person_role)i);

		field_option(rs, name, p.role == (enum person_role)i, "%s",
			     name);
	}
	field_select_end(rs);
	field_hint(rs, "Only an admin can give roles.");
	field_submit(rs, "second", "Set");
	if (second_is_on(rq->db, p.id) == 1) {
		page_form(rq, rs, "/staff/person/%lld", (long long)p.id);
		field_hidden(rs, "what", "second-off");
		field_hint(rs, "Log-in asks for a code of an app. Take that "
			       "off for somebody who lost it, and whom you "
			       "know.");
		field_submit(rs, "danger", "Take the second step off");
	}
	page_end(rq, rs);
}

void post_staff_person(const struct request *rq, struct response *rs)
{
	int64_t id = desk_number(rq->arg[0]);
	const char *what = request_text(rq, "what");
	struct actor who = session_actor(rq, 0);
	enum person_role role;
	enum book_verdict v = BOOK_BAD_TEXT;

	if (strcmp(what, "second-off") == 0)
		v = book_second_take_off(rq->db, &who, id, rq->now_ms);
	else if (strcmp(what, "role") != 0)
		v = book_person_disable(rq->db, &who, id,
					strcmp(what, "disable") == 0,
					rq->now_ms);
	else if (person_role_find(request_text(rq, "role"), &role))
		v = book_person_role(rq->db, &who, id, role, rq->now_ms);
	verdict_answer(rq, rs, v, "/staff/person/%lld", (long long)id);
}

/* --- zones ----------------------------------------------------------------- */

static void zone_fields(struct response *rs, const struct zone_record *z)
{
	static const char *const policies[] = {"", "strict", "local-first",
					       "classic"};
	char number[24];

	field_input(rs, "text", "title", "Title", z->title,
		    "required maxlength=\"90\"");
	snprintf(number, sizeof number, "%lld", (long long)z->min_servers);
	field_input(rs, "number", "min_servers", "Fewest servers", number,
		    "min=\"0\"");
	snprintf(number, sizeof number, "%lld", (long long)z->min_kbit);
	field_input(rs, "number", "min_kbit", "Least netspeed, kbit/s", number,
		    "min=\"0\"");
	snprintf(number, sizeof number, "%lld", (long long)z->max_hosts);
	field_input(rs, "number", "max_hosts", "Addresses in an answer", number,
		    "min=\"0\" max=\"8\"");
	snprintf(number, sizeof number, "%lld", (long long)z->ttl_s);
	field_input(rs, "number", "ttl_s", "TTL, seconds", number, "min=\"0\"");
	field_hint(rs, "0: as the configuration says.");
	field_select(rs, "policy", "Policy");
	for (size_t i = 0; i < sizeof policies / sizeof *policies; i++)
		field_option(rs, policies[i],
			     strcmp(z->policy, policies[i]) == 0, "%s",
			     i ? policies[i] : "as the configuration says");
	field_select_end(rs);
}

void page_staff_zones(const struct request *rq, struct response *rs)
{
	struct html *h = &rs->body;
	struct db_rows rows;
	struct zone_record z;

	page_begin(rq, rs, "Zones");
	page_table(h, "All zones");
	html_put(h, "<thead><tr><th scope=\"col\">Name</th><th scope=\"col\">"
		    "Title</th><th scope=\"col\">Kind</th></tr></thead>\n"
		    "<tbody>\n");
	zone_ask_all(rq->db, &rows);
	while (zone_next(&rows, &z))
		html_put(h,
			 "<tr><th scope=\"row\"><a href=\"/staff/zone/%lld\">"
			 "%s</a></th><td>%s</td><td>%s</td></tr>\n",
			 (long long)z.id, z.name, z.title, z.kind);
	html_put(h, "</tbody>\n");
	page_table_end(h);
	html_put(h, "<h2>A new zone</h2>\n");
	page_form(rq, rs, "/staff/zones");
	field_input(rs, "text", "name", "Name, as in the DNS", "",
		    "required maxlength=\"63\" pattern=\"[a-z0-9\\-]+\"");
	field_select(rs, "kind", "Kind");
	field_option(rs, "custom", true, "custom: by subnet or AS number");
	field_option(rs, "vendor", false, "vendor: a name of its own");
	field_select_end(rs);
	field_input(rs, "text", "parent", "Parent", "@", "required");
	zone_fields(rs, &(struct zone_record){0});
	field_submit(rs, "", "Make it");
	if (db_end(&rows) < 0)
		page_error(rq, rs, 503);
	else
		page_end(rq, rs);
}

/* False: it does not fit. */
static bool copy_field(const struct request *rq, const char *field, char *to,
		       size_t cap)
{
	return (size_t)snprintf(to, cap, "%s", request_text(rq, field)) < cap;
}

/* What the fields of zone_fields() say.  False: not numbers, too long. */
static bool read_zone(const struct request *rq, struct zone_record *z)
{
	z->min_servers = desk_number(request_form(rq, "min_servers"));
	z->min_kbit = desk_number(request_form(rq, "min_kbit"));
	z->max_hosts = desk_number(request_form(rq, "max_hosts"));
	z->ttl_s = desk_number(request_form(rq, "ttl_s"));
	return copy_field(rq, "title", z->title, sizeof z->title) &&
	       copy_field(rq, "policy", z->policy, sizeof z->policy) &&
	       z->min_servers >= 0 && z->min_kbit >= 0 && z->max_hosts >= 0 &&
	       z->ttl_s >= 0;
}

void post_staff_zone_add(const struct request *rq, struct response *rs)
{
	struct actor who = session_actor(rq, 0);
	struct zone_record z = {0}, parent;
	int64_t id = 0;
	enum book_verdict v;

	if (!read_zone(rq, &z)) {
		v = BOOK_BAD_LIMITS;
	} else if (!copy_field(rq, "name", z.name, sizeof z.name)) {
		v = BOOK_BAD_ZONE;
	} else if (!copy_field(rq, "kind", z.kind, sizeof z.kind)) {
		v = BOOK_BAD_KIND;
	} else if (zone_by_name(rq->db, request_text(rq, "parent"), &parent) !=
		   1) {
		v = BOOK_BAD_PARENT;
	} else {
		z.parent_id = parent.id;
		v = book_zone_add(rq->db, rq->settings, &who, &z, rq->now_ms,
				  &id);
	}
	verdict_answer(rq, rs, v, "/staff/zone/%lld", (long long)id);
}

static int put_rules(const struct request *rq, struct response *rs,
		     const struct zone_record *z)
{
	struct db_rows rows;
	struct zone_rule rule;

	html_put(&rs->body, "<h2>Whose questions and servers belong here</h2>\n"
			    "<ul>\n");
	zone_ask_rules(rq->db, &rows, z->id);
	while (zone_rule_next(&rows, &rule))
		html_put(&rs->body,
			 "<li>%s %s <form class=\"inline\" method=\"post\" "
			 "action=\"/staff/zone/%lld/rule-remove\">"
			 "<input type=\"hidden\" name=\"csrf\" value=\"%s\">"
			 "<input type=\"hidden\" name=\"rule\" value=\"%lld\">"
			 "<button class=\"second\">Remove</button></form></li>"
			 "\n",
			 rule.kind, rule.value, (long long)z->id, rq->csrf,
			 (long long)rule.id);
	html_put(&rs->body, "</ul>\n");
	page_form(rq, rs, "/staff/zone/%lld/rule", (long long)z->id);
	field_select(rs, "rule_kind", "Rule");
	field_option(rs, "subnet", true, "subnet");
	field_option(rs, "asn", false, "AS number");
	field_select_end(rs);
	field_input(rs, "text", "value", "Value", "",
		    "required maxlength=\"60\"");
	field_submit(rs, "second", "Add");
	return db_end(&rows);
}

void page_staff_zone(const struct request *rq, struct response *rs)
{
	struct zone_record z;
	int r = zone_by_id(rq->db, desk_number(rq->arg[0]), &z);
	bool own;

	if (r <= 0) {
		page_error(rq, rs, r < 0 ? 503 : 404);
		return;
	}
	own = strcmp(z.kind, "custom") == 0 || strcmp(z.kind, "vendor") == 0;
	page_begin(rq, rs, "Zone %s", z.name);
	page_form(rq, rs, "/staff/zone/%lld", (long long)z.id);
	field_hidden(rs, "what", "change");
	zone_fields(rs, &z);
	field_submit(rs, "", "Save");
	if (own) {
		r = put_rules(rq, rs, &z);
		page_form(rq, rs, "/staff/zone/%lld", (long long)z.id);
		field_hidden(rs, "what", "remove");
		field_submit(rs, "danger", "Remove the zone");
	}
	if (r < 0)
		page_error(rq, rs, 503);
	else
		page_end(rq, rs);
}

void post_staff_zone(const struct request *rq, struct response *rs)
{
	struct actor who = session_actor(rq, 0);
	struct zone_record z;
	int r = zone_by_id(rq->db, desk_number(rq->arg[0]), &z);

	if (r <= 0)
		page_error(rq, rs, r < 0 ? 503 : 404);
	else if (strcmp(request_text(rq, "what"), "remove") == 0)
		verdict_answer(rq, rs,
			       book_zone_remove(rq->db, &who, z.id, rq->now_ms),
			       "/staff/zones");
	else if (!read_zone(rq, &z))
		verdict_answer(rq, rs, BOOK_BAD_LIMITS, "/staff/zones");
	else
		verdict_answer(rq, rs,
			       book_zone_change(rq->db, &who, &z, rq->now_ms),
			       "/staff/zone/%lld", (long long)z.id);
}

void post_staff_rule(const struct request *rq, struct response *rs)
{
	struct actor who = session_actor(rq, 0);
	struct zone_rule rule = {.zone_id = desk_number(rq->arg[0])};
	int64_t id;
	enum book_verdict v = BOOK_BAD_RULE;

	if (copy_field(rq, "rule_kind", rule.kind, sizeof rule.kind) &&
	    copy_field(rq, "value", rule.value, sizeof rule.value))
		v = book_zone_rule_add(rq->db, &who, &rule, rq->now_ms, &id);
	verdict_answer(rq, rs, v, "/staff/zone/%lld", (long long)rule.zone_id);
}

void post_staff_rule_remove(const struct request *rq, struct response *rs)
{
	struct actor who = session_actor(rq, 0);
	int64_t zone = desk_number(rq->arg[0]);

	verdict_answer(
		rq, rs,
		book_zone_rule_remove(rq->db, &who,
				      desk_number(request_form(rq, "rule")),
				      zone, rq->now_ms),
		"/staff/zone/%lld", (long long)zone);
}
