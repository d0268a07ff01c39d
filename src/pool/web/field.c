/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/web/field.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "pool/web/page.h"

static void label_row(struct html *h, const char *name, const char *label)
{
	html_put(h, "<div class=\"row\"><label for=\"%s\">%s</label>\n", name,
		 label);
}

void field_input(struct response *rs, const char *type, const char *name,
		 const char *label, const char *value, const char *attributes)
{
	struct html *h = &rs->body;

	label_row(h, name, label);
	html_put(h, "<input type=\"%s\" name=\"%s\" id=\"%s\" value=\"%s\" ",
		 type, name, name, value);
	html_raw(h, attributes, strlen(attributes));
	html_put(h, "></div>\n");
}

void field_area(struct response *rs, const char *name, const char *label,
		const char *value, const char *attributes)
{
	struct html *h = &rs->body;

	label_row(h, name, label);
	html_put(h, "<textarea name=\"%s\" id=\"%s\" rows=\"3\" ", name, name);
	html_raw(h, attributes, strlen(attributes));
	html_put(h, ">%s</textarea></div>\n", value);
}

void field_check(struct response *rs, const char *name, const char *label,
		 bool checked)
{
	html_put(&rs->body,
		 "<div class=\"row\"><label class=\"check\"><input "
		 "type=\"checkbox\" name=\"%s\" value=\"yes\"",
		 name);
	html_put(&rs->body,
		 checked ? " checked> %s</label></div>\n"
			 : "> %s</label></div>\n",
		 label);
}

void field_hidden(struct response *rs, const char *name, const char *value)
{
	html_put(&rs->body,
		 "<input type=\"hidden\" name=\"%s\" value=\"%s\">\n", name,
		 value);
}

void field_hint(struct response *rs, const char *fmt, ...)
{
	va_list ap;

	html_put(&rs->body, "<p class=\"hint\">");
	va_start(ap, fmt);
	html_vput(&rs->body, fmt, ap);
	va_end(ap);
	html_put(&rs->body, "</p>\n");
}

void field_select(struct response *rs, const char *name, const char *label)
{
	label_row(&rs->body, name, label);
	html_put(&rs->body, "<select name=\"%s\" id=\"%s\">\n", name, name);
}

void field_option(struct response *rs, const char *value, bool selected,
		  const char *fmt, ...)
{
	va_list ap;

	html_put(&rs->body,
		 selected ? "<option value=\"%s\" selected>"
			  : "<option value=\"%s\">",
		 value);
	va_start(ap, fmt);
	html_vput(&rs->body, fmt, ap);
	va_end(ap);
	html_put(&rs->body, "</option>\n");
}

void field_select_end(struct response *rs)
{
	html_put(&rs->body, "</select></div>\n");
}

void field_submit(struct response *rs, const char *style, const char *label)
{
	html_put(&rs->body,
		 "<p><button class=\"%s\">%s</button></p>\n</form>\n", style,
		 label);
}

void field_verdict(struct response *rs, enum book_verdict v)
{
	if (v == BOOK_OK)
		return;
	rs->status = verdict_status(v);
	html_put(&rs->body, "<p class=\"error\" role=\"alert\">%s</p>\n",
		 book_verdict_text(v));
}

int verdict_status(enum book_verdict v)
{
	switch (v) {
	case BOOK_OK:
		return 200;
	case BOOK_STORE:
		return 503;
	case BOOK_UNKNOWN:
	case BOOK_DELETED:
		return 404;
	case BOOK_DENIED:
	case BOOK_DISABLED:
	case BOOK_CLOSED:
	case BOOK_WRONG_LOGIN:
	case BOOK_NEEDS_CODE:
	case BOOK_WRONG_CODE:
	case BOOK_UNCONFIRMED:
	case BOOK_WRONG_SOURCE:
	case BOOK_RAISE_UNVERIFIED:
	case BOOK_NOT_MEMBER:
		return 403;
	case BOOK_TOO_OFTEN:
		return 429;
	case BOOK_REGISTERED:
	case BOOK_EXISTS:
	case BOOK_IN_USE:
	case BOOK_UNVERIFIED:
	case BOOK_NOT_READY:
	case BOOK_REFUSED:
	case BOOK_VERIFIED:
	case BOOK_LAST_OWNER:
		return 409;
	default:
		return 400;
	}
}

void verdict_answer(const struct request *rq, struct response *rs,
		    enum book_verdict v, const char *where, ...)
{
	va_list ap;

	if (v != BOOK_OK) {
		page_refuse(rq, rs, verdict_status(v), "%s",
			    book_verdict_text(v));
		if (v == BOOK_TOO_OFTEN)
			rs->retry_s = 900;
		return;
	}
	va_start(ap, where);
	vsnprintf(rs->location, sizeof rs->location, where, ap);
	va_end(ap);
	rs->status = 303;
}
