/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "pool/web/figure.h"
#include "pool/web/page.h"
#include "pool/web/pages.h"
#include "pool/web/score_view.h"
#include "pool/web/when.h"

/* What the score page says, for programs: why, monitors, a badge. */

static const char *pair_word(int state)
{
	static const char *const words[] = {"candidate", "testing", "active",
					    "paused"};

	return state < 0 ? NULL : words[state];
}

/* Read the server of the path; false when the response says why not. */
static bool begin(const struct request *rq, struct response *rs,
		  struct score_view *v)
{
	int r = score_view_find(rq, rq->arg[0], &v->server);

	rs->cors = true;
	if (r == 0) {
		rs->status = 404;
		rs->type = "text/plain; charset=utf-8";
		html_put(&rs->body, "server not found\n");
		return false;
	}
	if (r > 0)
		r = score_view_load(rq, v);
	if (r < 0) {
		page_error(rq, rs, 503);
		return false;
	}
	rs->max_age_s = page_fresh_s(rq);
	return true;
}

/* --- why ------------------------------------------------------------------- */

static void json_step(struct json *j, const struct score_view *v,
		      const struct log_row *s)
{
	const struct history_monitor *m = score_view_monitor(v, s->monitor_id);
	char when[WHEN_LEN];

	json_object(j, NULL);
	json_text(j, "time", when_iso(s->at_ms, when));
	json_text(j, "monitor", m ? m->name : NULL);
	json_real(j, "offset", s->offset_s);
	json_real(j, "rtt", s->rtt_s);
	json_int(j, "stratum", s->stratum);
	json_int(j, "leap", s->leap);
	json_int(j, "samples", s->samples);
	json_int(j, "lost", s->lost);
	json_text(j, "error", *s->error ? s->error : NULL);
	json_text(j, "profile", s->profile);
	json_text(j, "rule", s->rule);
	json_bool(j, "counts", s->counts);
	json_real(j, "step", s->step);
	json_real(j, "score", s->score);
	json_end_object(j);
}

static void why_json(struct response *rs, const struct score_view *v,
		     const char *sentence)
{
	struct json j = json_init(&rs->body.buf);
	struct score_reason r = score_view_reason(v);

	rs->type = "application/json";
	json_object(&j, NULL);
	json_text(&j, "server", v->server.address);
	json_text(&j, "verdict", sentence);
	json_text(&j, "state", server_state_name(v->state));
	json_real(&j, "score",
		  v->server.score_ms ? v->server.score : (double)NAN);
	json_text(&j, "rule", r.has_rule ? score_rule_name(r.rule) : NULL);
	json_text(&j, "advice", r.has_rule ? score_rule_text(r.rule) : NULL);
	json_int(&j, "monitors", r.active);
	json_int(&j, "complain", r.by);
	json_array(&j, "steps");
	for (size_t i = 0; i < v->n_step && i < SCORE_TABLE_STEPS; i++)
		json_step(&j, v, &v->step[i]);
	json_end_array(&j);
	json_end_object(&j);
	buf_add(&rs->body.buf, "\n", 1);
}

/* Control characters would move a terminal's cursor. */
static void text_step(struct buf *b, const struct score_view *v,
		      const struct log_row *s)
{
	const struct history_monitor *m = score_view_monitor(v, s->monitor_id);
	const char *name = m ? m->name : "?";
	char when[WHEN_LEN], offset[FIGURE_LEN];
	char monitor[64], rule[4 * LOG_RULE_LEN], error[4 * LOG_ERROR_LEN];

	text_escape(monitor, sizeof monitor, name, strlen(name));
	text_escape(rule, sizeof rule, s->rule, strlen(s->rule));
	text_escape(error, sizeof error, s->error, strlen(s->error));
	buf_printf(b, "%s  %-16s %10s  %-14s %+6.2f -> %+6.1f  %s%s\n",
		   when_iso(s->at_ms, when), monitor,
		   figure_offset(s->offset_s, offset), rule, s->step, s->score,
		   error, s->counts ? "" : " (not counted)");
}

static void why_text(struct response *rs, const struct score_view *v,
		     const char *sentence)
{
	struct buf *b = &rs->body.buf;
	struct score_reason r = score_view_reason(v);

	rs->type = "text/plain; charset=utf-8";
	buf_printf(b, "%s: %s\n", v->server.address, sentence);
	if (r.has_rule)
		buf_printf(b, "%s\n", score_rule_text(r.rule));
	buf_printf(b, "\n");
	for (size_t i = 0; i < v->n_step && i < SCORE_TABLE_STEPS; i++)
		text_step(b, v, &v->step[i]);
}

void page_score_why(const struct request *rq, struct response *rs)
{
	struct score_view v = {0};
	char sentence[400];
	struct text t = text_init(sentence, sizeof sentence);
	const char *format = request_query(rq, "format");

	if (begin(rq, rs, &v)) {
		score_view_sentence(&v, &t);
		if (format && strcmp(format, "json") == 0)
			why_json(rs, &v, sentence);
		else
			why_text(rs, &v, sentence);
	}
	score_view_done(&v);
}

/* --- monitors -------------------------------------------------------------- */

static void json_monitor(struct json *j, const struct score_view *v,
			 const struct history_monitor *m)
{
	double score = m->is_scorer ? v->server.score : m->score;
	int64_t ts = m->is_scorer ? v->server.score_ms : m->score_ms;
	char when[WHEN_LEN];

	json_object(j, NULL);
	json_int(j, "id", m->id);
	json_real(j, "score", round(score * 10) / 10);
	json_text(j, "name", m->name);
	json_text(j, "ts", ts ? when_iso(ts, when) : NULL);
	json_text(j, "status",
		  m->is_scorer ? "active" : pair_word(m->pair_state));
	json_text(j, "type", m->is_scorer ? "score" : "monitor");
	json_end_object(j);
}

void page_score_monitors(const struct request *rq, struct response *rs)
{
	struct score_view v = {0};
	struct json j = json_init(&rs->body.buf);

	if (begin(rq, rs, &v)) {
		rs->type = "application/json";
		json_object(&j, NULL);
		json_array(&j, "monitors");
		for (size_t i = 0; i < v.n_monitor; i++)
			if (v.monitor[i].is_scorer ||
			    v.monitor[i].pair_state >= 0)
				json_monitor(&j, &v, &v.monitor[i]);
		json_end_array(&j);
		json_end_object(&j);
		buf_add(&rs->body.buf, "\n", 1);
	}
	score_view_done(&v);
}

/* --- badge ----------------------------------------------------------------- */

static const char *badge_colour(enum server_state state)
{
	switch (state) {
	case SERVER_IN_POOL:
		return "#13682f";
	case SERVER_LOW_SCORE:
	case SERVER_DELETED:
		return "#b3261e";
	default:
		return "#6b4a00";
	}
}

/* A picture that stands alone: its colours are its own. */
static void put_badge(struct html *h, const char *left, const char *right,
		      const char *colour)
{
	int split = 10 + 7 * (int)strlen(left);
	int width = split + 12 + 7 * (int)strlen(right);

	html_put(h,
		 "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
		 "height=\"20\" role=\"img\"><title>%s: %s</title>"
		 "<rect width=\"%d\" height=\"20\" rx=\"3\" fill=\"#3d444d\"/>"
		 "<path d=\"M%d 0h%da3 3 0 0 1 3 3v14a3 3 0 0 1 -3 3h-%dz\" "
		 "fill=\"%s\"/><g fill=\"#fff\" font-family=\"Verdana,DejaVu "
		 "Sans,sans-serif\" font-size=\"11\" text-anchor=\"middle\">"
		 "<text x=\"%d\" y=\"14\">%s</text>"
		 "<text x=\"%d\" y=\"14\">%s</text></g></svg>\n",
		 width, left, right, width, split, width - split - 3,
		 width - split - 3, colour, split / 2, left,
		 split + (width - split) / 2, right);
}

void page_score_badge(const struct request *rq, struct response *rs)
{
	struct server s;
	enum server_state state;
	char address[NET_ADDR_TEXT_LEN + 16] = "", words[64];
	size_t len = strlen(rq->arg[0]) - strlen(".svg");
	int r = 0;

	if (len < sizeof address) {
		snprintf(address, sizeof address, "%.*s", (int)len, rq->arg[0]);
		r = score_view_find(rq, address, &s);
	}
	if (r <= 0) {
		page_error(rq, rs, r < 0 ? 503 : 404);
		return;
	}
	state = server_state(&s, rq->now_ms);
	snprintf(words, sizeof words, "%+.1f %s", s.score,
		 server_state_name(state));
	rs->type = "image/svg+xml";
	rs->max_age_s = page_fresh_s(rq);
	rs->cors = true;
	put_badge(&rs->body, "NTP pool", words, badge_colour(state));
}
