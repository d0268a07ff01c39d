/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/spot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "pool/book/change.h"
#include "pool/store/throttle.h"

/* Who has not called for so long would not in time. */
#define CALLED_MS (INT64_C(150) * 1000)
#define FRESH_MS (INT64_C(10) * 1000)
#define HOUR_MS (INT64_C(3600) * 1000)

/* BOOK_OK with *id 0: a new one may be made. */
static enum book_verdict may_ask(const struct change *c, int64_t *id)
{
	const struct server *s = &c->server;
	struct spot last;
	char key[40];
	int r = spot_latest(c->db, s->address, s->port, c->now_ms - FRESH_MS,
			    &last);

	*id = 0;
	if (r < 0)
		return BOOK_STORE;
	if (r > 0 && last.account_id == s->account_id) {
		*id = last.id;
		return BOOK_OK;
	}
	if (c->who->staff)
		return BOOK_OK;
	snprintf(key, sizeof key, "spot:%lld", (long long)s->account_id);
	r = throttle_try(c->db, key, SPOTS_AN_HOUR, HOUR_MS, c->now_ms);
	return r < 0 ? BOOK_STORE : r ? BOOK_OK : BOOK_TOO_OFTEN;
}

enum book_verdict book_spot_server(struct db *db, const struct actor *who,
				   int64_t server_id, int64_t now_ms,
				   int64_t *id)
{
	struct spot s = {.server_id = server_id, .asked_ms = now_ms};
	struct change c;
	enum book_verdict v = change_begin(&c, db, who, server_id, now_ms);

	if (v != BOOK_OK)
		return v;
	v = may_ask(&c, id);
	if (v != BOOK_OK || *id)
		return change_refuse(&c, v);
	s.account_id = c.server.account_id;
	s.family = c.server.family;
	s.port = c.server.port;
	memcpy(s.address, c.server.address, sizeof s.address);
	return change_end(&c, spot_insert(db, &s, id), "server.probe");
}

int book_spot_candidate(struct db *db, const struct candidate *c)
{
	struct spot s = {
		.account_id = c->account_id,
		.family = strchr(c->address, ':') ? 6 : 4,
		.port = c->port,
		.asked_ms = c->asked_ms,
	};
	int64_t id;

	memcpy(s.address, c->address, sizeof s.address);
	return spot_insert(db, &s, &id);
}

void book_spot_results(struct db *db, struct db_rows *rows,
		       const struct spot *s)
{
	spot_ask_results(db, rows, s, s->asked_ms - CALLED_MS);
}

bool book_spot_waits(const struct spot *s, const struct spot_result *r,
		     int64_t now_ms)
{
	if (r->at_ms || now_ms > s->asked_ms + SPOT_WAIT_MS)
		return false;
	return r->given_ms ||
	       (r->clock_ok != 0 && now_ms <= s->asked_ms + SPOT_DUE_MS);
}

struct score_step book_spot_judge(const struct spot_result *r)
{
	struct measurement m = {
		.at_ms = r->at_ms,
		.has_offset = !isnan(r->offset_s),
		.offset_s = r->offset_s,
		.rtt_s = r->rtt_s,
		.stratum = r->stratum,
		.leap = r->leap,
		.samples = r->samples,
		.lost = r->lost,
	};

	snprintf(m.error, sizeof m.error, "%s", r->error);
	return score_judge(PROFILE_CLASSIC, &m);
}
