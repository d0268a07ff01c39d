/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "pool/web/figure.h"
#include "pool/web/page.h"
#include "pool/web/pages.h"
#include "pool/web/score_view.h"
#include "pool/web/when.h"

/* /scores/: find a server; /scores/rules: what gives which step. */

#define SHOWN 50
#define TYPED_MIN 3 /* fewer would find them all */

void server_table_begin(struct html *h, const char *caption)
{
	page_table(h, "%s", caption);
	html_put(h, "<thead><tr><th scope=\"col\">Server</th>"
		    "<th scope=\"col\">Host name</th>"
		    "<th scope=\"col\" class=\"number\">Score</th>"
		    "<th scope=\"col\">State</th>"
		    "<th scope=\"col\" class=\"number\">Stratum</th>"
		    "<th scope=\"col\" class=\"number\">Netspeed</th>"
		    "<th scope=\"col\">Last check</th></tr></thead>\n"
		    "<tbody>\n");
}

void server_table_row(struct html *h, const struct server *s, int64_t now_ms)
{
	enum server_state state = server_state(s, now_ms);
	char score[FIGURE_LEN], speed[FIGURE_LEN], when[WHEN_LEN];

	html_put(h,
		 "<tr><th scope=\"row\"><a class=\"address\" "
		 "href=\"/scores/%s\">%s</a></th><td>%s</td>"
		 "<td class=\"number\">%s</td><td class=\"plain %s\">%s%s</td>",
		 s->address, s->address, s->hostname,
		 figure_score(s->score, score),
		 state == SERVER_IN_POOL ? "good" : "quiet",
		 server_state_name(state), s->verified_ms ? ", verified" : "");
	if (s->stratum >= 0)
		html_put(h, "<td class=\"number\">%d</td>", s->stratum);
	else
		html_put(h, "<td class=\"number quiet\">&ndash;</td>");
	html_put(h,
		 "<td class=\"number\">%s</td><td "
		 "class=\"plain\">%s</td></tr>\n",
		 figure_netspeed(s->kbit, speed),
		 when_ago(s->score_ms, now_ms, when));
}

void server_table_end(struct html *h)
{
	html_put(h, "</tbody>\n");
	page_table_end(h);
}

/* The rows as a table; *n: how many there were. */
static int put_table(const struct request *rq, struct html *h,
		     struct db_rows *rows, const char *caption, unsigned *n)
{
	struct server s;

	for (*n = 0; server_next(rows, &s); ++*n) {
		if (*n == 0)
			server_table_begin(h, caption);
		server_table_row(h, &s, rq->now_ms);
	}
	if (*n)
		server_table_end(h);
	if (*n == SHOWN)
		html_put(h,
			 "<p class=\"hint\">Only the first %d are shown."
			 "</p>\n",
			 SHOWN);
	return db_end(rows);
}

static int put_found(const struct request *rq, struct html *h, const char *text)
{
	struct db_rows rows;
	unsigned n;
	int r;

	if (strlen(text) < TYPED_MIN) {
		html_put(h,
			 "<p class=\"note\">Type at least %d characters of "
			 "its address or host name.</p>\n",
			 TYPED_MIN);
		return 0;
	}
	server_ask_search(rq->db, &rows, text, SHOWN);
	r = put_table(rq, h, &rows, "What was found, the best scores first.",
		      &n);
	if (n == 0)
		html_put(h,
			 "<p class=\"note\">No server of this pool has "
			 "\"%s\" in its address or host name.</p>\n",
			 text);
	return r;
}

/* Whose operators want to be seen; the others are found by their address. */
static int put_public(const struct request *rq, struct html *h)
{
	struct db_rows rows;
	unsigned n;

	server_ask_public(rq->db, &rows, SHOWN);
	return put_table(rq, h, &rows,
			 "Servers whose operators have a public page, the best "
			 "scores first.",
			 &n);
}

void page_scores(const struct request *rq, struct response *rs)
{
	const char *text = request_query(rq, "q");
	struct html *h = &rs->body;
	struct server s;

	text = text ? text : "";
	if (*text && score_view_find(rq, text, &s) == 1) {
		response_redirect(rs, "/scores/%s", s.address);
		return;
	}
	page_begin(rq, rs, "Scores");
	html_put(h,
		 "<p>Each server of the pool is measured a few times an hour "
		 "from several places. Find one by its address or by a part "
		 "of its name.</p>\n<form method=\"get\" action=\"/scores/\" "
		 "class=\"inline\" role=\"search\">\n<label for=\"q\">Address "
		 "or host name</label>\n<input type=\"search\" id=\"q\" "
		 "name=\"q\" maxlength=\"255\" value=\"%s\">\n"
		 "<button>Find</button>\n</form>\n",
		 text);
	if ((*text ? put_found(rq, h, text) : put_public(rq, h)) < 0) {
		page_error(rq, rs, 503);
		return;
	}
	html_put(h, "<p>How many there are and where: <a href=\"/zone/@\">"
		    "zones</a>. What gives how many points: <a "
		    "href=\"/scores/rules\">the rules</a>.</p>\n");
	page_end(rq, rs);
	rs->max_age_s = page_fresh_s(rq);
}

/* --- rules ----------------------------------------------------------------- */

/* A check of the kind that the rule is for; or the step in words. */
static const struct {
	struct measurement m;
	const char *words;
} examples[SCORE_RULES] = {
	[RULE_NO_RESPONSE] = {.m = {.stratum = -1, .leap = -1}},
	[RULE_KISS_RATE] = {.m = {.error = "RATE"}},
	[RULE_KISS_DENY] = {.m = {.error = "DENY"}},
	[RULE_KISS_UNKNOWN] = {.m = {.error = SCORE_ERROR_STRATUM_0}},
	[RULE_ERROR] = {.m = {.stratum = 16, .error = "bad stratum"}},
	[RULE_OFFSET_3S] = {.m = {.has_offset = true,
				  .stratum = 2,
				  .offset_s = 4}},
	[RULE_STRATUM_8] = {.m = {.has_offset = true, .stratum = 9}},
	[RULE_OFFSET_750MS] = {.m = {.has_offset = true,
				     .stratum = 2,
				     .offset_s = 0.8}},
	[RULE_OFFSET_100MS] = {.words = "+0.50 down to -1.00, the further off "
					"the less"},
	[RULE_OFFSET_25MS] = {.words = "+1.00 down to +0.50, the further off "
				       "the less"},
	[RULE_GOOD] = {.m = {.has_offset = true, .stratum = 2}},
	[RULE_UNSYNCHRONISED] = {.m = {.has_offset = true,
				       .stratum = 2,
				       .leap = 3}},
	[RULE_FALSETICKER] = {.m = {.has_offset = true,
				    .stratum = 2,
				    .falseticker = true}},
	[RULE_ROOT_DISTANCE] = {.m = {.has_offset = true,
				      .stratum = 2,
				      .root_disp_s = 2}},
	[RULE_LOSS] = {.words = "+1.00 down to -1.00, the more is lost the "
				"less"},
};

/* Of the scorer itself, so that the page cannot say anything else. */
static void put_step(struct html *h, enum score_rule rule)
{
	struct score_step s;

	if (examples[rule].words) {
		html_put(h, "%s", examples[rule].words);
		return;
	}
	s = score_judge(PROFILE_STRICT, &examples[rule].m);
	html_put(h, "%+.2f", s.step);
	if (s.capped)
		html_put(h, ", and the score is at most %.0f", s.cap);
}

void page_rules(const struct request *rq, struct response *rs)
{
	struct html *h = &rs->body;

	page_begin(rq, rs, "How scores are made");
	html_put(h,
		 "<p>A monitor asks a server a few times in a row and keeps "
		 "the answer with the shortest round trip. The first rule "
		 "below that fits gives a step, and</p>\n"
		 "<pre>score = %.2f &times; score + step</pre>\n"
		 "<p>So a server that is always good climbs towards +20: from "
		 "0 it passes %.0f after fourteen good checks. One that never "
		 "answers sinks towards &minus;100. Each monitor keeps its own "
		 "score of each server. <strong>The public score is the median "
		 "of the active monitors</strong>, so that one bad way through "
		 "the network, or one bad monitor, decides nothing. From "
		 "+%.0f on a server is handed out.</p>\n",
		 SCORE_DECAY, SCORE_IN_POOL, SCORE_IN_POOL);
	page_table(h, "The rules, in the order in which they are tried.");
	html_put(h, "<thead><tr><th scope=\"col\">Rule</th>"
		    "<th scope=\"col\">Step</th>"
		    "<th scope=\"col\">What it means and what to do</th></tr>"
		    "</thead>\n<tbody>\n");
	for (int i = 0; i < SCORE_RULES; i++) {
		const char *name = score_rule_name((enum score_rule)i);

		html_put(h, "<tr id=\"%s\"><th scope=\"row\">%s%s</th><td>",
			 name, name,
			 i >= RULE_UNSYNCHRONISED ? " (strict only)" : "");
		put_step(h, (enum score_rule)i);
		html_put(h, "</td><td>%s</td></tr>\n",
			 score_rule_text((enum score_rule)i));
	}
	html_put(h, "<tr id=\"median\"><th scope=\"row\">median</th><td></td>"
		    "<td>The public score: the median of the active monitors' "
		    "scores of the last 20 minutes.</td></tr>\n</tbody>\n");
	page_table_end(h);
	html_put(h,
		 "<p>Strict rules only decide where the pool's staff chose "
		 "the strict profile; this pool uses the %s profile. The "
		 "strict score is shown either way.</p>\n",
		 rq->settings->profile);
	page_end(rq, rs);
	rs->max_age_s = 3600;
}
