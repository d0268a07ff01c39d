/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/second.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "pool/store/person.h"
#include "pool/web/desk.h"
#include "pool/web/field.h"
#include "pool/web/page.h"
#include "pool/web/session.h"

/* The second step of one's own log-in: on and off. */

/* Octets of a URI that need no escape go as they are (RFC 3986 2.3). */
static void put_uri(struct html *h, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-._~@";

	char escaped[4];

	for (; *text; text++) {
		if (strchr(plain, *text))
			snprintf(escaped, sizeof escaped, "%c", *text);
		else
			snprintf(escaped, sizeof escaped, "%%%02X",
				 (unsigned)(unsigned char)*text);
		html_put(h, "%s", escaped);
	}
}

/* What an app takes in: otpauth://totp/NAME:MAIL?secret=…&issuer=NAME */
static void put_secret(const struct request *rq, struct response *rs,
		       const struct second_step *s)
{
	struct html *h = &rs->body;
	char secret[SECOND_SECRET_TEXT_LEN];

	base32_encode(s->secret, sizeof s->secret, secret);
	html_put(h,
		 "<p>Put this secret into an authenticator app, as a code by "
		 "time with six digits:</p>\n<p><code>%s</code></p>\n"
		 "<p>Or open it there: <a href=\"otpauth://totp/",
		 secret);
	put_uri(h, rq->settings->name);
	html_put(h, ":");
	put_uri(h, rq->person->email);
	html_put(h, "?secret=%s&amp;issuer=", secret);
	put_uri(h, rq->settings->name);
	html_put(h, "\">otpauth link</a></p>\n");
	sodium_memzero(secret, sizeof secret);
}

static void show_off(const struct request *rq, struct response *rs)
{
	html_put(&rs->body,
		 "<p>With it, log-in asks for the password and then for a code "
		 "that an app on your phone makes, so that a password which "
		 "somebody learnt is not enough.</p>\n");
	page_form(rq, rs, "/manage/person/second");
	field_submit(rs, "", "Begin");
}

static void show_begun(const struct request *rq, struct response *rs,
		       const struct second_step *s)
{
	put_secret(rq, rs, s);
	page_form(rq, rs, "/manage/person/second/on");
	field_input(rs, "text", "code", "The code that the app shows", "",
		    CODE_ATTR);
	field_hint(rs, "From then on it is asked for at log-in.");
	field_submit(rs, "", "Turn it on");
}

static void show_on(const struct request *rq, struct response *rs)
{
	int64_t left = recovery_code_count(rq->db, rq->person->id);

	html_put(&rs->body,
		 "<p>It is on. %lld recovery codes are left; for new ones "
		 "turn it off and on again.</p>\n<h2>Turn it off</h2>\n",
		 (long long)left);
	page_form(rq, rs, "/manage/person/second/off");
	field_input(rs, "password", "password", "Password", "",
		    "required autocomplete=\"current-password\"");
	field_input(rs, "text", "code", "A code of the app, or a recovery code",
		    "", CODE_ATTR);
	field_submit(rs, "danger", "Turn it off");
}

static void show_second(const struct request *rq, struct response *rs,
			enum book_verdict v)
{
	struct second_step s;
	int r = second_step_find(rq->db, rq->person->id, &s);

	if (r < 0) {
		page_error(rq, rs, 503);
		return;
	}
	page_begin(rq, rs, "The second step of your log-in");
	field_verdict(rs, v);
	if (r == 0)
		show_off(rq, rs);
	else if (!s.confirmed_ms)
		show_begun(rq, rs, &s);
	else
		show_on(rq, rs);
	page_end(rq, rs);
	if (v == BOOK_TOO_OFTEN)
		rs->retry_s = 900;
}

void page_second(const struct request *rq, struct response *rs)
{
	show_second(rq, rs, BOOK_OK);
}

void post_second_begin(const struct request *rq, struct response *rs)
{
	struct actor who = session_actor(rq, 0);

	verdict_answer(rq, rs, book_second_begin(rq->db, &who, rq->now_ms),
		       "/manage/person/second");
}

void post_second_on(const struct request *rq, struct response *rs)
{
	struct actor who = session_actor(rq, 0);
	char recovery[RECOVERY_CODES][RECOVERY_TEXT_LEN];
	enum book_verdict v = book_second_on(
		rq->db, &who, request_text(rq, "code"), rq->now_ms, recovery);

	if (v != BOOK_OK) {
		show_second(rq, rs, v);
		return;
	}
	page_begin(rq, rs, "Recovery codes");
	html_put(&rs->body,
		 "<p class=\"done\" role=\"status\">Log-in asks for a code "
		 "from now on.</p>\n<p>Keep these where the phone is not: "
		 "each is good once instead of a code. They are not shown "
		 "again.</p>\n<ul>\n");
	for (int i = 0; i < RECOVERY_CODES; i++)
		html_put(&rs->body, "<li><code>%s</code></li>\n", recovery[i]);
	html_put(&rs->body, "</ul>\n<p><a href=\"/manage/person\">I have "
			    "them</a></p>\n");
	page_end(rq, rs);
	sodium_memzero(recovery, sizeof recovery);
}

void post_second_off(const struct request *rq, struct response *rs)
{
	struct actor who = session_actor(rq, 0);
	enum book_verdict v = book_second_off(
		rq->db, rq->settings, &who, request_text(rq, "password"),
		request_text(rq, "code"), rq->now_ms);

	if (v == BOOK_OK)
		response_redirect(rs, "/manage/person");
	else
		show_second(rq, rs, v);
}
