/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/web/score_view.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "pool/book/deletion.h"
#include "pool/web/figure.h"
#include "pool/web/when.h"

#define FORGET_MS (3 * 365 * DAY_MS)
#define HIDE_MS (180 * DAY_MS)

/* --- reading --------------------------------------------------------------- */

/* "192.0.2.1:10123", "[2001:db8::1]:10123" */
static int split_port(const char *text, char host[NET_ADDR_TEXT_LEN],
		      uint16_t *port)
{
	const char *colon = strrchr(text, ':');
	long n;

	if (!colon || (strchr(text, ':') != colon && *text != '[') ||
	    (size_t)(colon - text) >= NET_ADDR_TEXT_LEN ||
	    text_to_int(colon + 1, 1, 65535, &n) < 0)
		return -EINVAL;
	memcpy(host, text, (size_t)(colon - text));
	host[colon - text] = '\0';
	*port = (uint16_t)n;
	return 0;
}

int score_view_find(const struct request *rq, const char *text,
		    struct server *out)
{
	char host[NET_ADDR_TEXT_LEN];
	struct net_addr addr;
	uint16_t port = 0;
	int r;

	if (net_addr_parse(text, &addr) < 0 &&
	    (split_port(text, host, &port) < 0 ||
	     net_addr_parse(host, &addr) < 0))
		return 0;
	addr = net_addr_unmap(&addr);
	net_addr_format(&addr, host);
	r = port ? server_by_address(rq->db, host, port, out)
		 : server_by_host(rq->db, host, out);
	if (r == 1 && out->deleted_ms &&
	    out->deleted_ms < rq->now_ms - FORGET_MS)
		return 0;
	return r;
}

static int load_zones(struct db *db, struct score_view *v)
{
	struct db_rows rows;

	zone_ask_server(db, &rows, v->server.id);
	while (v->n_zone < SCORE_VIEW_ZONES &&
	       zone_next(&rows, &v->zone[v->n_zone]))
		v->n_zone++;
	return db_end(&rows);
}

static int load_monitors(struct db *db, struct score_view *v)
{
	struct history_monitor m;
	struct db_rows rows;

	history_ask_monitors(db, &rows, v->server.id);
	while (history_monitor_next(&rows, &m)) {
		v->monitor =
			xreallocarray(v->monitor, v->n_monitor + 1, sizeof m);
		v->monitor[v->n_monitor++] = m;
	}
	return db_end(&rows);
}

static int load_steps(struct db *db, struct score_view *v)
{
	struct db_rows rows;

	v->step = xcalloc(SCORE_VIEW_STEPS, sizeof *v->step);
	history_ask_steps(db, &rows, v->server.id, 0, 0, SCORE_VIEW_STEPS);
	while (v->n_step < SCORE_VIEW_STEPS &&
	       log_next(&rows, &v->step[v->n_step]))
		v->n_step++;
	return db_end(&rows);
}

int score_view_load(const struct request *rq, struct score_view *v)
{
	int r;

	v->now_ms = rq->now_ms;
	v->state = server_state(&v->server, rq->now_ms);
	r = load_zones(rq->db, v);
	if (r == 0)
		r = load_monitors(rq->db, v);
	if (r == 0 && !score_view_is_old(v))
		r = load_steps(rq->db, v);
	return r;
}

void score_view_done(struct score_view *v)
{
	free(v->monitor);
	free(v->step);
}

const struct history_monitor *score_view_monitor(const struct score_view *v,
						 int64_t id)
{
	for (size_t i = 0; i < v->n_monitor; i++)
		if (v->monitor[i].id == id)
			return &v->monitor[i];
	return NULL;
}

bool score_view_is_old(const struct score_view *v)
{
	return v->server.deleted_ms &&
	       v->server.deleted_ms < v->now_ms - HIDE_MS;
}

/* --- judging --------------------------------------------------------------- */

const char *score_rule_did(enum score_rule rule)
{
	static const char *const did[SCORE_RULES] = {
		[RULE_NO_RESPONSE] = "got no answer",
		[RULE_KISS_RATE] = "were told to ask less often (RATE)",
		[RULE_KISS_DENY] = "were refused (DENY or RSTR)",
		[RULE_KISS_UNKNOWN] = "got an answer without time",
		[RULE_ERROR] = "got an answer that is of no use",
		[RULE_OFFSET_3S] = "found its time more than 3 s off",
		[RULE_STRATUM_8] = "found it at stratum 8 or beyond",
		[RULE_OFFSET_750MS] = "found its time more than 750 ms off",
		[RULE_OFFSET_100MS] = "found its time more than 100 ms off",
		[RULE_OFFSET_25MS] = "found its time more than 25 ms off",
		[RULE_GOOD] = "found its time good",
		[RULE_UNSYNCHRONISED] = "heard that it is not synchronised",
		[RULE_FALSETICKER] = "found that it disagrees with the others",
		[RULE_ROOT_DISTANCE] = "heard that it is unsure by over 1.5 s",
		[RULE_LOSS] = "lost packets on the way",
	};

	return did[rule];
}

/* Its latest step, when it has a voice. */
static const struct log_row *latest(const struct score_view *v,
				    const struct history_monitor *m)
{
	if (m->is_scorer || m->pair_state != PAIR_ACTIVE)
		return NULL;
	for (size_t i = 0; i < v->n_step; i++)
		if (v->step[i].monitor_id == m->id && v->step[i].counts)
			return &v->step[i];
	return NULL;
}

/* The rule that most monitors name; of equals the graver one. */
static void choose_rule(const unsigned count[SCORE_RULES],
			struct score_reason *r)
{
	for (int i = 0; i < SCORE_RULES; i++)
		if (i != RULE_GOOD && count[i] > r->by) {
			r->has_rule = true;
			r->rule = (enum score_rule)i;
			r->by = count[i];
		}
}

struct score_reason score_view_reason(const struct score_view *v)
{
	struct score_reason r = {.worst_s = (double)NAN};
	unsigned count[SCORE_RULES] = {0};

	for (size_t i = 0; i < v->n_monitor; i++) {
		const struct log_row *step = latest(v, &v->monitor[i]);
		enum score_rule rule;

		if (!step)
			continue;
		r.active++;
		if (!isnan(step->offset_s)) {
			r.reached++;
			if (!(fabs(step->offset_s) <= fabs(r.worst_s)))
				r.worst_s = step->offset_s;
		}
		if (score_rule_find(step->rule, &rule))
			count[rule]++;
	}
	choose_rule(count, &r);
	return r;
}

/* " (up to +120.0 ms)" where the offset is what is wrong. */
static const char *say_offset(const struct score_reason *r, char *text,
			      size_t cap)
{
	bool by_offset =
		r->rule == RULE_OFFSET_3S || r->rule == RULE_OFFSET_750MS ||
		r->rule == RULE_OFFSET_100MS || r->rule == RULE_OFFSET_25MS;
	struct text t = text_init(text, cap);
	char worst[FIGURE_LEN];

	text[0] = '\0';
	if (by_offset && !isnan(r->worst_s))
		text_add(&t, " (up to %s)", figure_offset(r->worst_s, worst));
	return text;
}

/* " Out since 05:10 because 3 of 5 monitors got no answer." */
static void say_low_score(const struct score_view *v,
			  const struct score_reason *r, struct text *out)
{
	char when[WHEN_LEN], offset[FIGURE_LEN + 16];

	text_add(out, " Not in the pool");
	if (v->server.out_since_ms)
		text_add(out, " since %s",
			 when_minute(v->server.out_since_ms, when));
	if (r->has_rule)
		text_add(out, ", because %u of %u monitors %s%s.", r->by,
			 r->active, score_rule_did(r->rule),
			 say_offset(r, offset, sizeof offset));
	else if (r->active)
		text_add(out,
			 "; all is well now, and the score is climbing: "
			 "it takes a few more good checks to pass %.0f.",
			 SCORE_IN_POOL);
	else
		text_add(out, ".");
}

static void say_good(const struct score_reason *r, struct text *out)
{
	char worst[FIGURE_LEN];

	text_add(out, " In the pool.");
	if (r->active == 0)
		return;
	text_add(out, " %u of %u active monitors reach it", r->reached,
		 r->active);
	if (!isnan(r->worst_s))
		text_add(out, "; the largest offset is %s",
			 figure_offset(r->worst_s, worst));
	text_add(out, ".");
	if (r->has_rule)
		text_add(out, " %u of %u %s.", r->by, r->active,
			 score_rule_did(r->rule));
}

static void say_state(const struct score_view *v, const struct score_reason *r,
		      struct text *out)
{
	char when[WHEN_LEN];

	switch (v->state) {
	case SERVER_IN_POOL:
		say_good(r, out);
		break;
	case SERVER_LOW_SCORE:
		say_low_score(v, r, out);
		break;
	case SERVER_LEAVING:
		text_add(out,
			 " Leaving: handed out no more, monitored until "
			 "it is deleted on %s.",
			 when_day(v->server.delete_on_ms, when));
		break;
	case SERVER_PAUSED:
		text_add(out,
			 " Paused by its operator until %s: monitored, "
			 "not handed out.",
			 when_minute(v->server.paused_until_ms, when));
		break;
	case SERVER_MONITOR_ONLY:
		text_add(out, " Not in the pool: its operator wants it "
			      "monitored only.");
		break;
	case SERVER_NEW:
	case SERVER_DELETED:
	case SERVER_STATES:
		break;
	}
}

void score_view_sentence(const struct score_view *v, struct text *out)
{
	struct score_reason r = score_view_reason(v);
	char figure[FIGURE_LEN], when[WHEN_LEN];

	if (v->state == SERVER_DELETED) {
		text_add(out, "Deleted from the pool on %s.",
			 when_day(v->server.deleted_ms, when));
		return;
	}
	if (v->server.score_ms)
		text_add(out, "Score %s.",
			 figure_score(v->server.score, figure));
	else
		text_add(out, "Not measured yet: the first results come within "
			      "minutes.");
	say_state(v, &r, out);
}

unsigned score_view_checks_to_go(const struct score_view *v)
{
	const struct score_step good = {.rule = RULE_GOOD, .step = 1};
	double score = v->server.score;
	unsigned n = 0;

	for (; score < SCORE_IN_POOL && n < 1000; n++)
		score = score_apply(score, &good);
	return n;
}

const char *score_view_mood(const struct score_view *v)
{
	switch (v->state) {
	case SERVER_IN_POOL:
		return "good";
	case SERVER_LOW_SCORE:
	case SERVER_DELETED:
		return "bad";
	default:
		return "fair";
	}
}
