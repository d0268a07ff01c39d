/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <string.h>

#include "pool/store/zone.h"
#include "pool/web/figure.h"
#include "pool/web/page.h"
#include "pool/web/pages.h"

/* What the pool is, how to use it, how to join it. */

/* --- home ------------------------------------------------------------------ */

struct counts {
	int64_t registered[2], active[2]; /* IPv4, IPv6 */
};

static int count_zone(const struct request *rq, int64_t zone_id,
		      struct counts *out)
{
	struct db_rows rows;
	struct zone_count c;

	*out = (struct counts){0};
	zone_ask_counts_now(rq->db, &rows, zone_id, rq->now_ms);
	while (zone_count_next(&rows, &c)) {
		out->registered[c.family == 6] = c.registered;
		out->active[c.family == 6] = c.active;
	}
	return db_end(&rows);
}

static int put_row(const struct request *rq, struct html *h,
		   const struct zone_record *z)
{
	struct counts c;
	int r = count_zone(rq, z->id, &c);

	html_put(h,
		 "<tr><th scope=\"row\"><a href=\"/zone/%s\">%s</a></th>"
		 "<td class=\"number\">%" PRId64 "</td>"
		 "<td class=\"number\">%" PRId64 "</td>"
		 "<td class=\"number\">%" PRId64 "</td></tr>\n",
		 z->name, z->title, c.active[0], c.active[1],
		 c.registered[0] + c.registered[1]);
	return r;
}

static int put_rows(const struct request *rq, struct html *h,
		    const struct zone_record *global)
{
	struct zone_record z;
	struct db_rows rows;
	int r;

	zone_ask_children(rq->db, &rows, global->id);
	while (zone_next(&rows, &z))
		if (strcmp(z.kind, "continent") == 0 && put_row(rq, h, &z) < 0)
			break;
	r = db_end(&rows);
	return r < 0 ? r : put_row(rq, h, global);
}

static int put_counts(const struct request *rq, struct html *h)
{
	struct zone_record global;
	int r = zone_by_name(rq->db, "@", &global);

	if (r <= 0)
		return r;
	html_put(h, "<h2>Active servers</h2>\n");
	page_table(h, "Servers that are handed out now, and all that are "
		      "registered.");
	html_put(h, "<thead><tr><th scope=\"col\">Zone</th>"
		    "<th scope=\"col\" class=\"number\">IPv4</th>"
		    "<th scope=\"col\" class=\"number\">IPv6</th>"
		    "<th scope=\"col\" class=\"number\">Registered</th></tr>"
		    "</thead>\n<tbody>\n");
	r = put_rows(rq, h, &global);
	html_put(h, "</tbody>\n");
	page_table_end(h);
	return r;
}

/* Four names, so that a client gets servers that have nothing in common. */
static void put_four(const struct request *rq, struct html *h,
		     const char *before, const char *after)
{
	for (int i = 0; i < 4; i++)
		html_put(h, "%s%d.%s%s\n", before, i, rq->settings->domain,
			 after);
}

void page_home(const struct request *rq, struct response *rs)
{
	struct html *h = &rs->body;

	page_begin(rq, rs, "%s", rq->settings->name);
	html_put(h,
		 "<p class=\"lead\">Many time servers under one name. Clients "
		 "ask the DNS for <code>%s</code> and get a few good servers "
		 "near them; monitors check each server all the time, and one "
		 "whose time is wrong or that does not answer is handed out no "
		 "more.</p>\n<ul class=\"cards\">\n"
		 "<li class=\"card\"><h2>Use it</h2>\n<p>One line in the "
		 "configuration of your NTP client:</p>\n"
		 "<pre>pool %s iburst</pre>\n"
		 "<p><a href=\"/use\">How to use the pool</a></p></li>\n"
		 "<li class=\"card\"><h2>Join it</h2>\n<p>A server with a "
		 "fixed address and a few kilobits to spare is all it takes."
		 "</p>\n<p><a class=\"button\" href=\"/join\">How to join</a>"
		 "</p></li>\n"
		 "<li class=\"card\"><h2>Look at it</h2>\n<p>How does a server "
		 "do, and why?</p>\n"
		 "<form method=\"get\" action=\"/scores/\" role=\"search\">\n"
		 "<label for=\"q\">Address or host name</label>\n"
		 "<input type=\"search\" id=\"q\" name=\"q\" maxlength=\"255\">"
		 "\n<button class=\"second\">Find</button>\n</form></li>\n"
		 "</ul>\n",
		 rq->settings->domain, rq->settings->domain);
	if (put_counts(rq, h) < 0) {
		page_error(rq, rs, 503);
		return;
	}
	page_end(rq, rs);
	rs->max_age_s = page_fresh_s(rq);
}

/* --- use ------------------------------------------------------------------- */

void page_use(const struct request *rq, struct response *rs)
{
	struct html *h = &rs->body;
	const char *domain = rq->settings->domain;

	page_begin(rq, rs, "Use the pool");
	html_put(h,
		 "<p>Let your client ask for <code>%s</code>: it gets servers "
		 "near it, other ones from time to time.</p>\n"
		 "<h2>ntpd, chrony</h2>\n<p>A single line in "
		 "<code>/etc/ntp.conf</code> (or <code>chrony.conf</code>) is "
		 "enough; the client finds several servers by it and replaces "
		 "those that fail.</p>\n<pre>pool %s iburst</pre>\n"
		 "<p>Clients without the <code>pool</code> directive take "
		 "four names:</p>\n<pre>driftfile /var/lib/ntp/ntp.drift\n",
		 domain, domain);
	put_four(rq, h, "server ", " iburst");
	html_put(h,
		 "</pre>\n<h2>systemd-timesyncd</h2>\n<pre>[Time]\nNTP=%s"
		 "</pre>\n<h2>Windows</h2>\n"
		 "<pre>w32tm /config /update /syncfromflags:manual "
		 "/manualpeerlist:\"%s,0x8\"</pre>\n"
		 "<h2>Check that it works</h2>\n<pre>ntpq -p</pre>\n"
		 "<p>After a few minutes one line begins with <code>*</code> "
		 "and others with <code>+</code>: these are what your clock "
		 "follows.</p>\n"
		 "<h2>A zone by name</h2>\n<p>The plain name already answers "
		 "with servers near whoever asks. Where that guess is wrong, "
		 "take the name of a continent or a country, such as "
		 "<code>europe.%s</code>; <a href=\"/zone/@\">all zones</a>."
		 "</p>\n"
		 "<h2>Please</h2>\n<ul>\n"
		 "<li>Do not ask more often than a client does by itself, and "
		 "never set <code>burst</code>: the servers are given by "
		 "volunteers.</li>\n"
		 "<li>Do not write addresses from the pool into a "
		 "configuration; names only, since servers leave.</li>\n"
		 "<li>Where many machines stand together, run a server of "
		 "your own for them, and <a href=\"/join\">let it join</a>."
		 "</li>\n"
		 "<li>Makers of devices and programs: ask for a zone of your "
		 "own first, and do not ship the plain name.</li>\n"
		 "<li>Time from the pool comes from many hands and without "
		 "warranty. Where lives or money hang on it, have clocks of "
		 "your own.</li>\n</ul>\n",
		 domain, domain, domain);
	page_end(rq, rs);
	rs->max_age_s = 3600;
}

/* --- join ------------------------------------------------------------------ */

static void put_conf(struct html *h)
{
	html_put(h,
		 "<pre>driftfile /var/lib/ntp/ntp.drift\n"
		 "restrict default nomodify notrap nopeer noquery kod limited\n"
		 "restrict 127.0.0.1\nrestrict ::1\n"
		 "server ntp_server_hostname_1 iburst\n"
		 "server ntp_server_hostname_2 iburst\n"
		 "server ntp_server_hostname_3 iburst\n"
		 "server ntp_server_hostname_4 iburst\n"
		 "server ntp_server_hostname_5 iburst</pre>\n");
}

void page_join(const struct request *rq, struct response *rs)
{
	struct html *h = &rs->body;

	page_begin(rq, rs, "Join the pool");
	html_put(h,
		 "<p class=\"lead\">Your server is welcome, if it stays.</p>\n"
		 "<h2>What it takes</h2>\n<ul>\n"
		 "<li><strong>A fixed address.</strong> Clients keep it for "
		 "weeks, some for years.</li>\n"
		 "<li><strong>Good time</strong> from four to seven sources "
		 "that you chose yourself: one or two of "
		 "<a href=\"/lists/stratum1\">stratum 1</a> near you, three or "
		 "four of <a href=\"/lists/stratum2\">stratum 2</a>. Not the "
		 "pool itself, and not the local clock.</li>\n"
		 "<li><strong>A little bandwidth.</strong> Usually 5 to 15 "
		 "packets a second, at times 60 to 120: 10 to 15 kbit/s with "
		 "peaks of 120. You say how much you give, down to nothing but "
		 "monitoring.</li>\n"
		 "<li><strong>An open way.</strong> UDP port 123 in and out, "
		 "through your firewall and your provider's.</li>\n"
		 "<li><strong>Patience.</strong> Once you leave, requests fade "
		 "over weeks and months; so join for the long term.</li>\n"
		 "</ul>\n<h2>Configuration</h2>\n");
	put_conf(h);
	html_put(
		h,
		"<p>The first <code>restrict</code> line keeps strangers from "
		"asking for more than the time, and tells eager clients to "
		"slow down. Look with <code>ntpq -p</code>: one line should "
		"begin with <code>*</code>. From another host, "
		"<code>ntpdate -q YOUR-SERVER</code> should show an offset of "
		"a few milliseconds.</p>\n<h2>Steps</h2>\n<ol>\n"
		"<li><a href=\"/signup\">Sign up</a> and confirm your mail "
		"address.</li>\n"
		"<li>Add the server by its address or its name. The pool "
		"looks at it at once and shows the region that it found; if "
		"that is wrong, say so.</li>\n"
		"<li>Wait a little. Monitors come a few times an hour; with "
		"good time the score climbs; with 10 or more the server is "
		"handed out. That takes about two hours.</li>\n"
		"<li>Verify that the server is yours. That lifts the limit of "
		"two servers, and the limit of netspeed.</li>\n"
		"<li>Look at its <a href=\"/scores/\">score page</a> when "
		"something seems wrong: it says what each monitor saw, and "
		"what to do.</li>\n</ol>\n"
		"<p><a class=\"button\" href=\"/manage\">Add a server</a></p>\n"
		"<h2>Leaving</h2>\n<p>Choose a date for the deletion on the "
		"page of your servers. The server is taken out of the DNS at "
		"once, or fourteen days before the date, and is monitored "
		"until then; you can undo it on every day before.</p>\n");
	page_end(rq, rs);
	rs->max_age_s = 3600;
}
