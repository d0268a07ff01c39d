/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/import.h"
#include "pool/store/account.h"
#include "pool/store/person.h"
#include "pool/web/desk.h"
#include "pool/web/field.h"
#include "pool/web/page.h"
#include "pool/web/session.h"

/* Adding many servers at once: CSV in, a table of what became of each line. */

#define LINES_MAX 200

static void show_form(const struct request *rq, struct response *rs)
{
	page_begin(rq, rs, "Add servers");
	html_put(
		&rs->body,
		"<p>One a line: address or host name, and if you like country, "
		"netspeed in kbit/s and a comment. A line of headings does "
		"no harm.</p>\n<pre>192.0.2.1,de,100000,rack 7\n"
		"ntp2.example.org</pre>\n");
	page_form(rq, rs, "/manage/add/many");
	field_area(rs, "rows", "Servers as CSV", "", "required");
	desk_account_field(rq, rs, desk_number(request_form(rq, "account")));
	if (person_is_staff(rq->person))
		field_hint(rs, "As you are staff, an address is in the pool at "
			       "once, without a check.");
	else
		field_hint(rs, "Each is looked at first, then you say that it "
			       "is yours; its country, netspeed and comment "
			       "are asked there.");
	field_submit(rs, "", "Hand them in");
	page_end(rq, rs);
}

void page_add_many(const struct request *rq, struct response *rs)
{
	show_form(rq, rs);
}

static void put_row(struct html *h, const struct import_row *row)
{
	html_put(h,
		 "<tr><td class=\"number\">%u</td><th scope=\"row\">%s</th>"
		 "<td>",
		 row->line, row->address);
	if (row->verdict != BOOK_OK)
		html_put(h, "<span class=\"bad\">%s</span>",
			 book_verdict_text(row->verdict));
	else if (row->server_id)
		html_put(h, "<a href=\"/manage/server/%lld\">In the pool</a>",
			 (long long)row->server_id);
	else
		html_put(h,
			 "<a href=\"/manage/candidate/%lld\">Is being looked "
			 "at</a>",
			 (long long)row->candidate_id);
	html_put(h, "</td></tr>\n");
}

void post_add_many(const struct request *rq, struct response *rs)
{
	const char *text = request_text(rq, "rows");
	int64_t account = desk_account(rq, rs);
	struct import_row row = {.line = 0};
	struct html *h = &rs->body;
	struct actor who;
	unsigned n = 0;

	if (!account)
		return;
	who = session_actor(rq, account);
	page_begin(rq, rs, "Add servers");
	page_table(h, "What became of each line");
	html_put(h, "<thead><tr><th scope=\"col\" class=\"number\">Line</th>"
		    "<th scope=\"col\">Server</th><th scope=\"col\">Result</th>"
		    "</tr></thead>\n<tbody>\n");
	for (; n < LINES_MAX && import_next(&text, &row); n++) {
		book_import(rq->db, rq->settings, &who, &row, rq->now_ms);
		put_row(h, &row);
	}
	html_put(h, "</tbody>\n");
	page_table_end(h);
	if (n == LINES_MAX && *text)
		html_put(h,
			 "<p class=\"error\" role=\"alert\">Only the first %d "
			 "were taken. Please hand in the rest by itself.</p>\n",
			 LINES_MAX);
	html_put(h, "<p><a href=\"/manage\">Your servers</a></p>\n");
	page_end(rq, rs);
}
