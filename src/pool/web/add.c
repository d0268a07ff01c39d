/* SPDX-License-Identifier: BSD-2-Clause */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "pool/book/candidate.h"
#include "pool/store/member.h"
#include "pool/store/person.h"
#include "pool/web/desk.h"
#include "pool/web/field.h"
#include "pool/web/figure.h"
#include "pool/web/page.h"
#include "pool/web/session.h"
#include "pool/zone/places.h"

/*
 * Adding a server: its address, Submit; the next page comes again by itself
 * until it was looked at, shows the region that was found, and asks "is this
 * yours?".
 */

#define REFRESH_S 2

static void show_add(const struct request *rq, struct response *rs,
		     enum book_verdict v)
{
	page_begin(rq, rs, "Add a server");
	field_verdict(rs, v);
	html_put(&rs->body,
		 "<p>It should be on the air all the time, at an address that "
		 "does not change. <a href=\"/join\">What a server of the pool "
		 "needs</a>.</p>\n");
	page_form(rq, rs, "/manage/add");
	field_input(rs, "text", "address", "IP address or host name",
		    request_text(rq, "address"),
		    "required maxlength=\"255\" autocapitalize=\"off\" "
		    "spellcheck=\"false\"");
	desk_account_field(rq, rs, desk_number(request_form(rq, "account")));
	field_submit(rs, "", "Submit");
	html_put(&rs->body, "<p><a href=\"/manage/add/many\">Many at once"
			    "</a></p>\n");
	page_end(rq, rs);
}

void page_add(const struct request *rq, struct response *rs)
{
	show_add(rq, rs, BOOK_OK);
}

void post_add(const struct request *rq, struct response *rs)
{
	int64_t account = desk_account(rq, rs), id;
	struct actor who;
	enum book_verdict v;

	if (!account)
		return;
	who = session_actor(rq, account);
	v = book_candidate_ask(rq->db, rq->settings, &who,
			       request_text(rq, "address"), rq->now_ms, &id);
	if (v == BOOK_OK)
		response_redirect(rs, "/manage/candidate/%lld", (long long)id);
	else
		show_add(rq, rs, v);
}

/* --- what was found -------------------------------------------------------- */

static void form_yes(const struct request *rq, struct response *rs,
		     const struct candidate *c)
{
	const struct country *found = country_find(c->country);
	size_t n;
	const struct country *list = country_list(&n);

	assert(list);
	page_form(rq, rs, "/manage/candidate/%lld", (long long)c->id);
	field_select(rs, "country", "Region");
	if (!found)
		field_option(rs, "", true, "not known");
	for (size_t i = 0; i < n; i++)
		field_option(rs, list[i].code, found == &list[i], "%s",
			     list[i].name);
	field_select_end(rs);
	field_area(rs, "comment",
		   "Comment, if the region is wrong or staff "
		   "should know something",
		   "", "maxlength=\"500\"");
	field_submit(rs, "", "Yes, this is my server, add it!");
}

static void put_candidate(const struct request *rq, struct response *rs,
			  const struct candidate *c)
{
	const struct country *found = country_find(c->country);
	struct html *h = &rs->body;
	char figure[FIGURE_LEN];

	html_put(h, "<h2 class=\"address\">%s</h2>\n",
		 *c->address ? c->address : c->asked);
	switch (c->state) {
	case CANDIDATE_ASKED:
		html_put(h, "<p role=\"status\">It is being looked at&hellip; "
			    "this page comes again by itself.</p>\n");
		rs->refresh_s = REFRESH_S;
		break;
	case CANDIDATE_BAD:
		html_put(h, "<p class=\"error\" role=\"alert\">%s</p>\n",
			 c->why);
		break;
	case CANDIDATE_GOOD:
		html_put(h,
			 "<p>Stratum %d, offset %s. Region: <strong>%s</strong>"
			 "</p>\n",
			 c->stratum, figure_offset(c->offset_s, figure),
			 found ? found->name : "not known");
		form_yes(rq, rs, c);
		break;
	default:
		html_put(h, "<p class=\"done\">It is in the pool. "
			    "<a href=\"/manage\">Your servers</a></p>\n");
	}
	desk_spot_candidate(rq, rs, c);
}

/* The candidate that ":id" names, when it is for an account of who asks. */
static bool find(const struct request *rq, struct response *rs,
		 struct candidate *c, struct actor *who)
{
	int r = candidate_by_id(rq->db, desk_number(rq->arg[0]), c);

	if (r == 1) {
		*who = session_actor(rq, c->account_id);
		if (who->account_id || who->staff)
			return true;
	}
	page_error(rq, rs, r < 0 ? 503 : 404);
	return false;
}

void page_candidate(const struct request *rq, struct response *rs)
{
	struct candidate c, one;
	struct db_rows rows;
	struct actor who;

	if (!find(rq, rs, &c, &who))
		return;
	page_begin(rq, rs, "Add %s", c.asked);
	candidate_ask_group(rq->db, &rows, c.first_id);
	while (candidate_next(&rows, &one))
		put_candidate(rq, rs, &one);
	if (db_end(&rows) < 0) {
		page_error(rq, rs, 503);
		return;
	}
	html_put(&rs->body, "<p><a href=\"/manage/add\">Another one</a></p>\n");
	page_end(rq, rs);
}

void post_candidate(const struct request *rq, struct response *rs)
{
	struct candidate c;
	struct actor who;
	int64_t server = 0;
	enum book_verdict v;

	if (!find(rq, rs, &c, &who))
		return;
	v = book_candidate_add(
		rq->db, rq->settings, &who, c.id, request_text(rq, "country"),
		request_text(rq, "comment"), rq->now_ms, &server);
	verdict_answer(rq, rs, v, "/manage/server/%lld", (long long)server);
}
