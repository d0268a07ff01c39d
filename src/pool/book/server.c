/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/server.h"

#include <math.h>
#include <string.h>

#include "base/container.h"
#include "pool/book/change.h"
#include "pool/book/deletion.h"
#include "pool/book/monitor.h"
#include "pool/book/zones.h"
#include "pool/score/score.h"
#include "pool/store/account.h"
#include "pool/store/list.h"
#include "pool/store/member.h"

#define PAUSE_MAX_MS (30 * DAY_MS)

const int64_t *book_netspeeds(unsigned *n)
{
	static const int64_t kbit[] = {0,       512,     1500,   3000,
				       6000,    12000,   25000,  50000,
				       100000,  250000,  500000, 1000000,
				       1500000, 2000000, 3000000};

	*n = ARRAY_LEN(kbit);
	return kbit;
}

const char *server_state_name(enum server_state state)
{
	static const char *const names[SERVER_STATES] = {
		[SERVER_IN_POOL] = "in pool",
		[SERVER_DELETED] = "deleted",
		[SERVER_LEAVING] = "leaving",
		[SERVER_PAUSED] = "paused",
		[SERVER_MONITOR_ONLY] = "monitor only",
		[SERVER_NEW] = "new",
		[SERVER_LOW_SCORE] = "low score",
	};

	return names[state];
}

/* zone_ask_counts_now() in pool/store/zone.c says the same in SQL. */
enum server_state server_state(const struct server *s, int64_t now_ms)
{
	if (s->deleted_ms)
		return SERVER_DELETED;
	if (s->delete_on_ms && s->delete_on_ms <= now_ms + DELETION_GRACE_MS)
		return SERVER_LEAVING;
	if (s->paused_until_ms > now_ms)
		return SERVER_PAUSED;
	if (s->kbit <= 0)
		return SERVER_MONITOR_ONLY;
	if (!s->score_ms)
		return SERVER_NEW;
	return s->score >= SCORE_IN_POOL ? SERVER_IN_POOL : SERVER_LOW_SCORE;
}

enum book_verdict book_server_get(struct db *db, const struct actor *who,
				  int64_t id, struct server *out)
{
	struct change c;
	enum book_verdict v = change_begin(&c, db, who, id, 0);

	if (v != BOOK_OK)
		return v;
	*out = c.server;
	return change_refuse(&c, BOOK_OK);
}

enum book_verdict book_server_netspeed(struct db *db, const struct actor *who,
				       int64_t id, int64_t kbit, int64_t now_ms)
{
	struct change c;
	enum book_verdict v;

	if (kbit < 0 || kbit > BOOK_KBIT_MAX)
		return BOOK_BAD_NETSPEED;
	v = change_begin(&c, db, who, id, now_ms);
	if (v != BOOK_OK)
		return v;
	if (kbit > c.server.kbit && !c.server.verified_ms && !who->staff)
		return change_refuse(&c, BOOK_RAISE_UNVERIFIED);
	json_int(&c.detail, "was", c.server.kbit);
	json_int(&c.detail, "is", kbit);
	return change_end_zones(&c, server_set_kbit(db, id, kbit),
				"server.netspeed");
}

enum book_verdict book_server_pause(struct db *db, const struct actor *who,
				    int64_t id, int64_t until_ms,
				    int64_t now_ms)
{
	struct change c;
	enum book_verdict v;

	if (until_ms != 0 &&
	    (until_ms <= now_ms || until_ms > now_ms + PAUSE_MAX_MS))
		return BOOK_BAD_DATE;
	v = change_begin(&c, db, who, id, now_ms);
	if (v != BOOK_OK)
		return v;
	json_int(&c.detail, "was", c.server.paused_until_ms);
	json_int(&c.detail, "is", until_ms);
	return change_end_zones(&c, server_set_paused(db, id, until_ms),
				"server.pause");
}

enum book_verdict book_server_country(struct db *db, const struct actor *who,
				      int64_t id, const char *country,
				      int64_t now_ms)
{
	struct change c;
	enum book_verdict v = change_begin(&c, db, who, id, now_ms);
	int r;

	if (v != BOOK_OK)
		return v;
	json_text(&c.detail, "was", c.server.country);
	json_text(&c.detail, "is", country);
	v = zones_country(db, country, c.server.country);
	if (v != BOOK_OK)
		return change_refuse(&c, v);
	r = server_set_country(db, id, c.server.country);
	if (r >= 0)
		r = zones_place(db, &c.server);
	return change_end_zones(&c, r, "server.country");
}

enum book_verdict book_server_alert(struct db *db, const struct actor *who,
				    int64_t id, double below, int64_t now_ms)
{
	struct change c;
	enum book_verdict v;

	if (below < -100 || below > SCORE_IN_POOL)
		return BOOK_BAD_NUMBER;
	v = change_begin(&c, db, who, id, now_ms);
	if (v != BOOK_OK)
		return v;
	json_real(&c.detail, "was", c.server.alert_below);
	json_real(&c.detail, "is", below);
	return change_end(&c, server_set_alert_below(db, id, below),
			  "server.alert");
}

enum book_verdict book_server_comment_done(struct db *db,
					   const struct actor *who, int64_t id,
					   int64_t now_ms)
{
	struct change c;
	enum book_verdict v = change_begin(&c, db, who, id, now_ms);

	if (v != BOOK_OK)
		return v;
	if (!who->staff)
		return change_refuse(&c, BOOK_DENIED);
	json_text(&c.detail, "was", c.server.comment);
	json_text(&c.detail, "is", "");
	return change_end(&c, server_set_comment(db, id, ""), "server.comment");
}

enum book_verdict book_server_room(struct db *db, const struct actor *who,
				   int64_t account_id)
{
	int64_t n = 0;

	if (who->staff)
		return BOOK_OK;
	if (server_count_unverified(db, account_id, &n) < 0)
		return BOOK_STORE;
	return n >= BOOK_UNVERIFIED_MAX ? BOOK_UNVERIFIED : BOOK_OK;
}

/* May it go there? */
static enum book_verdict check_move(const struct change *c, int64_t account_id)
{
	const struct actor *who = c->who;
	struct account to;
	char role[12];
	int r = who->staff
			? account_by_id(c->db, account_id, &to)
			: member_role(c->db, account_id, who->person_id, role);

	if (r <= 0)
		return r < 0 ? BOOK_STORE : BOOK_NOT_MEMBER;
	if (c->server.verified_ms || account_id == c->server.account_id)
		return BOOK_OK;
	return book_server_room(c->db, who, account_id);
}

enum book_verdict book_server_move(struct db *db,
				   const struct pool_settings *set,
				   const struct actor *who, int64_t id,
				   int64_t account_id, int64_t now_ms)
{
	struct change c;
	enum book_verdict v = change_begin(&c, db, who, id, now_ms);
	int r;

	if (v != BOOK_OK)
		return v;
	v = check_move(&c, account_id);
	if (v != BOOK_OK)
		return change_refuse(&c, v);
	json_int(&c.detail, "was", c.server.account_id);
	json_int(&c.detail, "is", account_id);
	r = server_set_account(db, id, account_id);
	if (r >= 0)
		r = list_move(db, id, account_id);
	if (r >= 0)
		r = book_select_server(db, set, id, now_ms);
	return change_end_zones(&c, r, "server.move");
}
