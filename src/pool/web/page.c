/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/web/page.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"

/* Wording of the status codes that we send. */
static const struct {
	int status;
	const char *title, *text;
} words[] = {
	{400, "Bad request", "The request could not be understood."},
	{401, "Not authorised", "A valid token is missing."},
	{403, "Not allowed", "This is not allowed."},
	{404, "Not found", "There is no such page."},
	{405, "Method not allowed", "This address takes other methods."},
	{409, "Conflict", "This is there already."},
	{413, "Too large", "That was more than this address takes."},
	{429, "Too many tries", "Please wait a little, then try again."},
	{500, "Server error", "Something is broken here; the log knows more."},
	{503, "Not available",
	 "The database cannot be reached; please try again in a minute."},
};

static const char *status_title(int status)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (words[i].status == status)
			return words[i].title;
	return "Error";
}

static const char *status_text(int status)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (words[i].status == status)
			return words[i].text;
	return "";
}

/* Where a visitor can go from everywhere. */
static const struct {
	const char *path, *name;
} places[] = {
	{"/join", "Join"},
	{"/use", "Use"},
	{"/scores/", "Scores"},
	{"/zone/@", "Zones"},
	{"/lists/stratum1", "Lists"},
	{"/monitors", "Monitors"},
};

/* Is the page that is asked for this one, or one below it? */
static bool is_here(const struct request *rq, const char *path)
{
	size_t len = strcspn(path + 1, "/") + 1;

	return rq->path && strncmp(rq->path, path, len) == 0 &&
	       (rq->path[len] == '/' || rq->path[len] == '\0');
}

static void place(const struct request *rq, struct html *h, const char *path,
		  const char *name)
{
	html_put(h, "<li><a href=\"%s\"", path);
	if (is_here(rq, path))
		html_put(h, " aria-current=\"%s\"",
			 strcmp(rq->path, path) == 0 ? "page" : "true");
	html_put(h, ">%s</a></li>\n", name);
}

static void page_header(const struct request *rq, struct html *h)
{
	html_put(h,
		 "<a class=\"skip\" href=\"#main\">Skip to the content</a>\n"
		 "<header class=\"site\"><a class=\"name\" href=\"/\">"
		 "<img src=\"/static/ball.svg\" alt=\"\" width=\"24\" "
		 "height=\"24\">%s</a>\n"
		 "<nav aria-label=\"Main\"><ul>\n",
		 rq->settings->name);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		place(rq, h, places[i].path, places[i].name);
	if (rq->person)
		place(rq, h, "/manage", "Manage");
	else
		place(rq, h, "/login", "Log in");
	html_put(h, "</ul></nav></header>\n");
}

void page_begin(const struct request *rq, struct response *rs,
		const char *title, ...)
{
	struct html *h = &rs->body;
	struct html t = {{0}};
	va_list ap;

	va_start(ap, title);
	html_vput(&t, title, ap);
	va_end(ap);
	html_put(h,
		 "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
		 "<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
		 "content=\"width=device-width, initial-scale=1\">\n<title>");
	html_raw(h, buf_text(&t.buf), t.buf.len);
	html_put(h,
		 " &middot; %s</title>\n"
		 "<link rel=\"stylesheet\" href=\"/static/style.css\">\n"
		 "<link rel=\"icon\" href=\"/static/ball.svg\">\n"
		 "</head>\n<body>\n",
		 rq->settings->name);
	page_header(rq, h);
	html_put(h, "<main id=\"main\">\n<h1>");
	html_raw(h, buf_text(&t.buf), t.buf.len);
	html_put(h, "</h1>\n");
	buf_done(&t.buf);
}

void page_end(const struct request *rq, struct response *rs)
{
	html_put(&rs->body, "</main>\n<footer class=\"site\"><p>%s",
		 rq->settings->name);
	if (rq->settings->contact)
		html_put(&rs->body, " &middot; <a href=\"mailto:%s\">%s</a>",
			 rq->settings->contact, rq->settings->contact);
	html_put(&rs->body,
		 " &middot; <a href=\"/scores/rules\">How scores are made</a>"
		 " &middot; <a href=\"/dns\">DNS</a></p></footer>\n"
		 "</body>\n</html>\n");
}

void page_form(const struct request *rq, struct response *rs,
	       const char *action, ...)
{
	va_list ap;

	html_put(&rs->body, "<form method=\"post\" action=\"");
	va_start(ap, action);
	html_vput(&rs->body, action, ap);
	va_end(ap);
	html_put(&rs->body,
		 "\">\n<input type=\"hidden\" name=\"csrf\" value=\"%s\">\n",
		 rq->csrf);
}

static void refuse(const struct request *rq, struct response *rs, int status,
		   const char *text)
{
	rs->body.buf.len = 0;
	rs->status = status;
	rs->max_age_s = 0;
	*rs->location = *rs->etag = *rs->download = '\0';
	if (rq->path && strncmp(rq->path, "/api/", 5) == 0) {
		struct json j = json_init(&rs->body.buf);

		rs->type = "application/json";
		json_object(&j, NULL);
		json_text(&j, "error", text);
		json_end_object(&j);
		return;
	}
	rs->type = "text/html; charset=utf-8";
	page_begin(rq, rs, "%s", status_title(status));
	html_put(&rs->body, "<p role=\"alert\">%s</p>\n", text);
	page_end(rq, rs);
}

void page_error(const struct request *rq, struct response *rs, int status)
{
	refuse(rq, rs, status, status_text(status));
}

void page_refuse(const struct request *rq, struct response *rs, int status,
		 const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	refuse(rq, rs, status, text);
}

unsigned page_fresh_s(const struct request *rq)
{
	unsigned s = rq->settings->check_active_s / 10;

	return s < 1 ? 1 : s > 120 ? 120 : s;
}

/* Who has no mouse scrolls it by its focus. */
void page_table(struct html *h, const char *caption, ...)
{
	struct html about = {{0}};
	va_list ap;

	va_start(ap, caption);
	html_vput(&about, caption, ap);
	va_end(ap);
	html_put(h, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
		    "aria-label=\"");
	html_raw(h, buf_text(&about.buf), about.buf.len);
	html_put(h, "\">\n<table><caption>");
	html_raw(h, buf_text(&about.buf), about.buf.len);
	html_put(h, "</caption>\n");
	buf_done(&about.buf);
}

void page_table_end(struct html *h)
{
	html_put(h, "</table></div>\n");
}
