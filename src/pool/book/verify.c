/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/verify.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/net_addr.h"
#include "pool/book/change.h"

void book_verify_file_name(const struct verification *v,
			   char name[VERIFY_NAME_LEN])
{
	memcpy(name, v->token, VERIFY_NAME_LEN - 1);
	name[VERIFY_NAME_LEN - 1] = '\0';
}

static void make_token(char token[VERIFY_TOKEN_LEN])
{
	uint8_t random[(VERIFY_TOKEN_LEN - 1) / 2];

	randombytes_buf(random, sizeof random);
	sodium_bin2hex(token, VERIFY_TOKEN_LEN, random, sizeof random);
}

/* It is proved: both rows, inside the change that is open. */
static enum book_verdict done(struct change *c, struct verification *v,
			      const char *evidence)
{
	int r;

	v->tried_ms = c->now_ms;
	v->done_ms = c->now_ms;
	snprintf(v->evidence, sizeof v->evidence, "%s", evidence);
	json_text(&c->detail, "method", verify_method_name(v->method));
	json_text(&c->detail, "evidence", v->evidence);
	r = verification_update(c->db, v);
	if (r >= 0)
		r = server_set_verified(c->db, c->server.id,
					verify_method_name(v->method),
					c->now_ms);
	return change_end(c, r, "server.verified");
}

static enum book_verdict insert(struct change *c, enum verify_method method,
				struct verification *v)
{
	*v = (struct verification){
		.server_id = c->server.id,
		.method = method,
		.created_ms = c->now_ms,
		.expires_ms = c->now_ms + VERIFY_LIFE_MS,
	};
	make_token(v->token);
	if (verification_insert(c->db, v, &v->id) < 0)
		return change_refuse(c, BOOK_STORE);
	if (method == VERIFY_ADMIN)
		return done(c, v, "staff");
	json_text(&c->detail, "method", verify_method_name(method));
	return change_end(c, 0, "server.verify");
}

enum book_verdict book_verify_begin(struct db *db, const struct actor *who,
				    int64_t server_id,
				    enum verify_method method, int64_t now_ms,
				    struct verification *out)
{
	struct verification v;
	struct change c;
	enum book_verdict verdict;
	int r;

	if (method == VERIFY_ADMIN && !who->staff)
		return BOOK_DENIED;
	verdict = change_begin(&c, db, who, server_id, now_ms);
	if (verdict != BOOK_OK)
		return verdict;
	if (c.server.verified_ms)
		return change_refuse(&c, BOOK_VERIFIED);
	if (method == VERIFY_DNS && !*c.server.hostname)
		return change_refuse(&c, BOOK_NO_HOSTNAME);
	r = verification_open(db, server_id, method, now_ms, &v);
	if (r < 0)
		return change_refuse(&c, BOOK_STORE);
	verdict = r > 0 ? change_refuse(&c, BOOK_OK) : insert(&c, method, &v);
	if (verdict == BOOK_OK)
		*out = v;
	return verdict;
}

enum book_verdict book_verify_again(struct db *db, const struct actor *who,
				    int64_t server_id, int64_t now_ms)
{
	struct change c;
	enum book_verdict v = change_begin(&c, db, who, server_id, now_ms);
	int r = 0;

	if (v != BOOK_OK)
		return v;
	if (c.server.verified_ms)
		return change_refuse(&c, BOOK_VERIFIED);
	for (enum verify_method m = 0; m < VERIFY_METHODS && r >= 0; m++) {
		struct verification open;

		r = verification_open(db, server_id, m, now_ms, &open);
		if (r <= 0)
			continue;
		open.tried_ms = 0;
		r = verification_update(db, &open);
	}
	return change_end(&c, r, "server.verify.again");
}

/* A program's hand: whoever holds the token may. */
static enum book_verdict begin_by_token(struct change *c, struct db *db,
					const char *token, const char *from,
					int64_t now_ms, struct verification *v)
{
	static const struct actor bearer = {
		.staff = true, .source = "web", .address = ""};
	int r = verification_by_token(db, token, v);
	enum book_verdict verdict;

	(void)from;
	if (r <= 0)
		return r < 0 ? BOOK_STORE : BOOK_UNKNOWN;
	verdict = change_begin(c, db, &bearer, v->server_id, now_ms);
	if (verdict != BOOK_OK)
		return verdict;
	if (c->server.verified_ms)
		return change_refuse(c, BOOK_VERIFIED);
	return v->expires_ms <= now_ms ? change_refuse(c, BOOK_EXPIRED)
				       : BOOK_OK;
}

static bool same_address(const char *a, const char *b)
{
	struct net_addr x, y;

	if (net_addr_parse(a, &x) < 0 || net_addr_parse(b, &y) < 0)
		return false;
	x = net_addr_unmap(&x);
	y = net_addr_unmap(&y);
	return net_addr_same_host(&x, &y);
}

enum book_verdict book_verify_came(struct db *db, const char *token,
				   const char *from, int64_t now_ms)
{
	struct verification v;
	struct change c;
	enum book_verdict verdict;
	char evidence[128];

	verdict = begin_by_token(&c, db, token, from, now_ms, &v);
	if (verdict != BOOK_OK)
		return verdict;
	if (v.method != VERIFY_HTTP)
		return change_refuse(&c, BOOK_UNKNOWN);
	if (!same_address(from, c.server.address))
		return change_refuse(&c, BOOK_WRONG_SOURCE);
	snprintf(evidence, sizeof evidence, "asked for the page from %s",
		 c.server.address);
	return done(&c, &v, evidence);
}

enum book_verdict book_verify_tried(struct db *db,
				    const struct verification *tried,
				    bool proved, const char *evidence,
				    int64_t now_ms)
{
	struct verification v;
	struct change c;
	enum book_verdict verdict;

	verdict = begin_by_token(&c, db, tried->token, "", now_ms, &v);
	if (verdict != BOOK_OK)
		return verdict;
	if (proved)
		return done(&c, &v, evidence);
	v.tried_ms = now_ms;
	snprintf(v.evidence, sizeof v.evidence, "%s", evidence);
	if (verification_update(db, &v) < 0)
		return change_refuse(&c, BOOK_STORE);
	buf_done(&c.text);
	return db_commit(db) < 0 ? BOOK_STORE : BOOK_OK;
}
