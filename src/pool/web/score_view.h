/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/text.h"
#include "pool/book/server.h"
#include "pool/score/score.h"
#include "pool/store/history.h"
#include "pool/store/zone.h"
#include "pool/web/request.h"

/* Everything that the pages of one server say of it, read at once. */

#define SCORE_VIEW_ZONES 16
#define SCORE_VIEW_STEPS 200 /* looked at */
#define SCORE_TABLE_STEPS 50 /* shown */

struct score_view {
	int64_t now_ms;
	struct server server;
	enum server_state state;
	struct zone_record zone[SCORE_VIEW_ZONES]; /* the widest first */
	size_t n_zone;
	struct history_monitor *monitor; /* all, by id */
	size_t n_monitor;
	struct log_row *step; /* the newest first */
	size_t n_step;
};

/**
 * The server that a path names: an address, or address:port where a host has
 * several.  Returns: 1, 0 when there is none that may be shown, or -errno.
 */
MUST_CHECK int score_view_find(const struct request *rq, const char *text,
			       struct server *out);

/** Read the rest; v->server is there.  0 or -errno; score_view_done() in any case. */
MUST_CHECK int score_view_load(const struct request *rq, struct score_view *v);
void score_view_done(struct score_view *v);

/** NULL when there is no such monitor. */
const struct history_monitor *score_view_monitor(const struct score_view *v,
						 int64_t id);

/** Its steps ought not to be shown any more: deleted half a year ago. */
bool score_view_is_old(const struct score_view *v);

/* What the monitors that have a voice say now. */
struct score_reason {
	unsigned active;      /* monitors */
	unsigned reached;     /* of these, how many got a good answer last */
	double worst_s;       /* the largest offset among them; NaN: none */
	bool has_rule;        /* something takes points away: */
	enum score_rule rule; /* what most monitors, and first, complain of */
	unsigned by;          /* how many */
};

struct score_reason score_view_reason(const struct score_view *v);

/** The big sentence: how the server stands, in numbers, and why. */
void score_view_sentence(const struct score_view *v, struct text *out);

/** A name for the style sheet: "good", "fair", "bad". */
const char *score_view_mood(const struct score_view *v);

/** "got no answer", "found its time more than 100 ms off": what a monitor did. */
const char *score_rule_did(enum score_rule rule);

/** Good checks in a row, by every monitor, after which the score is back at 10. */
unsigned score_view_checks_to_go(const struct score_view *v);
