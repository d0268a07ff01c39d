/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/candidate.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "pool/book/address.h"
#include "pool/book/change.h"
#include "pool/book/monitor.h"
#include "pool/book/notify.h"
#include "pool/book/server.h"
#include "pool/book/spot.h"
#include "pool/book/zones.h"
#include "pool/store/throttle.h"

#define ASKS_MAX 30 /* of an account in an hour */
#define HOUR_MS (INT64_C(3600) * 1000)

/* --- what was typed ------------------------------------------------------------- */

enum book_verdict book_address_check(const struct net_addr *addr,
				     bool private_addresses)
{
	if (!net_addr_is_host(addr))
		return BOOK_BAD_ADDRESS;
	if (!private_addresses && !net_addr_is_global(addr))
		return BOOK_PRIVATE_ADDRESS;
	return BOOK_OK;
}

static enum book_verdict check_free(struct db *db, const char *address,
				    uint16_t port)
{
	struct server s;
	int r = server_by_address(db, address, port, &s);

	if (r < 0)
		return BOOK_STORE;
	return r > 0 && !s.deleted_ms ? BOOK_REGISTERED : BOOK_OK;
}

/* Fill in what the text itself says. */
static enum book_verdict read_asked(struct db *db,
				    const struct pool_settings *set,
				    const char *asked, struct candidate *c)
{
	struct net_addr addr;
	enum book_verdict v;
	uint16_t port;

	if (!change_text_ok(asked, sizeof c->asked) ||
	    address_split(asked, c->asked, sizeof c->asked, &port) < 0)
		return BOOK_BAD_NAME;
	/* The DNS hands out addresses only, so elsewhere is for tests. */
	if (port != 0 && port != NTP_PORT && !set->private_addresses)
		return BOOK_BAD_NAME;
	c->port = port ? port : NTP_PORT;
	if (net_addr_parse(c->asked, &addr) < 0) {
		if (!address_is_name(c->asked))
			return BOOK_BAD_NAME;
		snprintf(c->hostname, sizeof c->hostname, "%s", c->asked);
		return BOOK_OK;
	}
	addr = net_addr_unmap(&addr);
	v = book_address_check(&addr, set->private_addresses);
	if (v != BOOK_OK)
		return v;
	net_addr_format(&addr, c->address);
	return check_free(db, c->address, c->port);
}

enum book_verdict book_candidate_ask(struct db *db,
				     const struct pool_settings *set,
				     const struct actor *who, const char *asked,
				     int64_t now_ms, int64_t *id)
{
	struct candidate c = {
		.account_id = who->account_id,
		.person_id = who->person_id,
		.asked_ms = now_ms,
		.stratum = -1,
		.offset_s = (double)NAN,
		.rtt_s = (double)NAN,
	};
	enum book_verdict v = read_asked(db, set, asked, &c);
	int r;

	if (v == BOOK_OK && !who->account_id)
		v = BOOK_DENIED; /* for whom would it be? */
	if (v == BOOK_OK)
		v = book_server_room(db, who, who->account_id);
	if (v != BOOK_OK)
		return v;
	if (!who->staff) {
		char key[40];

		snprintf(key, sizeof key, "candidate:%lld",
			 (long long)who->account_id);
		r = throttle_try(db, key, ASKS_MAX, HOUR_MS, now_ms);
		if (r <= 0)
			return r < 0 ? BOOK_STORE : BOOK_TOO_OFTEN;
	}
	if (candidate_insert(db, &c, id) < 0 ||
	    (*c.address && book_spot_candidate(db, &c) < 0))
		return BOOK_STORE;
	return BOOK_OK;
}

/* --- what errands found ------------------------------------------------------------ */

static enum book_verdict refuse(struct candidate *c, const char *why)
{
	c->state = CANDIDATE_BAD;
	snprintf(c->why, sizeof c->why, "%s", why);
	return BOOK_REFUSED;
}

static bool seen_before(const struct net_addr *addr, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (net_addr_same_host(&addr[i], &addr[j]))
			return true;
	return false;
}

/* One address of the name, written into the typed row or one of its own. */
static int write_found(struct db *db, const struct pool_settings *set,
		       struct candidate c, const struct net_addr *addr,
		       bool typed_row)
{
	struct net_addr a = net_addr_unmap(addr);
	enum book_verdict v = book_address_check(&a, set->private_addresses);
	int64_t id;

	net_addr_format(&a, c.address);
	if (v == BOOK_OK)
		v = check_free(db, c.address, c.port);
	if (v == BOOK_STORE)
		return -EIO;
	if (v != BOOK_OK)
		(void)refuse(&c, book_verdict_text(v));
	else if (book_spot_candidate(db, &c) < 0)
		return -EIO;
	return typed_row ? candidate_update(db, &c)
			 : candidate_insert(db, &c, &id);
}

static int write_all(struct db *db, const struct pool_settings *set,
		     struct candidate *c, const struct net_addr *addr, size_t n)
{
	size_t written = 0;
	int r = 0;

	for (size_t i = 0; i < n && written < CANDIDATE_ADDRESSES_MAX && r >= 0;
	     i++) {
		if (seen_before(addr, i))
			continue;
		r = write_found(db, set, *c, &addr[i], written == 0);
		written++;
	}
	if (n == 0) {
		(void)refuse(c, "The name does not exist, or has no address. "
				"If it is new, try again in a few minutes.");
		r = candidate_update(db, c);
	}
	return r;
}

enum book_verdict book_candidate_found(struct db *db,
				       const struct pool_settings *set,
				       int64_t id, const struct net_addr *addr,
				       size_t n)
{
	struct candidate c;
	int r = db_begin(db);

	if (r < 0)
		return BOOK_STORE;
	r = candidate_by_id(db, id, &c);
	if (r <= 0 || c.state != CANDIDATE_ASKED || *c.address) {
		db_rollback(db);
		return r < 0 ? BOOK_STORE : BOOK_UNKNOWN;
	}
	r = write_all(db, set, &c, addr, n);
	if (r < 0) {
		db_rollback(db);
		return BOOK_STORE;
	}
	return db_commit(db) < 0 ? BOOK_STORE : BOOK_OK;
}

static void judge(struct candidate *c, const struct candidate_check *check)
{
	struct text t = text_init(c->why, sizeof c->why);

	c->stratum = check->error && check->stratum <= 0 ? -1 : check->stratum;
	c->offset_s = check->error ? (double)NAN : check->offset_s;
	c->rtt_s = check->error ? (double)NAN : check->rtt_s;
	snprintf(c->country, sizeof c->country, "%s", check->country);
	c->state = CANDIDATE_BAD;
	if (check->error)
		text_add(&t,
			 "It did not answer as a time server should: %s. Is "
			 "UDP port %u open, and does its restrict line let "
			 "strangers ask for the time?",
			 check->error, c->port);
	else if (check->stratum < 1 || check->stratum > 5)
		text_add(&t,
			 "Its stratum is %d; a server of the pool has 1 to 5. "
			 "Is it synchronised?",
			 check->stratum);
	else
		c->state = CANDIDATE_GOOD;
}

enum book_verdict book_candidate_checked(struct db *db, int64_t id,
					 const struct candidate_check *check)
{
	struct candidate c;
	int r = candidate_by_id(db, id, &c);

	if (r <= 0)
		return r < 0 ? BOOK_STORE : BOOK_UNKNOWN;
	if (c.state != CANDIDATE_ASKED || !*c.address)
		return BOOK_UNKNOWN;
	judge(&c, check);
	if (candidate_update(db, &c) < 0)
		return BOOK_STORE;
	return c.state == CANDIDATE_GOOD ? BOOK_OK : BOOK_REFUSED;
}

/* --- "Yes, this is my server" -------------------------------------------------------- */

/* May this candidate become a server now? */
static enum book_verdict check_add(struct db *db, const struct actor *who,
				   const struct candidate *c, int64_t now_ms)
{
	enum book_verdict v;

	if (!who->staff && c->account_id != who->account_id)
		return BOOK_DENIED;
	/* Staff may know better than to look. */
	if (c->state == CANDIDATE_ASKED && !(who->staff && *c->address))
		return BOOK_NOT_READY;
	if (c->state == CANDIDATE_ADDED)
		return BOOK_REGISTERED;
	if (c->state == CANDIDATE_BAD)
		return BOOK_REFUSED;
	if (now_ms > c->asked_ms + CANDIDATE_KEEP_MS)
		return BOOK_UNKNOWN;
	v = book_server_room(db, who, who->account_id);
	return v == BOOK_OK ? check_free(db, c->address, c->port) : v;
}

static int insert(struct change *c, const struct pool_settings *set,
		  struct candidate *cand, const char *comment)
{
	struct server *s = &c->server;
	int r;

	s->account_id = cand->account_id;
	memcpy(s->address, cand->address, sizeof s->address);
	s->family = strchr(cand->address, ':') ? 6 : 4;
	s->port = cand->port;
	memcpy(s->hostname, cand->hostname, sizeof s->hostname);
	snprintf(s->comment, sizeof s->comment, "%s", comment);
	s->kbit = BOOK_KBIT_DEFAULT;
	s->added_ms = c->now_ms;
	r = server_insert(c->db, s, &s->id);
	if (r >= 0)
		r = zones_place(c->db, s);
	if (r >= 0)
		r = book_select_server(c->db, set, s->id, c->now_ms);
	cand->state = CANDIDATE_ADDED;
	if (r >= 0)
		r = candidate_update(c->db, cand);
	return r;
}

/* What somebody wrote is for the staff, who do not look every day. */
static int tell_staff(struct change *c, const struct pool_settings *set)
{
	const struct server *s = &c->server;
	char subject[NET_ADDR_TEXT_LEN + 32], body[COMMENT_LEN + 1024];

	if (!*s->comment || c->who->staff)
		return 0;
	snprintf(subject, sizeof subject, "A comment on %s", s->address);
	snprintf(body, sizeof body,
		 "\nWho added %s to the pool wrote:\n\n%s\n\n"
		 "Its country is \"%s\". It can be changed here:\n\n"
		 "  %s/manage/server/%lld\n\n"
		 "All comments that nobody has ticked off yet: %s/staff\n",
		 s->address, s->comment, s->country, set->web_url,
		 (long long)s->id, set->web_url);
	return notify_staff(c->db, set, subject, body, c->now_ms);
}

static void describe(struct change *c, const struct candidate *cand)
{
	json_text(&c->detail, "address", c->server.address);
	json_int(&c->detail, "port", c->server.port);
	json_text(&c->detail, "hostname", c->server.hostname);
	json_text(&c->detail, "country", c->server.country);
	json_text(&c->detail, "country_found", cand->country);
	json_text(&c->detail, "comment", c->server.comment);
}

enum book_verdict book_candidate_add(struct db *db,
				     const struct pool_settings *set,
				     const struct actor *who, int64_t id,
				     const char *country, const char *comment,
				     int64_t now_ms, int64_t *server_id)
{
	struct candidate cand;
	struct change c;
	enum book_verdict v;
	int r;

	if (!change_text_ok(comment, COMMENT_LEN))
		return BOOK_BAD_TEXT;
	v = change_open(&c, db, who, now_ms);
	if (v != BOOK_OK)
		return v;
	r = candidate_by_id(db, id, &cand);
	if (r <= 0)
		return change_refuse(&c, r < 0 ? BOOK_STORE : BOOK_UNKNOWN);
	v = check_add(db, who, &cand, now_ms);
	if (v == BOOK_OK)
		v = zones_country(db,
				  country && *country ? country : cand.country,
				  c.server.country);
	if (v != BOOK_OK)
		return change_refuse(&c, v);
	r = insert(&c, set, &cand, comment);
	if (r >= 0)
		r = tell_staff(&c, set);
	describe(&c, &cand);
	v = change_end_zones(&c, r, "server.add");
	if (v == BOOK_OK)
		*server_id = c.server.id;
	return v == BOOK_EXISTS ? BOOK_REGISTERED : v;
}
