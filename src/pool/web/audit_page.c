/* SPDX-License-Identifier: BSD-2-Clause */
#include <limits.h>

#include "pool/store/account.h"
#include "pool/web/audit_words.h"
#include "pool/web/desk.h"
#include "pool/web/page.h"
#include "pool/web/when.h"

/* Who changed what: of an account for its people, of everything for staff. */

#define AUDIT_ROWS 100

/* Staff has no name for others. */
static void put_who(const struct request *rq, struct html *h,
		    const struct audit *a)
{
	html_put(h, "<td class=\"plain\">");
	if (a->person_id && a->by_staff && !person_is_staff(rq->person))
		html_put(h, "staff</td>");
	else if (a->person_id)
		html_put(h, "%s, %s %s</td>",
			 *a->email ? a->email : "somebody who has left",
			 a->source, a->address);
	else
		html_put(h, "%s</td>",
			 *a->source ? a->source : "the pool itself");
}

static void put_row(const struct request *rq, struct html *h,
		    const struct audit *a)
{
	char when[WHEN_LEN];

	html_put(h,
		 "<tr><td class=\"plain\">%s</td><th scope=\"row\">%s</th>"
		 "<td>%s</td><td class=\"detail\">",
		 when_minute(a->at_ms, when), audit_action_words(a->action),
		 a->server);
	audit_detail_words(h, a);
	html_put(h, "</td>");
	put_who(rq, h, a);
	html_put(h, "</tr>\n");
}

static void put_audit(const struct request *rq, struct response *rs,
		      struct db_rows *rows)
{
	struct html *h = &rs->body;
	struct audit a = {0};
	unsigned n = 0;

	page_table(h, "The newest first");
	html_put(h, "<thead><tr><th scope=\"col\">When</th><th scope=\"col\">"
		    "What</th><th scope=\"col\">Server</th><th scope=\"col\">"
		    "Details</th><th scope=\"col\">Who</th></tr></thead>\n"
		    "<tbody>\n");
	for (; audit_next(rows, &a); n++)
		put_row(rq, h, &a);
	html_put(h, "</tbody>\n");
	page_table_end(h);
	if (n == AUDIT_ROWS)
		html_put(h, "<p><a href=\"%s?before=%lld\">Older</a></p>\n",
			 rq->path, (long long)a.id);
	if (db_end(rows) < 0)
		page_error(rq, rs, 503);
	else
		page_end(rq, rs);
}

void page_audit(const struct request *rq, struct response *rs)
{
	struct account a;
	struct actor who;
	struct db_rows rows;

	if (!desk_account_named(rq, rs, &a, &who))
		return;
	page_begin(rq, rs, "What was changed");
	html_put(&rs->body, "<p>In the account %s.</p>\n", a.name);
	audit_ask_account(rq->db, &rows, a.id,
			  request_number(rq, "before", 1, LONG_MAX, 0),
			  AUDIT_ROWS);
	put_audit(rq, rs, &rows);
}

void page_staff_audit(const struct request *rq, struct response *rs)
{
	struct db_rows rows;

	page_begin(rq, rs, "What was changed");
	audit_ask_all(rq->db, &rows,
		      request_number(rq, "before", 1, LONG_MAX, 0), AUDIT_ROWS);
	put_audit(rq, rs, &rows);
}
