/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/container.h"
#include "base/json.h"
#include "pool/book/list.h"
#include "pool/web/figure.h"
#include "pool/web/page.h"
#include "pool/web/pages.h"
#include "pool/web/when.h"

/*
 * /lists/stratum1, /lists/stratum2: where the operator of a server chooses the
 * sources for it.  The columns are those of the public lists of old; beside
 * them stands what our own monitors measured.
 */

static const struct {
	const char *key, *title;
	const char *order; /* aria-sort */
} sorts[LIST_SORTS] = {
	[LIST_BY_COUNTRY] = {"iso", "ISO", "ascending"},
	[LIST_BY_HOSTNAME] = {"host", "Host name", "ascending"},
	[LIST_BY_POLICY] = {"policy", "Access policy", "descending"},
	[LIST_BY_NOTIFICATION] = {"notify", "Notify?", "ascending"},
	[LIST_BY_CHANGE] = {"modified", "Last modified", "descending"},
};

static enum list_sort sort_of(const struct request *rq)
{
	const char *key = request_query(rq, "sort");

	for (size_t i = 0; key && i < ARRAY_LEN(sorts); i++)
		if (strcmp(sorts[i].key, key) == 0)
			return (enum list_sort)i;
	return LIST_BY_COUNTRY;
}

/* The stratum that the path names; 0: none. */
static int stratum_of(const struct request *rq)
{
	if (strcmp(rq->arg[0], "stratum1") == 0)
		return 1;
	return strcmp(rq->arg[0], "stratum2") == 0 ? 2 : 0;
}

/* --- for programs ---------------------------------------------------------- */

static void json_field(struct json *j, const struct list_entry *e,
		       const struct list_field *f)
{
	char text[LIST_TEXT_MAX];

	if (f->kind == LIST_STRATUM)
		json_int(j, f->word, e->stratum);
	else if (f->kind == LIST_FLAG)
		json_bool(j, f->word, e->notification);
	else
		json_text(j, f->word, list_field_get(e, f, text));
}

static void json_entry(struct json *j, const struct list_entry *e)
{
	size_t n;
	const struct list_field *f = list_fields(&n);
	char when[WHEN_LEN];

	json_object(j, NULL);
	json_int(j, "id", e->id);
	for (size_t i = 0; i < n; i++)
		json_field(j, e, &f[i]);
	json_bool(j, "PoolMember", e->score_ms != 0);
	json_text(j, "LastModified", when_iso(e->changed_ms, when));
	json_real(j, "score", e->score_ms ? e->score : (double)NAN);
	json_text(j, "measured",
		  e->score_ms ? when_iso(e->score_ms, when) : NULL);
	json_end_object(j);
}

/* Quoted always; a formula of a spreadsheet loses its meaning behind a quote mark. */
static void csv_field(struct buf *b, const char *s, const char *end)
{
	buf_add(b, "\"", 1);
	if (*s && strchr("=+-@\t", *s))
		buf_add(b, "'", 1);
	for (; *s; s++) {
		if (*s == '"')
			buf_add(b, "\"\"", 2);
		else
			buf_add(b, (unsigned char)*s < ' ' ? " " : s, 1);
	}
	buf_printf(b, "\"%s", end);
}

static void csv_entry(struct buf *b, const struct list_entry *e)
{
	char when[WHEN_LEN];

	buf_printf(b, "%d,", e->stratum);
	csv_field(b, e->country, ",");
	csv_field(b, e->hostname, ",");
	csv_field(b, e->address4, ",");
	csv_field(b, e->address6, ",");
	csv_field(b, e->access_policy, ",");
	csv_field(b, e->access_details, ",");
	buf_printf(b, "%s,", e->notification ? "Yes" : "No");
	csv_field(b, e->contact, ",");
	csv_field(b, e->service_area, ",");
	csv_field(b, e->synchronisation, ",");
	buf_printf(b, "%s,", when_day(e->changed_ms, when));
	if (e->score_ms)
		buf_printf(b, "%.1f", e->score);
	buf_add(b, "\n", 1);
}

static int put_machine(const struct request *rq, struct response *rs,
		       int stratum, bool as_json)
{
	struct json j = json_init(&rs->body.buf);
	struct list_entry e;
	struct db_rows rows;

	rs->cors = true;
	rs->type = as_json ? "application/json" : "text/csv; charset=utf-8";
	if (as_json)
		json_array(&j, NULL);
	else
		buf_printf(&rs->body.buf,
			   "stratum,iso,hostname,address,address6,policy,"
			   "details,notify,contact,area,synchronisation,"
			   "modified,score\n");
	list_ask(rq->db, &rows, stratum, sort_of(rq));
	while (list_next(&rows, &e)) {
		if (as_json)
			json_entry(&j, &e);
		else
			csv_entry(&rs->body.buf, &e);
	}
	if (as_json)
		json_end_array(&j);
	return db_end(&rows);
}

/* --- the list -------------------------------------------------------------- */

static void put_head(const struct request *rq, struct html *h)
{
	enum list_sort chosen = sort_of(rq);

	html_put(h, "<thead><tr>");
	for (size_t i = 0; i < ARRAY_LEN(sorts); i++) {
		html_put(h, "<th scope=\"col\"");
		if (i == chosen)
			html_put(h, " aria-sort=\"%s\"", sorts[i].order);
		html_put(h, "><a href=\"/lists/%s?sort=%s\">%s</a></th>",
			 rq->arg[0], sorts[i].key, sorts[i].title);
	}
	html_put(h, "<th scope=\"col\" class=\"number\">Score here</th>"
		    "<th scope=\"col\">Measured</th></tr></thead>\n<tbody>\n");
}

static void put_entry(const struct request *rq, struct html *h,
		      const struct list_entry *e)
{
	char score[FIGURE_LEN], day[WHEN_LEN], ago[WHEN_LEN];

	html_put(h,
		 "<tr><td>%s</td><th scope=\"row\"><a "
		 "href=\"/lists/entry/%" PRId64 "\">%s</a></th><td>%s</td>"
		 "<td>%s</td><td class=\"plain\">%s</td>"
		 "<td class=\"number\">%s</td><td "
		 "class=\"plain\">%s</td></tr>\n",
		 e->country, e->id, e->hostname, e->access_policy,
		 e->notification ? "Yes" : "No", when_day(e->changed_ms, day),
		 figure_score(e->score_ms ? e->score : (double)NAN, score),
		 e->score_ms ? when_ago(e->score_ms, rq->now_ms, ago)
			     : "not by us");
}

static void put_policies(struct html *h)
{
	html_put(h,
		 "<h2>What the policies mean</h2>\n<dl class=\"facts\">\n"
		 "<dt>OpenAccess</dt><dd>Anybody may use it within the rules "
		 "below, at once.</dd>\n"
		 "<dt>RestrictedAccess</dt><dd>Open to some: the access "
		 "details say to whom and what to do first.</dd>\n"
		 "<dt>ClosedAccess</dt><dd>Only after an agreement with the "
		 "operator.</dd>\n"
		 "<dt>Notify? Yes</dt><dd>Write to the server's contact before "
		 "you use it.</dd>\n</dl>\n"
		 "<p>For all of them: <code>iburst</code> yes, "
		 "<code>burst</code> never; poll no more often than every 64 "
		 "seconds; heed kiss codes; do not write addresses into "
		 "products.</p>\n");
}

static int put_list(const struct request *rq, struct response *rs, int stratum)
{
	struct html *h = &rs->body;
	struct list_entry e;
	struct db_rows rows;

	page_begin(rq, rs, "Stratum %d servers", stratum);
	html_put(h,
		 "<p>Servers whose operators let others synchronise to them. "
		 "For a server of your own choose four to seven near it: one "
		 "or two of <a href=\"/lists/stratum1\">stratum 1</a>, three "
		 "or four of <a href=\"/lists/stratum2\">stratum 2</a>. A "
		 "single host is better served by <a href=\"/use\">the pool"
		 "</a>.</p>\n");
	page_table(h, "Choose a heading to sort by it; the score is what our "
		      "own monitors found.");
	put_head(rq, h);
	list_ask(rq->db, &rows, stratum, sort_of(rq));
	while (list_next(&rows, &e))
		put_entry(rq, h, &e);
	html_put(h, "</tbody>\n");
	page_table_end(h);
	html_put(h,
		 "<p>The same as <a href=\"/lists/%s?format=json\">JSON</a> or "
		 "<a href=\"/lists/%s?format=csv\">CSV</a>.</p>\n",
		 rq->arg[0], rq->arg[0]);
	put_policies(h);
	page_end(rq, rs);
	return db_end(&rows);
}

void page_list(const struct request *rq, struct response *rs)
{
	const char *format = request_query(rq, "format");
	int stratum = stratum_of(rq), r;

	if (stratum == 0) {
		page_error(rq, rs, 404);
		return;
	}
	if (format &&
	    (strcmp(format, "json") == 0 || strcmp(format, "csv") == 0))
		r = put_machine(rq, rs, stratum, *format == 'j');
	else
		r = put_list(rq, rs, stratum);
	rs->max_age_s = page_fresh_s(rq);
	if (r < 0)
		page_error(rq, rs, 503);
}

/* --- one entry ------------------------------------------------------------- */

static void put_facts(struct html *h, const struct list_entry *e)
{
	size_t n;
	const struct list_field *f = list_fields(&n);
	char text[LIST_TEXT_MAX], day[WHEN_LEN];

	html_put(h, "<dl class=\"facts\">\n");
	for (size_t i = 0; i < n; i++)
		if (*list_field_get(e, &f[i], text))
			html_put(h, "<dt>%s</dt><dd>%s</dd>\n", f[i].title,
				 text);
	html_put(h,
		 "<dt>Pool member</dt><dd>%s</dd>\n"
		 "<dt>Last modified</dt><dd>%s</dd>\n</dl>\n",
		 e->score_ms ? "yes" : "no", when_day(e->changed_ms, day));
}

static void put_measured(const struct request *rq, struct html *h,
			 const struct list_entry *e)
{
	char score[FIGURE_LEN], ago[WHEN_LEN];

	html_put(h, "<h2>Measured here</h2>\n");
	if (!e->score_ms) {
		html_put(h, "<p>Our monitors do not measure this server: all "
			    "of the above is what its operator says.</p>\n");
		return;
	}
	html_put(h,
		 "<p>Score %s, %s; <a href=\"/scores/%s\">all of it</a>.</p>\n",
		 figure_score(e->score, score),
		 when_ago(e->score_ms, rq->now_ms, ago), e->measured_address);
	if (e->measured_stratum > 0 && e->measured_stratum != e->stratum)
		html_put(h,
			 "<p class=\"error\">It says of itself that it is "
			 "of stratum %d.</p>\n",
			 e->measured_stratum);
}

void page_list_entry(const struct request *rq, struct response *rs)
{
	struct html *h = &rs->body;
	struct list_entry e;
	long id = 0;
	int r = text_to_int(rq->arg[0], 1, INT32_MAX, &id) < 0
			? 0
			: list_by_id(rq->db, id, &e);

	if (r <= 0 || !e.approved_ms) {
		page_error(rq, rs, r < 0 ? 503 : 404);
		return;
	}
	page_begin(rq, rs, "%s", e.hostname);
	html_put(h,
		 "<p>From the list of <a href=\"/lists/stratum%d\">stratum "
		 "%d servers</a>.</p>\n",
		 e.stratum, e.stratum);
	put_facts(h, &e);
	put_measured(rq, h, &e);
	html_put(h, "<h2>Use it</h2>\n<pre>server %s iburst</pre>\n",
		 e.hostname);
	page_end(rq, rs);
	rs->max_age_s = page_fresh_s(rq);
}
