/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <stdio.h>

#include "pool/book/server.h"
#include "pool/store/zone.h"
#include "pool/web/desk.h"
#include "pool/web/figure.h"
#include "pool/web/page.h"

/*
 * What a netspeed means: the server's part of each of its zones, and how many
 * queries that makes.  pool/zone/shares.h computes it for the DNS, with caps and
 * backfill; this is the plain proportion, which is why the page says "about".
 */

#define CLIENTS 1000  /* a zone's, to reckon with */
#define POLL_S 1024   /* where a client at rest asks */
#define POLL_MIN_S 64 /* and just after its start */

/* kbit/s of those of the server's family that are handed out. */
static int zone_kbit(const struct request *rq, int64_t zone_id, int family,
		     int64_t *kbit)
{
	struct db_rows rows;
	struct zone_count c;

	*kbit = 0;
	zone_ask_counts_now(rq->db, &rows, zone_id, rq->now_ms);
	while (zone_count_next(&rows, &c))
		if (c.family == family)
			*kbit = c.kbit;
	return db_end(&rows);
}

/* Two digits are enough of an estimate. */
static char *rough(double v, char buf[FIGURE_LEN])
{
	snprintf(buf, FIGURE_LEN, v >= 10 ? "%.0f" : "%.2g", v);
	return buf;
}

static int put_zone(const struct request *rq, struct html *h,
		    const struct server *s, const struct zone_record *z)
{
	unsigned k = z->max_hosts > 0 ? (unsigned)z->max_hosts
				      : rq->settings->dns_max_hosts;
	char speed[FIGURE_LEN], part[FIGURE_LEN], number[FIGURE_LEN];
	char few[FIGURE_LEN], many[FIGURE_LEN];
	double share, clients;
	int64_t kbit;
	int r = zone_kbit(rq, z->id, s->family, &kbit);

	if (!server_is_active(s, rq->now_ms))
		kbit += s->kbit;
	share = kbit > 0 ? (double)s->kbit / (double)kbit : 0;
	clients = CLIENTS * fmin(1, k * share);
	html_put(h,
		 "<tr><th scope=\"row\"><a href=\"/zone/%s\">%s</a></th>"
		 "<td class=\"number\">%s %%</td>"
		 "<td class=\"number\">%s</td>"
		 "<td class=\"number\">%s</td>"
		 "<td class=\"number\">%s to %s per second</td></tr>\n",
		 z->name, z->title, rough(100 * share, part),
		 figure_netspeed(kbit, speed), rough(clients, number),
		 rough(clients / POLL_S, few),
		 rough(clients / POLL_MIN_S, many));
	return r;
}

int desk_share(const struct request *rq, struct response *rs,
	       const struct server *s)
{
	struct html *h = &rs->body;
	struct zone_record z;
	struct db_rows rows;
	int r = 0, end;

	html_put(h, "<h2>Its share</h2>\n");
	if (s->kbit == 0) {
		html_put(h, "<p>None: it is only measured, not handed out.</p>"
			    "\n");
		return 0;
	}
	page_table(h, "About what it is asked, at %s%s.",
		   figure_netspeed(s->kbit, (char[FIGURE_LEN]){0}),
		   server_is_active(s, rq->now_ms) ? ""
						   : ", once it is handed out");
	html_put(h,
		 "<thead><tr><th scope=\"col\">Zone</th>"
		 "<th scope=\"col\" class=\"number\">Part</th>"
		 "<th scope=\"col\" class=\"number\">of the IPv%d netspeed"
		 "</th><th scope=\"col\" class=\"number\">Of %d clients get it"
		 "</th><th scope=\"col\" class=\"number\">which ask</th></tr>"
		 "</thead>\n<tbody>\n",
		 s->family, CLIENTS);
	zone_ask_server(rq->db, &rows, s->id);
	while (r >= 0 && zone_next(&rows, &z))
		r = put_zone(rq, h, s, &z);
	end = db_end(&rows);
	html_put(h, "</tbody>\n");
	page_table_end(h);
	html_put(h,
		 "<p class=\"hint\">A client asks every %d seconds at first "
		 "and every %d seconds later, with 90 octets each way: a "
		 "thousand queries per second are less than 1 Mbit/s.</p>\n",
		 POLL_MIN_S, POLL_S);
	return r < 0 ? r : end;
}
