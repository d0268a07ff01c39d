/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "pool/book/server.h"
#include "pool/score/score.h"
#include "pool/store/history.h"
#include "pool/store/pair.h"
#include "prog/poolctl/commands.h"
#include "prog/poolctl/ctl.h"

/* --- one server, by monitor ------------------------------------------------------- */

static const char *monitor_name(struct ctl *c, int64_t id, struct monitor *m)
{
	return monitor_by_id(c->db, id, m) == 1 ? m->name : "?";
}

static int show_one(struct ctl *c, const char *address)
{
	static const char *const voice[] = {"candidate", "testing", "active",
					    "paused"};
	struct output *o = &c->out;
	struct db_rows rows;
	struct server s;
	struct pair p;

	if (!ctl_find_server(c, address, &s))
		return CTL_FAILED;
	if (o->form != OUTPUT_JSON)
		fprintf(o->to, "%s port %u: score %.1f, %s\n", s.address,
			s.port, s.score,
			server_state_name(server_state(&s, c->now_ms)));
	pair_ask_server(c->db, &rows, s.id);
	output_list(o);
	while (pair_next(&rows, &p)) {
		struct monitor m;

		output_row(o);
		output_text(o, "monitor", monitor_name(c, p.monitor_id, &m));
		output_text(o, "voice", voice[p.state & 3]);
		output_real(o, "score", p.score, 1);
		output_real(o, "offset_s", p.offset_s, 6);
		output_real(o, "rtt_s", p.rtt_s, 6);
		output_int(o, "stratum", p.stratum);
		output_time(o, "measured_ms", p.score_ms);
	}
	output_end(o);
	return ctl_store(c, db_end(&rows));
}

/* --- all servers --------------------------------------------------------------------- */

#define STEPS_MAX 60 /* of each server that are looked at */

/* What the last checks of a server came to. */
struct digest {
	unsigned checks, samples, lost;
	double offset_s, rtt_s; /* of the last good one; NaN: none */
	unsigned by_rule[SCORE_RULES];
};

static void digest_add(struct digest *d, const struct log_row *row)
{
	enum score_rule rule;

	if (!score_rule_find(row->rule, &rule))
		return; /* a median */
	d->checks++;
	d->samples += row->samples;
	d->lost += row->lost;
	d->by_rule[rule]++;
	if (isnan(d->offset_s)) {
		d->offset_s = row->offset_s;
		d->rtt_s = row->rtt_s;
	}
}

static int digest_read(struct ctl *c, int64_t server_id, struct digest *d)
{
	struct db_rows rows;
	struct log_row row;

	*d = (struct digest){.offset_s = (double)NAN, .rtt_s = (double)NAN};
	history_ask_steps(c->db, &rows, server_id, 0, 0, STEPS_MAX);
	while (log_next(&rows, &row))
		digest_add(d, &row);
	return db_end(&rows);
}

/* The rule, other than good, that fitted most often. */
static void say_why(const struct digest *d, char *why, size_t cap)
{
	struct text t = text_init(why, cap);
	unsigned worst = RULE_GOOD, n = 0;

	for (unsigned i = 0; i < SCORE_RULES; i++)
		if (i != RULE_GOOD && d->by_rule[i] > n) {
			worst = i;
			n = d->by_rule[i];
		}
	if (n > 0)
		text_add(&t, "%s in %u of %u checks",
			 score_rule_name((enum score_rule)worst), n, d->checks);
}

static void put_digest(struct ctl *c, const struct server *s,
		       const struct digest *d)
{
	struct output *o = &c->out;
	enum server_state state = server_state(s, c->now_ms);
	char why[80];

	say_why(d, why, sizeof why);
	output_row(o);
	output_text(o, "server", s->address);
	output_real(o, "score", s->score_ms ? s->score : (double)NAN, 1);
	output_real(o, "offset_s", d->offset_s, 6);
	output_real(o, "rtt_s", d->rtt_s, 6);
	output_int(o, "lost_percent",
		   d->samples ? 100 * d->lost / d->samples : 0);
	output_text(o, "state", server_state_name(state));
	output_text(o, "why", why);
}

/* All at once: looking at each is a query of its own. */
static int read_servers(struct ctl *c, struct server **out, size_t *n)
{
	struct db_rows rows;
	size_t cap = 0;

	*out = NULL;
	*n = 0;
	server_ask_all(c->db, &rows);
	do {
		if (*n == cap) {
			cap = cap ? 2 * cap : 64;
			*out = xreallocarray(*out, cap, sizeof **out);
		}
	} while (server_next(&rows, &(*out)[*n]) && ++*n);
	return db_end(&rows);
}

static int show_all(struct ctl *c)
{
	struct server *list;
	struct digest d;
	size_t n;
	int r = read_servers(c, &list, &n);

	output_list(&c->out);
	for (size_t i = 0; i < n && r >= 0; i++) {
		r = digest_read(c, list[i].id, &d);
		put_digest(c, &list[i], &d);
	}
	output_end(&c->out);
	free(list);
	return ctl_store(c, r);
}

int cmd_score(struct ctl *c)
{
	const char *address = ctl_arg(c, "ADDRESS");

	return address ? show_one(c, address) : show_all(c);
}
