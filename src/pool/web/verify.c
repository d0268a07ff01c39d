/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/verify.h"

#include <stdio.h>

#include "pool/store/person.h"
#include "pool/web/desk.h"
#include "pool/web/field.h"
#include "pool/web/page.h"
#include "pool/web/session.h"
#include "pool/web/when.h"

/* Proving that a server is one's own. */

static void how_to(const struct request *rq, struct html *h,
		   const struct server *s, const struct verification *v)
{
	char file[VERIFY_NAME_LEN];

	switch (v->method) {
	case VERIFY_HTTP:
		book_verify_file_name(v, file);
		html_put(h,
			 "<p>On the server itself, run</p>\n"
			 "<pre>curl --interface %s %s/verify/%s</pre>\n"
			 "<p>or let its web server answer "
			 "<code>http://%s/.well-known/ntp-pool/%s</code> with"
			 "</p>\n<pre>%s</pre>\n",
			 s->address, rq->settings->web_url, v->token,
			 s->address, file, v->token);
		break;
	case VERIFY_DNS:
		html_put(h,
			 "<p>Publish this record:</p>\n"
			 "<pre>_ntp-pool.%s. TXT \"%s\"</pre>\n",
			 s->hostname, v->token);
		break;
	default:
		html_put(h,
			 "<p>Add this line to its <code>ntp.conf</code> and "
			 "restart it:</p>\n<pre>poolverify %s</pre>\n",
			 v->token);
	}
}

static int put_open(const struct request *rq, struct response *rs,
		    const struct server *s)
{
	struct db_rows rows;
	struct verification v;
	char when[WHEN_LEN];
	unsigned n = 0;

	verification_ask_server(rq->db, &rows, s->id);
	for (; verification_next(&rows, &v); n++) {
		if (v.done_ms || v.expires_ms <= rq->now_ms)
			continue;
		html_put(&rs->body, "<h3>By %s, until %s</h3>\n",
			 verify_method_name(v.method),
			 when_minute(v.expires_ms, when));
		how_to(rq, &rs->body, s, &v);
		if (v.tried_ms)
			html_put(&rs->body,
				 "<p class=\"note\">Tried %s: %s</p>\n",
				 when_ago(v.tried_ms, rq->now_ms, when),
				 v.evidence);
	}
	return db_end(&rows) < 0 ? -1 : (int)n;
}

void desk_verify(const struct request *rq, struct response *rs,
		 const struct server *s)
{
	char when[WHEN_LEN];
	int open;

	html_put(&rs->body, "<h2>Is it yours?</h2>\n");
	if (s->verified_ms) {
		html_put(&rs->body,
			 "<p class=\"done\">Verified on %s (%s).</p>\n",
			 when_day(s->verified_ms, when), s->verified_by);
		return;
	}
	html_put(&rs->body,
		 "<p>Once you have shown that, its netspeed can be raised and "
		 "more servers can be added.</p>\n");
	open = put_open(rq, rs, s);
	if (open > 0) {
		page_form(rq, rs, "/manage/server/%lld/verify-again",
			  (long long)s->id);
		field_submit(rs, "", "Check now");
	}
	page_form(rq, rs, "/manage/server/%lld/verify", (long long)s->id);
	field_select(rs, "method", "Show it by");
	field_option(rs, "http", true,
		     "a request from the server, or a file on it");
	if (*s->hostname)
		field_option(rs, "dns", false, "a record in the DNS");
	field_option(rs, "ntp", false, "its answer to a question over NTP");
	if (person_is_staff(rq->person))
		field_option(rs, "admin", false, "the word of the staff");
	field_select_end(rs);
	field_submit(rs, open > 0 ? "second" : "", "Begin");
}

void post_verify(const struct request *rq, struct response *rs)
{
	enum verify_method method;
	struct verification v;
	struct server s;
	struct actor who;

	if (!desk_server(rq, rs, &s, &who))
		return;
	if (!verify_method_find(request_text(rq, "method"), &method))
		page_error(rq, rs, 400);
	else
		verdict_answer(rq, rs,
			       book_verify_begin(rq->db, &who, s.id, method,
						 rq->now_ms, &v),
			       "/manage/server/%lld", (long long)s.id);
}

void post_verify_again(const struct request *rq, struct response *rs)
{
	struct server s;
	struct actor who;

	if (desk_server(rq, rs, &s, &who))
		verdict_answer(
			rq, rs,
			book_verify_again(rq->db, &who, s.id, rq->now_ms),
			"/manage/server/%lld", (long long)s.id);
}

/* The server itself asks for /verify/TOKEN: an answer for curl. */
void page_verify_came(const struct request *rq, struct response *rs)
{
	enum book_verdict v =
		book_verify_came(rq->db, rq->arg[0], rq->address, rq->now_ms);

	rs->type = "text/plain; charset=utf-8";
	rs->status = v == BOOK_VERIFIED ? 200 : verdict_status(v);
	if (v == BOOK_OK)
		buf_printf(&rs->body.buf, "Verified: %s is yours.\n",
			   rq->address);
	else
		buf_printf(&rs->body.buf, "%s\n(You come from %s.)\n",
			   book_verdict_text(v), rq->address);
}
