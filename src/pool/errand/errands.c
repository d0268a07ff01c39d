/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/errand/errands.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/container.h"
#include "base/text.h"
#include "os/resolver.h"
#include "pool/book/candidate.h"
#include "pool/book/verify.h"
#include "pool/errand/prove.h"

int errands_open(struct errands *e, struct db *db,
		 const struct pool_settings *set, struct log *log)
{
	const struct os_host_params params = {
		.clock = OS_CLOCK_NONE,
		.log = log,
	};
	int r;

	*e = (struct errands){.db = db, .set = set, .log = log};
	/* Strangers choose the names: theirs must not keep us for long. */
	(void)setenv("RES_OPTIONS", "timeout:2 attempts:2", 0);
	r = os_host_init(&e->host, &params);
	if (r == 0)
		country_open(&e->country, set, log);
	return r;
}

void errands_close(struct errands *e)
{
	country_close(&e->country);
	os_host_done(&e->host);
}

static int error_of(enum book_verdict v)
{
	return v == BOOK_STORE ? -EIO : 0;
}

/* --- candidates: names --------------------------------------------------------- */

static int look_up(struct errands *e, const struct candidate *c, int64_t now_ms)
{
	struct net_addr addr[RESOLVE_MAX_ADDRS];
	int n = resolve_now(c->hostname, AF_UNSPEC, addr, RESOLVE_MAX_ADDRS);

	/* Nobody could say: that may change within a minute. */
	if (n < 0 && n != -ENOENT &&
	    now_ms < c->asked_ms + ERRANDS_NAME_TRIES_MS)
		return 0;
	return error_of(book_candidate_found(e->db, e->set, c->id, addr,
					     n < 0 ? 0 : (size_t)n));
}

/* --- candidates: addresses ------------------------------------------------------- */

struct visit {
	struct probe probe;
	int64_t candidate_id;
	struct net_addr addr;
	struct round *round;
};

struct round {
	struct errands *e;
	struct visit visit[ERRANDS_PROBES];
	size_t n, running;
};

static void on_probed(struct probe *p)
{
	struct visit *v = CONTAINER_OF(p, struct visit, probe);

	if (--v->round->running == 0)
		loop_stop(v->round->e->host.host.loop);
}

static void send_visitor(struct round *r, const struct candidate *c)
{
	const struct pool_settings *set = r->e->set;
	const struct probe_plan plan = {
		.samples = set->samples,
		.gap_s = set->sample_gap_s,
		.timeout_s = set->sample_timeout_s,
	};
	struct visit *v = &r->visit[r->n];

	*v = (struct visit){.candidate_id = c->id, .round = r};
	if (net_addr_parse(c->address, &v->addr) < 0)
		return; /* it came out of net_addr_format() */
	v->addr.port = c->port;
	v->probe.done = on_probed;
	r->n++;
	r->running++;
	probe_start(&v->probe, &r->e->host.host, &v->addr, &plan);
}

static int write_down(const struct visit *v)
{
	struct errands *e = v->round->e;
	const struct measurement *m = &v->probe.m;
	struct candidate_check check = {
		.stratum = m->stratum,
		.offset_s = m->has_offset ? m->offset_s : (double)NAN,
		.rtt_s = m->rtt_s,
	};
	char country[3] = "";

	if (v->probe.error == -EAGAIN)
		return 0; /* our clock was set meanwhile: next round */
	if (v->probe.error)
		check.error = strerror(-v->probe.error);
	else if (*m->error)
		check.error = m->error;
	country_of(&e->country, &v->addr, country);
	check.country = country;
	return error_of(book_candidate_checked(e->db, v->candidate_id, &check));
}

static int visit_all(struct round *r)
{
	int result = 0;

	if (r->running > 0)
		result = loop_run(r->e->host.host.loop);
	r->e->host.host.loop->stop = false;
	for (size_t i = 0; i < r->n; i++) {
		probe_stop(&r->visit[i].probe);
		if (result >= 0)
			result = write_down(&r->visit[i]);
	}
	return result;
}

static int run_candidates(struct errands *e, int64_t now_ms)
{
	struct candidate list[ERRANDS_PROBES];
	struct round *round = calloc(1, sizeof *round);
	size_t n = 0, names = 0;
	struct db_rows rows;
	int r;

	if (!round)
		return -ENOMEM;
	round->e = e;
	candidate_ask_state(e->db, &rows, CANDIDATE_ASKED, ERRANDS_PROBES);
	while (n < ERRANDS_PROBES && candidate_next(&rows, &list[n]))
		n++;
	r = db_end(&rows);
	for (size_t i = 0; i < n && r >= 0; i++) {
		if (*list[i].address)
			send_visitor(round, &list[i]);
		else if (names++ < ERRANDS_NAMES)
			r = look_up(e, &list[i], now_ms);
	}
	if (r >= 0)
		r = visit_all(round);
	free(round);
	return r < 0 ? r : (int)n;
}

/* --- verification ------------------------------------------------------------------ */

static int try_one(struct errands *e, const struct verification *v,
		   int64_t now_ms)
{
	struct server s;
	char evidence[256];
	struct text t = text_init(evidence, sizeof evidence);
	int r = server_by_id(e->db, v->server_id, &s);
	bool ok;

	if (r <= 0)
		return r;
	ok = prove(v, &s, e->set, &e->host.host, &t);
	log_info(e->log, "server %s: %s, %s: %s", s.address,
		 verify_method_name(v->method),
		 ok ? "verified" : "not verified", evidence);
	return error_of(book_verify_tried(e->db, v, ok, evidence, now_ms));
}

static int run_proofs(struct errands *e, int64_t now_ms)
{
	struct verification list[ERRANDS_PROOFS];
	struct db_rows rows;
	size_t n = 0;
	int r;

	verification_ask_due(e->db, &rows, now_ms,
			     now_ms - ERRANDS_PROVE_AGAIN_MS, ERRANDS_PROOFS);
	while (n < ERRANDS_PROOFS && verification_next(&rows, &list[n]))
		n++;
	r = db_end(&rows);
	for (size_t i = 0; i < n && r >= 0; i++)
		r = try_one(e, &list[i], now_ms);
	return r < 0 ? r : (int)n;
}

int errands_run(struct errands *e, int64_t now_ms)
{
	int candidates = run_candidates(e, now_ms), proofs;

	if (candidates < 0)
		return candidates;
	proofs = run_proofs(e, now_ms);
	return proofs < 0 ? proofs : candidates + proofs;
}
