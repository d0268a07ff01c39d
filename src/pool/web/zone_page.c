/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/container.h"
#include "base/json.h"
#include "pool/book/deletion.h"
#include "pool/store/person.h"
#include "pool/store/server.h"
#include "pool/store/zone.h"
#include "pool/web/chart.h"
#include "pool/web/figure.h"
#include "pool/web/page.h"
#include "pool/web/pages.h"
#include "pool/web/when.h"

/* /zone/NAME: how many servers, since when, and how to use it; .json of it. */

#define HISTORY_DAYS 2190

/* One family's history, by day. */
struct history {
	struct zone_count *count;
	size_t n;
};

static int history_read(const struct request *rq, int64_t zone_id, int family,
			struct history *h)
{
	struct db_rows rows;
	struct zone_count c;

	zone_ask_counts(rq->db, &rows, zone_id,
			rq->now_ms - HISTORY_DAYS * DAY_MS);
	while (zone_count_next(&rows, &c)) {
		if (family && c.family != family)
			continue;
		if (h->n % 256 == 0)
			h->count =
				xreallocarray(h->count, h->n + 256, sizeof c);
		h->count[h->n++] = c;
	}
	return db_end(&rows);
}

static bool is_vendor(const struct zone_record *z)
{
	return strcmp(z->kind, "vendor") == 0;
}

/* Whose servers it hands out: a vendor's name those of the whole pool. */
static int64_t counted_id(const struct zone_record *z)
{
	return is_vendor(z) ? z->parent_id : z->id;
}

/* --- JSON ------------------------------------------------------------------ */

/* Which days are given when only so many are wanted: spread, the last always. */
static bool is_wanted(size_t day, size_t days, long limit)
{
	size_t every =
		limit > 0 ? (days + (size_t)limit - 1) / (size_t)limit : 1;

	return (days - 1 - day) % every == 0;
}

/* d date, ts epoch, rc registered, ac active, w netspeed, iv version: as ever. */
static void put_json(const struct request *rq, struct response *rs,
		     const struct history *h)
{
	long limit = request_number(rq, "limit", 1, 100000, 0);
	struct json j = json_init(&rs->body.buf);
	int64_t first = h->n ? h->count[0].day_ms : 0;
	size_t days =
		h->n ? (size_t)((h->count[h->n - 1].day_ms - first) / DAY_MS) +
				1
		     : 0;
	char when[WHEN_LEN];

	rs->type = "application/json";
	json_object(&j, NULL);
	json_array(&j, "history");
	for (size_t i = 0; i < h->n; i++) {
		const struct zone_count *c = &h->count[i];

		if (!is_wanted((size_t)((c->day_ms - first) / DAY_MS), days,
			       limit))
			continue;
		json_object(&j, NULL);
		json_text(&j, "d", when_day(c->day_ms, when));
		json_int(&j, "ts", c->day_ms / 1000);
		json_int(&j, "rc", c->registered);
		json_int(&j, "ac", c->active);
		json_int(&j, "w", c->kbit);
		json_text(&j, "iv", c->family == 6 ? "v6" : "v4");
		json_end_object(&j);
	}
	json_end_array(&j);
	json_end_object(&j);
	buf_add(&rs->body.buf, "\n", 1);
}

/* --- counts ---------------------------------------------------------------- */

struct now {
	int64_t registered[2], active[2], kbit[2];
};

static int now_read(const struct request *rq, int64_t zone_id, struct now *out)
{
	struct db_rows rows;
	struct zone_count c;

	*out = (struct now){0};
	zone_ask_counts_now(rq->db, &rows, zone_id, rq->now_ms);
	while (zone_count_next(&rows, &c)) {
		out->registered[c.family == 6] = c.registered;
		out->active[c.family == 6] = c.active;
		out->kbit[c.family == 6] = c.kbit;
	}
	return db_end(&rows);
}

/* The day that is so long ago; NULL when nobody counted. */
static const struct zone_count *days_ago(const struct history *h,
					 int64_t now_ms, int days)
{
	int64_t day = now_ms / DAY_MS - days;

	for (size_t i = 0; i < h->n; i++)
		if (h->count[i].day_ms / DAY_MS == day)
			return &h->count[i];
	return NULL;
}

static void put_count_row(struct html *h, const char *when,
			  const struct zone_count *v4,
			  const struct zone_count *v6)
{
	html_put(h, "<tr><th scope=\"row\">%s</th>", when);
	for (int i = 0; i < 2; i++) {
		const struct zone_count *c = i ? v6 : v4;

		if (c)
			html_put(h,
				 "<td class=\"number\">%" PRId64
				 "</td><td class=\"number\">%" PRId64 "</td>",
				 c->active, c->registered);
		else
			html_put(h, "<td class=\"number quiet\">&ndash;</td>"
				    "<td class=\"number quiet\">&ndash;</td>");
	}
	html_put(h, "</tr>\n");
}

static void put_history(const struct request *rq, struct html *h,
			const struct now *now, const struct history *v4,
			const struct history *v6)
{
	static const struct {
		int days;
		const char *name;
	} ago[] = {{1, "1 day ago"},      {7, "1 week ago"},
		   {14, "2 weeks ago"},   {60, "2 months ago"},
		   {180, "6 months ago"}, {365, "1 year ago"},
		   {1095, "3 years ago"}, {2190, "6 years ago"}};
	struct zone_count c4 = {.active = now->active[0],
				.registered = now->registered[0]};
	struct zone_count c6 = {.active = now->active[1],
				.registered = now->registered[1]};

	page_table(h, "Active servers are handed out now; registered are all.");
	html_put(h, "<thead><tr><th scope=\"col\">When</th>"
		    "<th scope=\"col\" class=\"number\">IPv4 active</th>"
		    "<th scope=\"col\" class=\"number\">registered</th>"
		    "<th scope=\"col\" class=\"number\">IPv6 active</th>"
		    "<th scope=\"col\" class=\"number\">registered</th></tr>"
		    "</thead>\n<tbody>\n");
	put_count_row(h, "now", &c4, &c6);
	for (size_t i = 0; i < ARRAY_LEN(ago); i++) {
		const struct zone_count *a =
			days_ago(v4, rq->now_ms, ago[i].days);
		const struct zone_count *b =
			days_ago(v6, rq->now_ms, ago[i].days);

		if (a || b)
			put_count_row(h, ago[i].name, a, b);
	}
	html_put(h, "</tbody>\n");
	page_table_end(h);
}

/* A chart of two days or more. */
static void put_chart(struct html *h, const struct zone_record *z,
		      const struct history *history, const char *family,
		      const char *id)
{
	struct chart_count *count;

	if (history->n < 2)
		return;
	count = xcalloc(history->n, sizeof *count);
	for (size_t i = 0; i < history->n; i++)
		count[i] = (struct chart_count){history->count[i].day_ms,
						history->count[i].registered,
						history->count[i].active};
	html_put(h, "<figure>\n");
	chart_counts(h, z->title, id, count, history->n);
	html_put(h,
		 "<figcaption>%s: the thin line is registered servers, the "
		 "bold one active servers.</figcaption></figure>\n",
		 family);
	free(count);
}

/* --- children, snippet ----------------------------------------------------- */

static int put_children(const struct request *rq, struct html *h,
			const struct zone_record *z)
{
	struct zone_record child;
	struct db_rows rows;
	unsigned n = 0;
	struct now now;
	int r = 0;

	zone_ask_children(rq->db, &rows, z->id);
	while (r == 0 && zone_next(&rows, &child)) {
		if (is_vendor(&child))
			continue; /* says what the origin says */
		if (n++ == 0) {
			html_put(h, "<h2>Zones in it</h2>\n");
			page_table(h, "Active servers of each.");
			html_put(h, "<thead><tr><th scope=\"col\">Zone</th>"
				    "<th scope=\"col\">Name</th><th "
				    "scope=\"col\" class=\"number\">IPv4</th>"
				    "<th scope=\"col\" class=\"number\">IPv6"
				    "</th></tr></thead>\n<tbody>\n");
		}
		r = now_read(rq, child.id, &now);
		html_put(h,
			 "<tr><th scope=\"row\"><a href=\"/zone/%s\">%s</a>"
			 "</th><td><code>%s.%s</code></td>"
			 "<td class=\"number\">%" PRId64
			 "</td><td class=\"number\">%" PRId64 "</td></tr>\n",
			 child.name, child.title, child.name,
			 rq->settings->domain, now.active[0], now.active[1]);
	}
	if (n) {
		html_put(h, "</tbody>\n");
		page_table_end(h);
	}
	return db_end(&rows) < 0 ? -1 : r;
}

/* Fewer in each answer than a client wants to compare. */
#define ENOUGH 6

/* The zone itself or the first above it that has enough; else the global one. */
static int find_enough(const struct request *rq, struct zone_record *z,
		       int64_t *active)
{
	struct now now;
	int r;

	for (;;) {
		r = now_read(rq, counted_id(z), &now);
		*active = now.active[0] > now.active[1] ? now.active[0]
							: now.active[1];
		if (r < 0 || *active >= ENOUGH || !z->parent_id)
			return r;
		r = zone_by_id(rq->db, z->parent_id, z);
		if (r <= 0)
			return r < 0 ? r : -ENOENT;
	}
}

/* One line; a zone that is small fills its answers from the one above. */
static int put_snippet(const struct request *rq, struct html *h,
		       const struct zone_record *z)
{
	struct zone_record use = *z;
	int64_t active;
	int r = find_enough(rq, &use, &active);

	if (r < 0)
		return r;
	html_put(h, "<h2>Use it</h2>\n");
	if (active < ENOUGH)
		html_put(h, "<p>The pool is small yet: every name of it leads "
			    "to the same few servers. Have a look at who runs "
			    "them before you rely on them alone.</p>\n");
	else if (use.id != z->id)
		html_put(h,
			 "<p>There are too few servers in this zone to rely on "
			 "them alone; take <a href=\"/zone/%s\">%s</a>.</p>\n",
			 use.name, use.title);
	html_put(h,
		 "<p>In <code>ntp.conf</code>:</p>\n<pre>pool %s%s%s "
		 "iburst\n</pre>\n",
		 strcmp(use.name, "@") == 0 ? "" : use.name,
		 strcmp(use.name, "@") == 0 ? "" : ".", rq->settings->domain);
	return 0;
}

static int put_servers(const struct request *rq, struct html *h,
		       const struct zone_record *z)
{
	struct db_rows rows;
	struct server s;

	html_put(h, "<h2>Servers</h2>\n");
	server_table_begin(h, "All servers of the zone, for staff only.");
	server_ask_zone(rq->db, &rows, z->id);
	while (server_next(&rows, &s))
		server_table_row(h, &s, rq->now_ms);
	server_table_end(h);
	return db_end(&rows);
}

/* --- the page -------------------------------------------------------------- */

static int put_parent(const struct request *rq, struct html *h,
		      const struct zone_record *z)
{
	struct zone_record parent;
	int r = z->parent_id ? zone_by_id(rq->db, z->parent_id, &parent) : 0;

	if (r > 0)
		html_put(h, "<p>Part of <a href=\"/zone/%s\">%s</a>.</p>\n",
			 parent.name, parent.title);
	return r;
}

static int put_zone(const struct request *rq, struct response *rs,
		    const struct zone_record *z)
{
	struct history v4 = {0}, v6 = {0};
	struct html *h = &rs->body;
	char speed[FIGURE_LEN];
	int64_t of_id = counted_id(z);
	struct now now;
	int r;

	page_begin(rq, rs, "%s", z->title);
	r = put_parent(rq, h, z);
	if (r >= 0)
		r = now_read(rq, of_id, &now);
	if (r >= 0)
		r = history_read(rq, of_id, 4, &v4);
	if (r >= 0)
		r = history_read(rq, of_id, 6, &v6);
	if (r >= 0) {
		html_put(h,
			 "<p class=\"lead\"><strong>%" PRId64
			 "</strong> servers are handed out now, with %s "
			 "between them.</p>\n",
			 now.active[0] + now.active[1],
			 now.kbit[0] + now.kbit[1] > 0
				 ? figure_netspeed(now.kbit[0] + now.kbit[1],
						   speed)
				 : "no netspeed");
		put_history(rq, h, &now, &v4, &v6);
		put_chart(h, z, &v4, "IPv4", "v4");
		put_chart(h, z, &v6, "IPv6", "v6");
		r = put_snippet(rq, h, z);
	}
	if (r >= 0)
		r = put_children(rq, h, z);
	if (r >= 0 && person_is_staff(rq->person))
		r = put_servers(rq, h, z);
	html_put(h,
		 "<p><a href=\"/zone/%s.json\">These counts as JSON</a>, "
		 "<a href=\"/zone/%s/feed\">changes as a feed</a> (Atom)"
		 "</p>\n",
		 z->name, z->name);
	page_end(rq, rs);
	free(v4.count);
	free(v6.count);
	return r;
}

/* The zone of the path, and whether ".json" stands behind it. */
static int find_zone(const struct request *rq, struct zone_record *z,
		     bool *as_json)
{
	char name[sizeof z->name + sizeof ".json"];
	size_t len = strlen(rq->arg[0]);

	*as_json = false;
	if (len >= sizeof name)
		return 0;
	memcpy(name, rq->arg[0], len + 1);
	if (len > 5 && strcmp(name + len - 5, ".json") == 0) {
		*as_json = true;
		name[len - 5] = '\0';
	}
	return zone_by_name(rq->db, name, z);
}

void page_zone(const struct request *rq, struct response *rs)
{
	struct history h = {0};
	struct zone_record z;
	bool as_json;
	int r = find_zone(rq, &z, &as_json);

	if (r == 0 && strncmp(rq->arg[0], "uk", 2) == 0 &&
	    strchr(".", rq->arg[0][2])) {
		/* The DNS answers that name as well. */
		response_redirect(rs, "/zone/gb%s", as_json ? ".json" : "");
		return;
	}
	if (r == 0) {
		page_refuse(rq, rs, 404, "There is no zone of that name.");
		return;
	}
	if (r > 0 && as_json) {
		r = history_read(rq, counted_id(&z), 0, &h);
		put_json(rq, rs, &h);
		rs->cors = true;
		rs->max_age_s = 3600;
	} else if (r > 0) {
		r = put_zone(rq, rs, &z);
		rs->max_age_s = page_fresh_s(rq);
	}
	free(h.count);
	if (r < 0)
		page_error(rq, rs, 503);
}
