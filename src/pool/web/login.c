/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "pool/book/person.h"
#include "pool/book/second.h"
#include "pool/web/field.h"
#include "pool/web/page.h"
#include "pool/web/pages.h"
#include "pool/web/session.h"

/*
 * Coming in and going out.  A link from a mail shows a page with a button and
 * does nothing by itself: programs that look at mails follow links.
 */

#define EMAIL_ATTR "required maxlength=\"254\" autocomplete=\"username\""
#define PASSWORD_ATTR \
	"required maxlength=\"200\" autocomplete=\"current-password\""
#define NEW_PASSWORD_ATTR                              \
	"required minlength=\"10\" maxlength=\"200\" " \
	"autocomplete=\"new-password\""

static void new_password_field(struct response *rs)
{
	field_input(rs, "password", "password", "Password", "",
		    NEW_PASSWORD_ATTR);
	field_hint(rs, "At least 10 characters. Four words that do not belong "
		       "together are a good one.");
}

/* "Done; look at your mails." */
static void show_done(const struct request *rq, struct response *rs,
		      const char *title, const char *text)
{
	page_begin(rq, rs, "%s", title);
	html_put(&rs->body, "<p class=\"done\" role=\"status\">%s</p>\n", text);
	page_end(rq, rs);
}

/* --- log-in ---------------------------------------------------------------- */

/* Only a path of ours is gone to. */
static const char *safe_next(const char *next)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789/.:@_-";

	if (!next || *next != '/' || next[1] == '/' || strlen(next) > 200 ||
	    next[strspn(next, plain)])
		return "/manage";
	return next;
}

static void show_login(const struct request *rq, struct response *rs,
		       enum book_verdict v, const char *next)
{
	page_begin(rq, rs, "Log in");
	field_verdict(rs, v);
	page_form(rq, rs, "/login");
	field_hidden(rs, "next", next);
	field_input(rs, "email", "email", "Mail address",
		    request_text(rq, "email"), EMAIL_ATTR);
	field_input(rs, "password", "password", "Password", "", PASSWORD_ATTR);
	field_submit(rs, "", "Log in");
	html_put(&rs->body, "<p><a href=\"/reset\">Forgot the password?</a>");
	if (rq->settings->sign_up)
		html_put(&rs->body,
			 " &middot; <a href=\"/signup\">Sign up</a>");
	html_put(&rs->body, "</p>\n");
	page_end(rq, rs);
}

void page_login(const struct request *rq, struct response *rs)
{
	const char *next = safe_next(request_query(rq, "next"));

	if (rq->person)
		response_redirect(rs, "%s", next);
	else
		show_login(rq, rs, BOOK_OK, next);
}

/* The second step; nobody is logged in yet. */
static void show_code(const struct request *rq, struct response *rs,
		      enum book_verdict v, const char *pass, const char *next)
{
	page_begin(rq, rs, "Log in: the second step");
	field_verdict(rs, v);
	page_form(rq, rs, "/login");
	field_hidden(rs, "pass", pass);
	field_hidden(rs, "next", next);
	field_input(rs, "text", "code", "Code", "", CODE_ATTR);
	field_hint(rs, "Six digits from your authenticator app, or one of the "
		       "recovery codes that you kept. If you have neither, "
		       "ask the staff.");
	field_submit(rs, "", "Log in");
	page_end(rq, rs);
}

static void end_login(const struct request *rq, struct response *rs,
		      enum book_verdict v, const char *session,
		      const char *next)
{
	if (v == BOOK_OK) {
		session_give(rq, rs, session);
		response_redirect(rs, "%s", next);
		return;
	}
	show_login(rq, rs, v, next);
	if (v == BOOK_TOO_OFTEN)
		rs->retry_s = 900;
}

static void post_login_code(const struct request *rq, struct response *rs,
			    const char *next)
{
	struct actor who = session_actor(rq, 0);
	const char *pass = request_text(rq, "pass");
	char session[SECRET_TEXT_LEN];
	enum book_verdict v =
		book_log_in_code(rq->db, &who, pass, request_text(rq, "code"),
				 rq->now_ms, session);

	if (v == BOOK_WRONG_CODE)
		show_code(rq, rs, v, pass, next);
	else
		end_login(rq, rs, v, session, next);
}

static void post_login_password(const struct request *rq, struct response *rs,
				const char *next)
{
	struct actor who = session_actor(rq, 0);
	char session[SECRET_TEXT_LEN];
	enum book_verdict v = book_log_in(
		rq->db, rq->settings, &who, request_text(rq, "email"),
		request_text(rq, "password"), rq->now_ms, session);

	if (v == BOOK_NEEDS_CODE)
		show_code(rq, rs, BOOK_OK, session, next);
	else
		end_login(rq, rs, v, session, next);
}

void post_login(const struct request *rq, struct response *rs)
{
	const char *next = safe_next(request_form(rq, "next"));

	if (request_form(rq, "pass"))
		post_login_code(rq, rs, next);
	else
		post_login_password(rq, rs, next);
}

void post_logout(const struct request *rq, struct response *rs)
{
	char secret[SECRET_TEXT_LEN];
	enum book_verdict v = book_log_out(rq->db, session_secret(rq, secret));

	session_take_away(rq, rs);
	verdict_answer(rq, rs, v, "/");
}

/* --- sign-up --------------------------------------------------------------- */

static void show_signup(const struct request *rq, struct response *rs,
			enum book_verdict v)
{
	page_begin(rq, rs, "Sign up");
	field_verdict(rs, v);
	if (!rq->settings->sign_up) {
		html_put(&rs->body, "<p>%s</p>\n",
			 book_verdict_text(BOOK_CLOSED));
		page_end(rq, rs);
		return;
	}
	html_put(&rs->body,
		 "<p>With an account you add your time servers to %s and look "
		 "after them. A mail with a link confirms your address.</p>\n",
		 rq->settings->name);
	page_form(rq, rs, "/signup");
	field_input(rs, "email", "email", "Mail address",
		    request_text(rq, "email"), EMAIL_ATTR);
	field_input(rs, "text", "name", "Name (if you like)",
		    request_text(rq, "name"),
		    "maxlength=\"100\" autocomplete=\"name\"");
	new_password_field(rs);
	field_submit(rs, "", "Sign up");
	page_end(rq, rs);
}

void page_signup(const struct request *rq, struct response *rs)
{
	show_signup(rq, rs, BOOK_OK);
}

void post_signup(const struct request *rq, struct response *rs)
{
	struct actor who = session_actor(rq, 0);
	enum book_verdict v = book_sign_up(
		rq->db, rq->settings, &who, request_text(rq, "email"),
		request_text(rq, "name"), request_text(rq, "password"),
		rq->now_ms);

	if (v != BOOK_OK)
		show_signup(rq, rs, v);
	else
		show_done(rq, rs, "Almost there",
			  "A mail is on its way to you. Follow the link in it "
			  "within two days.");
}

/* A link that was mailed: a button that says what it does. */
static void show_button(const struct request *rq, struct response *rs,
			const char *title, const char *text, const char *label)
{
	page_begin(rq, rs, "%s", title);
	html_put(&rs->body, "<p>%s</p>\n", text);
	page_form(rq, rs, "%s", rq->path);
	field_submit(rs, "", label);
	page_end(rq, rs);
}

void page_confirm(const struct request *rq, struct response *rs)
{
	show_button(rq, rs, "Confirm your address",
		    "Press the button, and you can log in.",
		    "This is my address");
}

void post_confirm(const struct request *rq, struct response *rs)
{
	struct actor who = session_actor(rq, 0);

	verdict_answer(rq, rs,
		       book_confirm(rq->db, &who, rq->arg[0], rq->now_ms),
		       "/login");
}

/* --- forgotten passwords --------------------------------------------------- */

static void show_reset(const struct request *rq, struct response *rs,
		       enum book_verdict v)
{
	page_begin(rq, rs, "A new password");
	field_verdict(rs, v);
	page_form(rq, rs, "/reset");
	field_input(rs, "email", "email", "Mail address",
		    request_text(rq, "email"), EMAIL_ATTR);
	field_submit(rs, "", "Send me a link");
	page_end(rq, rs);
}

void page_reset(const struct request *rq, struct response *rs)
{
	show_reset(rq, rs, BOOK_OK);
}

void post_reset(const struct request *rq, struct response *rs)
{
	struct actor who = session_actor(rq, 0);
	enum book_verdict v =
		book_reset_ask(rq->db, rq->settings, &who,
			       request_text(rq, "email"), rq->now_ms);

	if (v != BOOK_OK)
		show_reset(rq, rs, v);
	else
		show_done(rq, rs, "Look at your mails",
			  "If this address has an account, a mail with a link "
			  "is on its way. It is good for two hours.");
}

static void show_reset_link(const struct request *rq, struct response *rs,
			    enum book_verdict v)
{
	page_begin(rq, rs, "A new password");
	field_verdict(rs, v);
	page_form(rq, rs, "%s", rq->path);
	new_password_field(rs);
	field_submit(rs, "", "Set it");
	page_end(rq, rs);
}

void page_reset_link(const struct request *rq, struct response *rs)
{
	show_reset_link(rq, rs, BOOK_OK);
}

void post_reset_link(const struct request *rq, struct response *rs)
{
	struct actor who = session_actor(rq, 0);
	enum book_verdict v =
		book_reset(rq->db, rq->settings, &who, rq->arg[0],
			   request_text(rq, "password"), rq->now_ms);

	if (v == BOOK_OK)
		response_redirect(rs, "/login");
	else
		show_reset_link(rq, rs, v);
}
