/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "pool/score/score.h"
#include "pool/store/account.h"
#include "pool/store/monitor.h"
#include "pool/store/server.h"
#include "pool/web/figure.h"
#include "pool/web/page.h"
#include "pool/web/pages.h"
#include "pool/web/when.h"
#include "pool/zone/build.h"

/* What the pool consists of: its monitors, its DNS, its people. */

/* --- monitors -------------------------------------------------------------- */

static void put_clock(struct html *h, const struct monitor *m)
{
	char offset[FIGURE_LEN];

	if (m->clock_ok < 0)
		html_put(h, "<td class=\"quiet\">not told yet</td>");
	else if (m->clock_ok)
		html_put(h, "<td class=\"good\">&#10003; right (%s)</td>",
			 figure_offset(m->clock_offset_s, offset));
	else
		html_put(h,
			 "<td class=\"bad\">&#9888; wrong: %s; its results "
			 "count nowhere</td>",
			 m->clock_why);
}

/*
 * The median does not heed a minority, but people should see who it is: one
 * that lies, or whose way to the servers is bad.
 */
#define DISSENT_MANY 3 /* apart about one in so many */

struct dissents {
	struct monitor_dissent *list;
	size_t n, cap;
};

static int read_dissents(struct db *db, struct dissents *d)
{
	struct monitor_dissent one;
	struct db_rows rows;

	monitor_ask_dissent(db, &rows, SCORE_IN_POOL);
	while (monitor_dissent_next(&rows, &one)) {
		d->list = array_grow(d->list, d->n, &d->cap, sizeof one);
		d->list[d->n++] = one;
	}
	return db_end(&rows);
}

static void put_dissent(struct html *h, const struct dissents *d, int64_t id)
{
	const struct monitor_dissent *found = NULL;

	for (size_t i = 0; i < d->n; i++)
		if (d->list[i].monitor_id == id)
			found = &d->list[i];
	if (!found)
		html_put(h, "<td class=\"quiet\">no say</td>");
	else if (found->apart * DISSENT_MANY >= found->servers)
		html_put(h,
			 "<td class=\"bad\">&#9888; not about %lld of %lld "
			 "servers</td>",
			 (long long)found->apart, (long long)found->servers);
	else
		html_put(h, "<td>about %lld of %lld</td>",
			 (long long)(found->servers - found->apart),
			 (long long)found->servers);
}

static void put_monitor(struct html *h, const struct monitor *m,
			const struct dissents *d, int64_t now_ms)
{
	static const char *const families[] = {"none", "IPv4", "IPv6",
					       "IPv4, IPv6"};
	char seen[WHEN_LEN], sent[WHEN_LEN];

	html_put(h,
		 "<tr><th scope=\"row\">%s</th><td class=\"plain\">%s</td><td "
		 "class=\"plain\">%s</td>",
		 m->name, m->place, monitor_state_name(m->state));
	put_clock(h, m);
	put_dissent(h, d, m->id);
	html_put(h,
		 "<td class=\"plain\">%s</td><td class=\"plain\">%s</td>"
		 "<td class=\"plain\">%s</td><td>%s</td></tr>\n",
		 families[m->families & 3], when_ago(m->seen_ms, now_ms, seen),
		 when_ago(m->submit_ms, now_ms, sent), m->version);
}

void page_monitors(const struct request *rq, struct response *rs)
{
	struct html *h = &rs->body;
	struct dissents dissents = {0};
	struct db_rows rows;
	struct monitor m;
	int r = read_dissents(rq->db, &dissents);

	page_begin(rq, rs, "Monitors");
	html_put(h, "<p>Monitors measure every server a few times an hour, "
		    "each from its place. Before each round a monitor checks "
		    "its own clock against servers that are not in the pool; "
		    "while it is wrong, what it finds counts nowhere. A "
		    "server's score is the median of all, so a few that lie "
		    "move nothing; they are marked here. Results are signed "
		    "with a key that only the monitor has.</p>\n");
	page_table(h, "All monitors.");
	html_put(h, "<thead><tr><th scope=\"col\">Monitor</th>"
		    "<th scope=\"col\">Place</th><th scope=\"col\">State</th>"
		    "<th scope=\"col\">Clock</th>"
		    "<th scope=\"col\">Agrees with the median</th>"
		    "<th scope=\"col\">Families</th>"
		    "<th scope=\"col\">Called</th>"
		    "<th scope=\"col\">Sent results</th>"
		    "<th scope=\"col\">Version</th></tr></thead>\n<tbody>\n");
	monitor_ask_all(rq->db, &rows);
	while (monitor_next(&rows, &m))
		put_monitor(h, &m, &dissents, rq->now_ms);
	html_put(h, "</tbody>\n");
	page_table_end(h);
	page_end(rq, rs);
	rs->max_age_s = page_fresh_s(rq);
	free(dissents.list);
	if (db_end(&rows) < 0 || r < 0)
		page_error(rq, rs, 503);
}

/* --- DNS ------------------------------------------------------------------- */

static void put_name_servers(const struct request *rq, struct html *h)
{
	char *const *name = rq->settings->name_servers;

	if (!name || !*name)
		return;
	html_put(h, "<h2>Name servers</h2>\n<ul>\n");
	for (; *name; name++)
		html_put(h, "<li><code>%.*s</code></li>\n",
			 (int)strcspn(*name, "="), *name);
	html_put(h, "</ul>\n");
}

/* How netspeed is kept (doc/pool-dns.md), as it is set for the whole pool. */
static void put_policy(const struct pool_settings *s, struct html *h)
{
	static const char *const words[] = {
		[ZONE_STRICT] =
			"Each in proportion to its netspeed, exactly, also "
			"where a zone has few servers: what is missing then "
			"comes from the zone above.",
		[ZONE_LOCAL_FIRST] =
			"The servers of a zone first, each in proportion to "
			"its netspeed, but at most once in an answer: in a "
			"zone with few servers the small ones are in more "
			"answers than that. What is still missing comes from "
			"the zone above.",
		[ZONE_CLASSIC] =
			"Only the servers of the zone, each in proportion to "
			"its netspeed, but at most once in an answer: in a "
			"zone with few servers the small ones are in more "
			"answers than that. Only an empty zone is answered "
			"from the one above.",
	};
	enum zone_policy policy = ZONE_LOCAL_FIRST;

	(void)zone_policy_find(s->zone_policy, &policy);
	html_put(h, "<li>%s</li>\n", words[policy]);
	if (s->zone_min_servers > 1 && policy != ZONE_CLASSIC)
		html_put(
			h,
			"<li>A zone with fewer than %u servers gives only that "
			"part of an answer; the zone above it gives the rest."
			"</li>\n",
			s->zone_min_servers);
}

void page_dns(const struct request *rq, struct response *rs)
{
	const struct pool_settings *s = rq->settings;
	struct html *h = &rs->body;

	page_begin(rq, rs, "How names are answered");
	html_put(
		h,
		"<p>A question for <code>%s</code> is answered with up to %u "
		"addresses of servers near whoever asks, for IPv4 as for IPv6. "
		"An answer may be kept for %u seconds; the next one holds "
		"other servers.</p>\n<h2>Names</h2>\n"
		"<dl class=\"facts\">\n"
		"<dt><code>%s</code></dt><dd>the zone of whoever asks</dd>\n"
		"<dt><code>europe.%s</code></dt><dd>a continent</dd>\n"
		"<dt><code>de.%s</code></dt><dd>a country</dd>\n"
		"<dt><code>0.%s</code> &hellip; <code>3.%s</code></dt>"
		"<dd>four parts of a zone that have no server in common, if "
		"there are enough; every zone has them</dd>\n</dl>\n"
		"<p><a href=\"/zone/@\">All zones</a></p>\n",
		s->domain, s->dns_max_hosts, s->dns_ttl_s, s->domain, s->domain,
		s->domain, s->domain, s->domain);
	html_put(h,
		 "<h2>Who is handed out</h2>\n<ul>\n"
		 "<li>Servers with a score of 10 or more that are not paused "
		 "and not about to leave.</li>\n");
	put_policy(s, h);
	html_put(h,
		 "<li>Changes are published every %u seconds, or at once when "
		 "a server has to go.</li>\n</ul>\n",
		 s->snapshot_period_s);
	put_name_servers(rq, h);
	html_put(h,
		 "<h2>Look</h2>\n<pre>dig %s A\ndig %s AAAA\n"
		 "dig de.%s A</pre>\n",
		 s->domain, s->domain, s->domain);
	page_end(rq, rs);
	rs->max_age_s = 3600;
}

/* --- profiles -------------------------------------------------------------- */

/* What a stranger wrote is a link only when it leads to a web page. */
static void put_url(struct html *h, const char *url)
{
	if (strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0)
		html_put(h,
			 "<dt>Web</dt><dd><a rel=\"nofollow ugc\" "
			 "href=\"%s\">%s</a></dd>\n",
			 url, url);
}

static int put_servers(const struct request *rq, struct html *h,
		       int64_t account_id)
{
	struct db_rows rows;
	struct server s;

	server_table_begin(h, "Servers of this operator.");
	server_ask_account(rq->db, &rows, account_id);
	while (server_next(&rows, &s))
		server_table_row(h, &s, rq->now_ms);
	server_table_end(h);
	return db_end(&rows);
}

void page_profile(const struct request *rq, struct response *rs)
{
	struct html *h = &rs->body;
	struct account a;
	int r = account_by_slug(rq->db, rq->arg[0], &a);
	char when[WHEN_LEN];

	if (r < 0) {
		page_error(rq, rs, 503);
		return;
	}
	if (r == 0 || !a.is_public) {
		page_refuse(rq, rs, 404,
			    "There is no public profile of that "
			    "name.");
		return;
	}
	page_begin(rq, rs, "%s", a.name);
	html_put(h, "<dl class=\"facts\">\n");
	if (*a.organisation)
		html_put(h, "<dt>Organisation</dt><dd>%s</dd>\n",
			 a.organisation);
	put_url(h, a.url);
	html_put(h, "<dt>Since</dt><dd>%s</dd>\n</dl>\n",
		 when_day(a.created_ms, when));
	r = put_servers(rq, h, a.id);
	page_end(rq, rs);
	rs->max_age_s = page_fresh_s(rq);
	if (r < 0)
		page_error(rq, rs, 503);
}
