/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/container.h"
#include "pool/book/server.h"
#include "pool/store/audit.h"
#include "pool/store/history.h"
#include "pool/store/zone.h"
#include "pool/web/figure.h"
#include "pool/web/page.h"
#include "pool/web/pages.h"
#include "pool/web/score_view.h"
#include "pool/web/when.h"

/*
 * Feeds (Atom, RFC 4287), so that nobody has to come and look: what became of a
 * server, and how the number of servers of a zone changes from day to day.
 */

#define FEED_EVENTS 50
#define ZONE_DAYS 30

/* --- Atom ------------------------------------------------------------------ */

/* path: of the page that the feed is about; it has no %. */
static void feed_begin(const struct request *rq, struct response *rs,
		       const char *title, const char *path, int64_t updated_ms)
{
	const char *url = rq->settings->web_url;
	char when[WHEN_LEN];

	rs->type = "application/atom+xml; charset=utf-8";
	rs->cors = true;
	rs->max_age_s = page_fresh_s(rq);
	html_put(&rs->body,
		 "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
		 "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n"
		 "<title>%s</title>\n<id>%s%s/feed</id>\n"
		 "<link rel=\"self\" href=\"%s%s/feed\"/>\n"
		 "<link rel=\"alternate\" type=\"text/html\" href=\"%s%s\"/>\n"
		 "<author><name>%s</name></author>\n<updated>%s</updated>\n",
		 title, url, path, url, path, url, path, rq->settings->name,
		 when_iso(updated_ms, when));
}

/* One entry; (path, at_ms, what) is it for ever. */
static void feed_entry(const struct request *rq, struct response *rs,
		       const char *path, const char *what, int64_t at_ms,
		       const char *text)
{
	const char *url = rq->settings->web_url;
	char when[WHEN_LEN];

	html_put(&rs->body,
		 "<entry><title>%s</title><id>%s%s/feed#%s-%" PRId64 "</id>"
		 "<link href=\"%s%s\"/><updated>%s</updated>"
		 "<summary>%s</summary></entry>\n",
		 text, url, path, what, at_ms, url, path, when_iso(at_ms, when),
		 text);
}

static void feed_end(struct response *rs)
{
	html_put(&rs->body, "</feed>\n");
}

/* --- a server -------------------------------------------------------------- */

struct event {
	int64_t at_ms;
	const char *what;
	char text[160];
};

struct events {
	struct event event[2 * FEED_EVENTS];
	size_t n;
};

/* What an audit row is for everybody: no names, no netspeed, no comment. */
static const struct {
	const char *action, *text;
} told[] = {
	{"server.add", "joined the pool"},
	{"server.verified", "was verified as its operator's"},
	{"server.delete", "is to leave the pool"},
	{"server.delete.undo", "stays in the pool after all"},
	{"server.deleted", "has left the pool"},
};

static const char *told_text(const struct audit *a)
{
	for (size_t i = 0; i < ARRAY_LEN(told); i++)
		if (strcmp(told[i].action, a->action) == 0)
			return told[i].text;
	if (strcmp(a->action, "server.pause") == 0)
		return strstr(a->detail, "\"is\":0}")
			       ? "is handed out again after a pause"
			       : "is paused: measured, but not handed out";
	return NULL;
}

static struct event *next_event(struct events *e, int64_t at_ms,
				const char *what)
{
	struct event *next = &e->event[e->n++];

	next->at_ms = at_ms;
	next->what = what;
	return next;
}

static int read_audit(const struct request *rq, const struct server *s,
		      struct events *e)
{
	struct db_rows rows;
	struct audit a;

	audit_ask_server(rq->db, &rows, s->id, 0, FEED_EVENTS);
	while (audit_next(&rows, &a)) {
		const char *text = told_text(&a);

		if (text)
			snprintf(next_event(e, a.at_ms, "life")->text,
				 sizeof e->event->text, "%s %s", s->address,
				 text);
	}
	return db_end(&rows);
}

static int read_turns(const struct request *rq, const struct server *s,
		      struct events *e)
{
	char score[FIGURE_LEN];
	struct history_turn t;
	struct db_rows rows;

	history_ask_turns(rq->db, &rows, s->id, SCORE_IN_POOL, FEED_EVENTS);
	while (history_turn_next(&rows, &t))
		snprintf(next_event(e, t.at_ms, "score")->text,
			 sizeof e->event->text, "%s: score %s, %s", s->address,
			 figure_score(t.score, score),
			 t.score >= SCORE_IN_POOL ? "good enough for the pool"
						  : "too low for the pool");
	return db_end(&rows);
}

static int by_time(const void *a, const void *b)
{
	const struct event *x = a, *y = b;

	return (x->at_ms < y->at_ms) - (x->at_ms > y->at_ms);
}

void page_score_feed(const struct request *rq, struct response *rs)
{
	struct events e = {.n = 0};
	char path[96], title[200];
	struct server s;
	int r = score_view_find(rq, rq->arg[0], &s);

	if (r == 0) {
		page_error(rq, rs, 404);
		return;
	}
	if (r > 0)
		r = read_audit(rq, &s, &e);
	if (r >= 0)
		r = read_turns(rq, &s, &e);
	if (r < 0) {
		page_error(rq, rs, 503);
		return;
	}
	qsort(e.event, e.n, sizeof *e.event, by_time);
	snprintf(path, sizeof path, "/scores/%s", s.address);
	snprintf(title, sizeof title, "%s in %s", s.address,
		 rq->settings->name);
	feed_begin(rq, rs, title, path, e.n ? e.event[0].at_ms : s.added_ms);
	for (size_t i = 0; i < e.n; i++)
		feed_entry(rq, rs, path, e.event[i].what, e.event[i].at_ms,
			   e.event[i].text);
	feed_end(rs);
}

/* --- a zone ---------------------------------------------------------------- */

/* One day's active servers, both families. */
struct day {
	int64_t day_ms, active[2];
};

static int read_days(const struct request *rq, const struct zone_record *z,
		     struct day day[ZONE_DAYS + 2], size_t *n)
{
	struct db_rows rows;
	struct zone_count c;

	*n = 0;
	zone_ask_counts(rq->db, &rows, z->id,
			rq->now_ms - ZONE_DAYS * INT64_C(86400000));
	while (zone_count_next(&rows, &c)) {
		if (*n == 0 || day[*n - 1].day_ms != c.day_ms) {
			if (*n == ZONE_DAYS + 2)
				break;
			day[(*n)++] = (struct day){.day_ms = c.day_ms};
		}
		day[*n - 1].active[c.family == 6] = c.active;
	}
	return db_end(&rows);
}

static void put_day(const struct request *rq, struct response *rs,
		    const struct zone_record *z, const char *path,
		    const struct day *was, const struct day *is)
{
	char text[240], when[WHEN_LEN];

	if (was->active[0] == is->active[0] && was->active[1] == is->active[1])
		return;
	snprintf(text, sizeof text,
		 "%s, %s: %" PRId64 " active servers by IPv4 (%+" PRId64
		 "), %" PRId64 " by IPv6 (%+" PRId64 ")",
		 z->title, when_day(is->day_ms, when), is->active[0],
		 is->active[0] - was->active[0], is->active[1],
		 is->active[1] - was->active[1]);
	feed_entry(rq, rs, path, "day", is->day_ms, text);
}

void page_zone_feed(const struct request *rq, struct response *rs)
{
	struct day day[ZONE_DAYS + 2];
	struct zone_record z;
	char path[96], title[200];
	size_t n = 0;
	int r = zone_by_name(rq->db, rq->arg[0], &z);

	if (r == 0) {
		page_error(rq, rs, 404);
		return;
	}
	if (r > 0)
		r = read_days(rq, &z, day, &n);
	if (r < 0) {
		page_error(rq, rs, 503);
		return;
	}
	snprintf(path, sizeof path, "/zone/%s", z.name);
	snprintf(title, sizeof title, "%s in %s", z.title, rq->settings->name);
	feed_begin(rq, rs, title, path, n ? day[n - 1].day_ms : rq->now_ms);
	for (size_t i = n; i-- > 1;)
		put_day(rq, rs, &z, path, &day[i - 1], &day[i]);
	feed_end(rs);
}
