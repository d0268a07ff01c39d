/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/person.h"

#include "pool/web/desk.h"
#include "pool/web/field.h"
#include "pool/web/page.h"
#include "pool/web/session.h"

/* One's own name and password. */

void page_person(const struct request *rq, struct response *rs)
{
	page_begin(rq, rs, "You");
	html_put(&rs->body, "<p>%s</p>\n<h2>Name</h2>\n", rq->person->email);
	page_form(rq, rs, "/manage/person/name");
	field_input(rs, "text", "name", "Name", rq->person->name,
		    "maxlength=\"100\" autocomplete=\"name\"");
	field_submit(rs, "", "Save");
	html_put(&rs->body, "<h2>Password</h2>\n");
	page_form(rq, rs, "/manage/person/password");
	field_input(rs, "password", "old", "The present one", "",
		    "required autocomplete=\"current-password\"");
	field_input(rs, "password", "password", "The new one", "",
		    "required minlength=\"10\" maxlength=\"200\" "
		    "autocomplete=\"new-password\"");
	field_hint(rs, "Everywhere else you will be logged out.");
	field_submit(rs, "", "Change it");
	html_put(&rs->body,
		 "<h2>Second step</h2>\n<p>Whoever knows your password still "
		 "cannot log in when an <a href=\"/manage/person/second\">"
		 "authenticator app</a> is asked, too.</p>\n");
	html_put(&rs->body, "<h2>Another account</h2>\n"
			    "<p>Servers belong to accounts, which several "
			    "people can look after together.</p>\n");
	page_form(rq, rs, "/manage/team");
	field_input(rs, "text", "team", "Name of the account", "",
		    "required maxlength=\"100\"");
	field_submit(rs, "second", "Make it");
	page_end(rq, rs);
}

void post_person_name(const struct request *rq, struct response *rs)
{
	struct actor who = session_actor(rq, 0);

	verdict_answer(rq, rs,
		       book_person_name(rq->db, &who, request_text(rq, "name"),
					rq->now_ms),
		       "/manage/person");
}

void post_person_password(const struct request *rq, struct response *rs)
{
	struct actor who = session_actor(rq, 0);
	char secret[SECRET_TEXT_LEN];

	verdict_answer(rq, rs,
		       book_password(rq->db, rq->settings, &who,
				     request_text(rq, "old"),
				     request_text(rq, "password"),
				     session_secret(rq, secret), rq->now_ms),
		       "/manage/person");
}
