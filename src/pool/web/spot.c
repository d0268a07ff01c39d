/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/spot.h"

#include <math.h>

#include "base/json.h"
#include "pool/store/server.h"
#include "pool/web/desk.h"
#include "pool/web/field.h"
#include "pool/web/figure.h"
#include "pool/web/page.h"
#include "pool/web/session.h"
#include "pool/web/when.h"

/*
 * "Probe now": every monitor asks one address once, outside of all scores.  The
 * page comes again by itself until everybody has spoken, or was given up.
 */

#define REFRESH_S 2

/* --- the table --------------------------------------------------------------- */

static void put_measured(struct html *h, const struct spot_result *r)
{
	struct score_step step = book_spot_judge(r);
	char offset[FIGURE_LEN], rtt[FIGURE_LEN];

	html_put(h,
		 "<td class=\"number\">%s</td><td class=\"number\">%s</td>"
		 "<td class=\"number\">",
		 figure_offset(r->offset_s, offset),
		 figure_time(r->rtt_s, rtt));
	if (r->stratum >= 0)
		html_put(h, "%d", r->stratum);
	html_put(h,
		 "</td><td class=\"number\">%u of %u</td><td>%s</td>"
		 "<td><a href=\"/scores/rules#%s\">%s</a></td></tr>\n",
		 r->lost, r->samples, r->error, score_rule_name(step.rule),
		 score_rule_name(step.rule));
}

static void put_missing(struct html *h, const struct spot_result *r, bool waits)
{
	html_put(
		h, "<td colspan=\"6\" class=\"quiet\">%s</td></tr>\n",
		waits && r->given_ms ? "is measuring\xE2\x80\xA6"
		: waits              ? "has not called yet\xE2\x80\xA6"
		: r->clock_ok == 0
			? "its own clock is wrong: what it finds does not count"
		: r->given_ms ? "took it, but sent no result"
			      : "did not call in time");
}

/* Is anybody still to be waited for?  -1: the books cannot be read. */
static int put_results(const struct request *rq, struct html *h,
		       const struct spot *s)
{
	struct db_rows rows;
	struct spot_result r;
	int waiting = 0;

	page_table(h, "What each monitor finds.");
	html_put(h, "<thead><tr><th scope=\"col\">Monitor</th>"
		    "<th scope=\"col\" class=\"number\">Offset</th>"
		    "<th scope=\"col\" class=\"number\">Round trip</th>"
		    "<th scope=\"col\" class=\"number\">Stratum</th>"
		    "<th scope=\"col\" class=\"number\">Lost</th>"
		    "<th scope=\"col\">Error</th>"
		    "<th scope=\"col\">Rule</th></tr></thead>\n<tbody>\n");
	book_spot_results(rq->db, &rows, s);
	while (spot_result_next(&rows, &r)) {
		bool waits = book_spot_waits(s, &r, rq->now_ms);

		html_put(h, "<tr><th scope=\"row\">%s</th>", r.monitor);
		if (r.at_ms)
			put_measured(h, &r);
		else
			put_missing(h, &r, waits);
		waiting |= waits;
	}
	html_put(h, "</tbody>\n");
	page_table_end(h);
	return db_end(&rows) < 0 ? -1 : waiting;
}

/* --- pages ------------------------------------------------------------------- */

void desk_spot(const struct request *rq, struct response *rs,
	       const struct server *s)
{
	html_put(&rs->body, "<h2>Probe now</h2>\n");
	page_form(rq, rs, "/manage/server/%lld/probe", (long long)s->id);
	field_hint(rs, "Every monitor asks it once, within seconds. No score "
		       "changes by that.");
	field_submit(rs, "second", "Probe now");
}

void desk_spot_candidate(const struct request *rq, struct response *rs,
			 const struct candidate *c)
{
	struct spot s;

	/* Nothing is missing when these cannot be read: errands judge it. */
	if (spot_latest(rq->db, c->address, c->port, c->asked_ms, &s) == 1 &&
	    s.account_id == c->account_id && put_results(rq, &rs->body, &s) > 0)
		rs->refresh_s = REFRESH_S;
}

void post_spot(const struct request *rq, struct response *rs)
{
	struct server s;
	struct actor who;
	enum book_verdict v;
	int64_t id = 0;

	if (!desk_server(rq, rs, &s, &who))
		return;
	v = book_spot_server(rq->db, &who, s.id, rq->now_ms, &id);
	verdict_answer(rq, rs, v, "/manage/probe/%lld", (long long)id);
}

/* The one that ":id" names, when it is for an account of who asks. */
static bool find(const struct request *rq, struct response *rs, struct spot *s)
{
	int r = spot_by_id(rq->db, desk_number(rq->arg[0]), s);
	struct actor who;

	if (r == 1) {
		who = session_actor(rq, s->account_id);
		if (who.account_id || who.staff)
			return true;
	}
	page_error(rq, rs, r < 0 ? 503 : 404);
	return false;
}

void page_spot(const struct request *rq, struct response *rs)
{
	struct spot s;
	char when[WHEN_LEN];
	int waiting;

	if (!find(rq, rs, &s))
		return;
	page_begin(rq, rs, "Probe of %s", s.address);
	html_put(&rs->body,
		 "<p>Asked for %s, outside of all scores. "
		 "<a href=\"/manage/probe/%lld/json\">As JSON</a></p>\n",
		 when_ago(s.asked_ms, rq->now_ms, when), (long long)s.id);
	waiting = put_results(rq, &rs->body, &s);
	if (waiting < 0) {
		page_error(rq, rs, 503);
		return;
	}
	if (waiting) {
		html_put(&rs->body, "<p role=\"status\">Waiting for the "
				    "others&hellip; this page comes again by "
				    "itself.</p>\n");
		rs->refresh_s = REFRESH_S;
	} else if (s.server_id) {
		page_form(rq, rs, "/manage/server/%lld/probe",
			  (long long)s.server_id);
		field_submit(rs, "second", "Once more");
	}
	if (s.server_id)
		html_put(&rs->body,
			 "<p><a href=\"/manage/server/%lld\">Back to the "
			 "server</a></p>\n",
			 (long long)s.server_id);
	page_end(rq, rs);
}

/* --- for programs ------------------------------------------------------------ */

static void json_result(struct json *j, const struct spot_result *r, bool waits)
{
	json_object(j, NULL);
	json_text(j, "monitor", r->monitor);
	json_text(j, "place", r->place);
	json_text(j, "state",
		  r->at_ms ? "measured"
		  : waits  ? "waiting"
			   : "missing");
	json_real(j, "offset_s", r->at_ms ? r->offset_s : (double)NAN);
	json_real(j, "rtt_s", r->at_ms ? r->rtt_s : (double)NAN);
	if (r->at_ms) {
		struct score_step step = book_spot_judge(r);
		char when[WHEN_LEN];

		json_text(j, "at", when_iso(r->at_ms, when));
		json_int(j, "stratum", r->stratum);
		json_int(j, "leap", r->leap);
		json_text(j, "error", r->error);
		json_int(j, "samples", r->samples);
		json_int(j, "lost", r->lost);
		json_text(j, "rule", score_rule_name(step.rule));
		json_real(j, "step", step.step);
	}
	json_end_object(j);
}

static void answer_json(const struct request *rq, struct response *rs,
			const struct spot *s)
{
	struct json j = json_init(&rs->body.buf);
	char when[WHEN_LEN];
	struct db_rows rows;
	struct spot_result r;
	bool waiting = false;

	rs->type = "application/json";
	json_object(&j, NULL);
	json_int(&j, "probe", s->id);
	json_text(&j, "address", s->address);
	json_int(&j, "port", s->port);
	json_text(&j, "asked", when_iso(s->asked_ms, when));
	json_array(&j, "monitors");
	book_spot_results(rq->db, &rows, s);
	while (spot_result_next(&rows, &r)) {
		bool waits = book_spot_waits(s, &r, rq->now_ms);

		json_result(&j, &r, waits);
		waiting |= waits;
	}
	json_end_array(&j);
	json_bool(&j, "waiting", waiting);
	json_end_object(&j);
	if (db_end(&rows) < 0)
		page_error(rq, rs, 503);
}

void page_spot_json(const struct request *rq, struct response *rs)
{
	struct spot s;

	if (find(rq, rs, &s))
		answer_json(rq, rs, &s);
}

void api_spot_post(const struct request *rq, struct response *rs)
{
	struct server server;
	struct actor who;
	struct spot s;
	enum book_verdict v;
	int64_t id = 0;

	if (!api_find(rq, rs, &server, &who))
		return;
	v = book_spot_server(rq->db, &who, server.id, rq->now_ms, &id);
	if (v != BOOK_OK)
		api_refuse(rq, rs, v);
	else if (spot_by_id(rq->db, id, &s) == 1)
		answer_json(rq, rs, &s);
	else
		page_error(rq, rs, 503);
}

void api_spot(const struct request *rq, struct response *rs)
{
	struct spot s;
	int r = spot_by_id(rq->db, desk_number(rq->arg[0]), &s);

	if (r == 1 && s.account_id == rq->account_id)
		answer_json(rq, rs, &s);
	else
		page_error(rq, rs, r < 0 ? 503 : 404);
}
