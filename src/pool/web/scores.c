/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "pool/store/account.h"
#include "pool/web/chart.h"
#include "pool/web/figure.h"
#include "pool/web/page.h"
#include "pool/web/pages.h"
#include "pool/web/score_chart.h"
#include "pool/web/when.h"

/* /scores/ADDRESS: how a server does, why, and what to do. */

/* --- head ------------------------------------------------------------------ */

static void put_badges(struct html *h, const struct score_view *v)
{
	html_put(h, "<span class=\"badge %s\">%s</span>", score_view_mood(v),
		 server_state_name(v->state));
	if (v->server.verified_ms)
		html_put(h, " <span class=\"badge good\">&#10003; verified"
			    "</span>");
	else
		html_put(h, " <span class=\"badge quiet\">not verified</span>");
}

static void put_zones(struct html *h, const struct score_view *v)
{
	for (size_t i = 0; i < v->n_zone; i++)
		html_put(h, "%s<a href=\"/zone/%s\">%s</a>", i ? ", " : "",
			 v->zone[i].name, v->zone[i].title);
	if (v->n_zone == 0)
		html_put(h, "none");
}

static void put_operator(const struct request *rq, struct html *h,
			 const struct server *s)
{
	struct account a;

	if (account_by_id(rq->db, s->account_id, &a) == 1 && a.is_public)
		html_put(h,
			 "<dt>Operator</dt><dd><a href=\"/a/%s\">%s</a></dd>\n",
			 a.slug, a.name);
}

static void put_facts(const struct request *rq, struct html *h,
		      const struct score_view *v)
{
	const struct server *s = &v->server;
	char text[FIGURE_LEN], when[WHEN_LEN];

	html_put(h, "<dl class=\"facts\">\n");
	if (*s->hostname)
		html_put(h, "<dt>Host name</dt><dd>%s</dd>\n", s->hostname);
	html_put(h, "<dt>State</dt><dd>");
	put_badges(h, v);
	html_put(h, "</dd>\n<dt>Zones</dt><dd>");
	put_zones(h, v);
	html_put(h, "</dd>\n");
	put_operator(rq, h, s);
	if (s->stratum >= 0)
		html_put(h, "<dt>Stratum</dt><dd>%d</dd>\n", s->stratum);
	html_put(h, "<dt>Netspeed</dt><dd>%s</dd>\n",
		 figure_netspeed(s->kbit, text));
	if (!isnan(s->strict_score))
		html_put(h,
			 "<dt>Strict score</dt><dd>%s <span class=\"quiet\">"
			 "(also counts leap, root distance, lost packets and "
			 "disagreement)</span></dd>\n",
			 figure_score(s->strict_score, text));
	html_put(h, "<dt>Since</dt><dd>%s</dd>\n</dl>\n",
		 when_day(s->added_ms, when));
}

static void put_notices(struct html *h, const struct score_view *v)
{
	char when[WHEN_LEN];

	if (v->server.delete_on_ms && !v->server.deleted_ms)
		html_put(h,
			 "<p class=\"error\"><strong>This server is to be "
			 "deleted on %s.</strong> Fourteen days before that it "
			 "is taken out of the DNS, because clients keep an "
			 "address for a long time; it is monitored until then, "
			 "and its operator can still undo it.</p>\n",
			 when_day(v->server.delete_on_ms, when));
}

static void put_verdict(struct html *h, const struct score_view *v)
{
	char sentence[400];
	struct text t = text_init(sentence, sizeof sentence);

	score_view_sentence(v, &t);
	html_put(h, "<p class=\"verdict %s\">%s</p>\n", score_view_mood(v),
		 sentence);
}

/* --- what to do ------------------------------------------------------------ */

/* Of three packets one is enough for a time, so loss hides behind good checks. */
static void put_loss(struct html *h, const struct score_view *v)
{
	unsigned asked = 0, lost = 0;

	for (size_t i = 0; i < v->n_step; i++) {
		asked += v->step[i].samples;
		lost += v->step[i].lost;
	}
	if (lost > 0 && lost < asked)
		html_put(h,
			 "<p>Of the last %u packets %u were lost (%u %%): a "
			 "line that is full, or a limit on UDP or on what one "
			 "address may ask, does that.</p>\n",
			 asked, lost, 100 * lost / asked);
}

static void put_fix(struct html *h, const struct score_view *v)
{
	struct score_reason r = score_view_reason(v);

	if (v->state != SERVER_LOW_SCORE)
		return;
	html_put(h, "<section class=\"note\">\n<h2>What to do</h2>\n");
	if (r.has_rule)
		html_put(h, "<p>%s</p>\n", score_rule_text(r.rule));
	if (r.has_rule && r.by < r.active)
		html_put(h,
			 "<p>%u of %u monitors %s no such complaint, so look "
			 "at the way to the others as well.</p>\n",
			 r.active - r.by, r.active,
			 r.active - r.by == 1 ? "has" : "have");
	put_loss(h, v);
	html_put(h,
		 "<p>On the server itself:</p>\n<pre>ntpctl doctor --pool\n"
		 "ntpq -pn\nntpq -c rv</pre>\n"
		 "<p>From another host:</p>\n<pre>ntpdate -q %s</pre>\n"
		 "<p>After %u good checks in a row it is back at %.0f: each "
		 "makes the score 0.95 times what it was, and adds 1.</p>\n"
		 "</section>\n",
		 v->server.address, score_view_checks_to_go(v), SCORE_IN_POOL);
}

/* --- monitors -------------------------------------------------------------- */

static const char *pair_words(int state)
{
	static const char *const words[] = {"candidate", "testing", "active",
					    "paused"};

	return words[state];
}

static void put_monitor(struct html *h, const struct score_view *v,
			const struct history_monitor *m)
{
	char score[FIGURE_LEN], offset[FIGURE_LEN], rtt[FIGURE_LEN];
	char when[WHEN_LEN];

	html_put(h, "<tr><th scope=\"row\">%s</th><td>%s</td><td>%s", m->name,
		 m->place, pair_words(m->pair_state));
	if (m->clock_ok == 0)
		html_put(h,
			 " <span class=\"bad\">&#9888; its own clock is wrong, "
			 "so its results count nowhere</span>");
	html_put(h,
		 "</td><td class=\"number\">%s</td><td class=\"number\">%s</td>"
		 "<td class=\"number\">%s</td><td "
		 "class=\"plain\">%s</td></tr>\n",
		 figure_score(m->score_ms ? m->score : (double)NAN, score),
		 figure_offset(m->offset_s, offset), figure_time(m->rtt_s, rtt),
		 when_ago(m->score_ms, v->now_ms, when));
}

static void put_monitors(struct html *h, const struct score_view *v)
{
	html_put(h, "<h2>Monitors</h2>\n");
	page_table(h, "What each monitor says now; the active ones decide.");
	html_put(h,
		 "<thead><tr><th scope=\"col\">Monitor</th>"
		 "<th scope=\"col\">Place</th><th scope=\"col\">State</th>"
		 "<th scope=\"col\" class=\"number\">Score</th>"
		 "<th scope=\"col\" class=\"number\">Offset</th>"
		 "<th scope=\"col\" class=\"number\">Round trip</th>"
		 "<th scope=\"col\">Last check</th></tr></thead>\n<tbody>\n");
	/* The active ones first. */
	for (int state = PAIR_ACTIVE; state >= PAIR_CANDIDATE; state--)
		for (size_t i = 0; i < v->n_monitor; i++) {
			const struct history_monitor *m = &v->monitor[i];

			if (m->pair_state == state && !m->is_scorer &&
			    m->state != MONITOR_DELETED)
				put_monitor(h, v, m);
		}
	html_put(h, "</tbody>\n");
	page_table_end(h);
}

/* --- steps ----------------------------------------------------------------- */

static void put_rule(struct html *h, const struct log_row *s)
{
	if (!s->counts)
		html_put(h, "<td class=\"quiet plain\">not counted</td>");
	else
		html_put(h,
			 "<td class=\"plain\"><a "
			 "href=\"/scores/rules#%s\">%s</a></td>",
			 s->rule, s->rule);
}

static void put_answer(struct html *h, const struct log_row *s)
{
	static const char *const leaps[] = {"none", "+1 s", "−1 s",
					    "unsynchronised"};
	char offset[FIGURE_LEN], rtt[FIGURE_LEN];

	html_put(h,
		 "<td class=\"number %s\">%s</td><td class=\"number\">%s</td>",
		 isnan(s->offset_s) ? "quiet" : chart_band(s->offset_s),
		 figure_offset(s->offset_s, offset),
		 figure_time(s->rtt_s, rtt));
	if (s->stratum >= 0)
		html_put(h, "<td class=\"number\">%d</td>", s->stratum);
	else
		html_put(h, "<td class=\"number quiet\">&ndash;</td>");
	html_put(h,
		 "<td>%s</td><td class=\"number%s\">%u of %u</td><td>%s</td>",
		 s->leap >= 0 && s->leap <= 3 ? leaps[s->leap] : "\xE2\x80\x93",
		 s->lost ? " bad" : "", s->lost, s->samples, s->error);
}

static void put_step(struct html *h, const struct score_view *v,
		     const struct log_row *s)
{
	const struct history_monitor *m = score_view_monitor(v, s->monitor_id);
	char when[WHEN_LEN], step[FIGURE_LEN], score[FIGURE_LEN];

	html_put(h, "<tr><td class=\"plain\">%s</td><td>%s</td>",
		 when_format(s->at_ms, "%m-%d %H:%M:%S", when),
		 m ? m->name : "?");
	put_answer(h, s);
	put_rule(h, s);
	html_put(h,
		 "<td class=\"number\">%s</td><td class=\"number\">%s</td>"
		 "</tr>\n",
		 figure_score(s->step, step), figure_score(s->score, score));
}

static void put_steps(struct html *h, const struct score_view *v)
{
	unsigned shown = 0;

	html_put(h, "<h2 id=\"why\">Why this score</h2>\n<p>After each check "
		    "the monitor's score becomes 0.95 times what it was, plus "
		    "a step. <a href=\"/scores/rules\">Which rule gives which "
		    "step</a>. What a monitor finds while its own clock is "
		    "wrong is not counted.</p>\n");
	page_table(h, "The last checks, the newest first; times are UTC.");
	html_put(h, "<thead><tr><th scope=\"col\">Time</th>"
		    "<th scope=\"col\">Monitor</th>"
		    "<th scope=\"col\" class=\"number\">Offset</th>"
		    "<th scope=\"col\" class=\"number\">Round trip</th>"
		    "<th scope=\"col\" class=\"number\">Stratum</th>"
		    "<th scope=\"col\">Leap</th>"
		    "<th scope=\"col\" class=\"number\">Lost</th>"
		    "<th scope=\"col\">Error</th><th scope=\"col\">Rule</th>"
		    "<th scope=\"col\" class=\"number\">Step</th>"
		    "<th scope=\"col\" class=\"number\">Score after</th>"
		    "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < v->n_step && shown < SCORE_TABLE_STEPS; i++) {
		const struct history_monitor *m =
			score_view_monitor(v, v->step[i].monitor_id);

		if (m && m->is_scorer)
			continue;
		put_step(h, v, &v->step[i]);
		shown++;
	}
	html_put(h, "</tbody>\n");
	page_table_end(h);
}

/* --- the page -------------------------------------------------------------- */

static void put_downloads(const struct request *rq, struct html *h)
{
	const char *ip = rq->arg[0], *url = rq->settings->web_url;

	html_put(
		h,
		"<h2>To take along</h2>\n<ul>\n"
		"<li><a href=\"/scores/%s/log?limit=200&amp;monitor=*\">Log as "
		"CSV</a>, <a href=\"/scores/%s/json?limit=200&amp;monitor=*\">"
		"as JSON</a></li>\n"
		"<li><a href=\"/scores/%s/why\">Why, as text</a>, "
		"<a href=\"/scores/%s/why?format=json\">as JSON</a></li>\n"
		"<li><a href=\"/scores/%s/monitors\">Monitors as "
		"JSON</a></li>\n"
		"<li><a href=\"/scores/%s/feed\">Feed</a> (Atom) of what "
		"becomes of it</li>\n"
		"<li>A badge for pages of your own: "
		"<img class=\"badge-image\" src=\"/scores/%s.svg\" "
		"alt=\"badge with the score\" height=\"20\"> "
		"<code>%s/scores/%s.svg</code></li>\n</ul>\n",
		ip, ip, ip, ip, ip, ip, ip, url, ip);
}

static int put_page(const struct request *rq, struct response *rs,
		    const struct score_view *v)
{
	struct html *h = &rs->body;
	int r = 0;

	page_begin(rq, rs, "%s", v->server.address);
	put_verdict(h, v);
	put_notices(h, v);
	put_facts(rq, h, v);
	put_fix(h, v);
	if (!score_view_is_old(v)) {
		r = score_chart_put(rq, h, v, chart_window_choose(rq));
		put_monitors(h, v);
		put_steps(h, v);
		put_downloads(rq, h);
	}
	page_end(rq, rs);
	return r;
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), k = strlen(end);

	return n > k && strcmp(s + n - k, end) == 0;
}

void page_score(const struct request *rq, struct response *rs)
{
	struct score_view v = {0};
	int r;

	if (ends_with(rq->arg[0], ".svg")) {
		page_score_badge(rq, rs);
		return;
	}
	r = score_view_find(rq, rq->arg[0], &v.server);
	if (r == 0) {
		page_refuse(rq, rs, 404,
			    "No server of that address is, or "
			    "lately was, in this pool.");
		return;
	}
	if (r > 0)
		r = score_view_load(rq, &v);
	if (r == 0)
		r = put_page(rq, rs, &v);
	rs->max_age_s = page_fresh_s(rq);
	if (r < 0)
		page_error(rq, rs, 503);
	score_view_done(&v);
}
