/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "pool/book/deletion.h"
#include "pool/book/server.h"
#include "pool/web/api_body.h"
#include "pool/web/desk.h"
#include "pool/web/field.h"
#include "pool/web/page.h"
#include "pool/web/session.h"
#include "pool/web/when.h"

/*
 * For programs (doc/pool-api.md): one's servers as JSON, by a token.
 */

static void time_or_null(struct json *j, const char *name, int64_t at_ms)
{
	char when[WHEN_LEN];

	json_text(j, name, at_ms ? when_iso(at_ms, when) : NULL);
}

static void put_server(struct json *j, const struct server *s, int64_t now_ms)
{
	json_object(j, NULL);
	json_int(j, "id", s->id);
	json_text(j, "address", s->address);
	json_int(j, "port", s->port);
	json_text(j, "hostname", s->hostname);
	json_text(j, "country", s->country);
	json_text(j, "state", server_state_name(server_state(s, now_ms)));
	json_real(j, "score", s->score);
	json_int(j, "netspeed_kbit", s->kbit);
	json_bool(j, "verified", s->verified_ms != 0);
	json_real(j, "alert_below", s->alert_below);
	time_or_null(j, "added", s->added_ms);
	time_or_null(j, "paused_until", s->paused_until_ms);
	time_or_null(j, "delete_on", s->delete_on_ms);
	json_end_object(j);
}

static void answer_server(const struct request *rq, struct response *rs,
			  int64_t id)
{
	struct json j = json_init(&rs->body.buf);
	struct server s;

	rs->type = "application/json";
	if (server_by_id(rq->db, id, &s) == 1)
		put_server(&j, &s, rq->now_ms);
	else
		page_error(rq, rs, 503);
}

void api_servers(const struct request *rq, struct response *rs)
{
	struct json j = json_init(&rs->body.buf);
	struct db_rows rows;
	struct server s;

	rs->type = "application/json";
	json_object(&j, NULL);
	json_array(&j, "servers");
	server_ask_account(rq->db, &rows, rq->account_id);
	while (server_next(&rows, &s))
		put_server(&j, &s, rq->now_ms);
	json_end_array(&j);
	json_end_object(&j);
	if (db_end(&rows) < 0)
		page_error(rq, rs, 503);
}

bool api_find(const struct request *rq, struct response *rs, struct server *s,
	      struct actor *who)
{
	int r = server_by_address(rq->db, rq->arg[0], 123, s);

	if (r == 1 && !s->deleted_ms && s->account_id == rq->account_id) {
		*who = session_actor(rq, s->account_id);
		if (who->account_id)
			return true;
	}
	page_error(rq, rs, r < 0 ? 503 : 404);
	return false;
}

void api_server(const struct request *rq, struct response *rs)
{
	struct server s;
	struct actor who;

	if (api_find(rq, rs, &s, &who))
		answer_server(rq, rs, s.id);
}

/* --- changes --------------------------------------------------------------- */

void api_refuse(const struct request *rq, struct response *rs,
		enum book_verdict v)
{
	struct json j;

	page_error(rq, rs, verdict_status(v));
	rs->body.buf.len = 0;
	j = json_init(&rs->body.buf);
	json_object(&j, NULL);
	json_text(&j, "error", book_verdict_name(v));
	json_text(&j, "text", book_verdict_text(v));
	json_end_object(&j);
}

static bool same_number(double a, double b)
{
	return (isnan(a) && isnan(b)) || !(a < b || a > b || isnan(a - b));
}

/* Only what differs is a change, so that asking twice is asking once. */
static enum book_verdict fulfil(const struct request *rq,
				const struct actor *who, const struct server *s,
				const struct server_wish *w)
{
	enum book_verdict v = BOOK_OK;
	int64_t until_ms =
		w->pause_hours > 0
			? rq->now_ms + (int64_t)(w->pause_hours * 3600e3)
			: 0;

	if (w->has_kbit && w->kbit != s->kbit)
		v = book_server_netspeed(rq->db, who, s->id, w->kbit,
					 rq->now_ms);
	if (v == BOOK_OK && w->has_country &&
	    strcmp(w->country, s->country) != 0)
		v = book_server_country(rq->db, who, s->id, w->country,
					rq->now_ms);
	if (v == BOOK_OK && w->has_alert &&
	    !same_number(w->alert_below, s->alert_below))
		v = book_server_alert(rq->db, who, s->id, w->alert_below,
				      rq->now_ms);
	if (v == BOOK_OK && w->has_pause && until_ms != s->paused_until_ms)
		v = book_server_pause(rq->db, who, s->id, until_ms, rq->now_ms);
	return v;
}

/* All of it or nothing. */
static enum book_verdict change(const struct request *rq,
				const struct actor *who, const struct server *s,
				const struct server_wish *w)
{
	enum book_verdict v;

	if (db_begin(rq->db) < 0)
		return BOOK_STORE;
	v = fulfil(rq, who, s, w);
	if (v != BOOK_OK)
		db_rollback(rq->db);
	else if (db_commit(rq->db) < 0)
		v = BOOK_STORE;
	return v;
}

void api_server_put(const struct request *rq, struct response *rs)
{
	struct server_wish w;
	struct server s;
	struct actor who;
	enum book_verdict v;

	if (!api_find(rq, rs, &s, &who))
		return;
	if (api_body_read(rq->body, rq->body_len, &w) < 0) {
		page_refuse(rq, rs, 400,
			    "The body is a JSON object with netspeed_kbit, "
			    "country, alert_below or pause_hours.");
		return;
	}
	v = change(rq, &who, &s, &w);
	if (v == BOOK_OK)
		answer_server(rq, rs, s.id);
	else
		api_refuse(rq, rs, v);
}

/* On the first of the dates; asked again, it stays as it is. */
void api_server_delete(const struct request *rq, struct response *rs)
{
	int64_t dates[DELETION_DATES];
	struct server s;
	struct actor who;
	enum book_verdict v = BOOK_OK;

	if (!api_find(rq, rs, &s, &who))
		return;
	book_deletion_dates(rq->now_ms, dates);
	if (!s.delete_on_ms)
		v = book_deletion_schedule(rq->db, rq->settings, &who, s.id,
					   dates[0], rq->now_ms);
	if (v == BOOK_OK)
		answer_server(rq, rs, s.id);
	else
		api_refuse(rq, rs, v);
}
