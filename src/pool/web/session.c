/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/web/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/text.h"
#include "pool/book/person.h"
#include "pool/book/team.h"
#include "pool/store/member.h"

#define FORM_PURPOSE "timeball form"

const char *session_cookie_name(const struct pool_settings *s)
{
	return settings_https(s) ? "__Host-session" : "session";
}

const char *session_secret(const struct request *rq,
			   char secret[SECRET_TEXT_LEN])
{
	const char *name = session_cookie_name(rq->settings);
	const char *s = request_header(rq, "Cookie");
	size_t len = strlen(name);

	*secret = '\0';
	for (; s && *s; s += strcspn(s, ";")) {
		s += strspn(s, "; ");
		if (strncmp(s, name, len) != 0 || s[len] != '=')
			continue;
		if (strcspn(s + len + 1, "; ") == SECRET_TEXT_LEN - 1) {
			memcpy(secret, s + len + 1, SECRET_TEXT_LEN - 1);
			secret[SECRET_TEXT_LEN - 1] = '\0';
		}
		break;
	}
	return secret;
}

static void set_cookie(const struct request *rq, struct response *rs,
		       const char *secret, const char *life)
{
	snprintf(rs->cookie, sizeof rs->cookie,
		 "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s",
		 session_cookie_name(rq->settings), secret, life,
		 settings_https(rq->settings) ? "; Secure" : "");
}

void session_give(const struct request *rq, struct response *rs,
		  const char *secret)
{
	char life[40];

	snprintf(life, sizeof life, "; Max-Age=%lld",
		 (long long)(SESSION_LIFE_MS / 1000));
	set_cookie(rq, rs, secret, life);
}

void session_take_away(const struct request *rq, struct response *rs)
{
	set_cookie(rq, rs, "", "; Max-Age=0");
}

/* By the header of a proxy.  1, 0 for nobody, or -errno. */
static int find_trusted(const struct request *rq, struct person *out)
{
	const char *header = rq->settings->user_header;
	const char *email =
		header && rq->from_proxy ? request_header(rq, header) : NULL;
	struct actor who = {.source = "web", .address = rq->address};
	enum book_verdict v;

	if (!email)
		return 0;
	v = book_log_in_trusted(rq->db, &who, email, rq->now_ms, out);
	return v == BOOK_STORE ? -EIO : v == BOOK_OK;
}

int session_load(struct request *rq, struct response *rs, bool needs_form)
{
	char secret[SECRET_TEXT_LEN];
	uint8_t hash[SECRET_HASH_LEN];
	struct person p;
	int r = 0;

	if (!secret_hash(session_secret(rq, secret), hash))
		*secret = '\0';
	if (rq->settings->user_header)
		r = find_trusted(rq, &p);
	else if (*secret)
		r = book_session_find(rq->db, secret, rq->now_ms, &p);
	if (r < 0)
		return r;
	if (r == 1) {
		rq->person = xcalloc(1, sizeof p);
		*rq->person = p;
	}
	if (!*secret && needs_form) {
		secret_new(secret, hash);
		set_cookie(rq, rs, secret, "");
	}
	if (*secret)
		secret_derive(secret, FORM_PURPOSE, rq->csrf);
	return 0;
}

/* The scheme and host that a browser says it posts from. */
static bool is_our_origin(const struct request *rq, const char *origin)
{
	const char *host = request_header(rq, "Host");
	const char *slashes = strstr(origin, "//");

	if (strcasecmp(origin, rq->settings->web_url) == 0)
		return true;
	return host && slashes && strcasecmp(slashes + 2, host) == 0;
}

bool session_posted_by_us(const struct request *rq)
{
	const char *origin = request_header(rq, "Origin");
	const char *token = request_form(rq, "csrf");

	if (origin && !is_our_origin(rq, origin))
		return false;
	return token && *rq->csrf && secret_same(token, rq->csrf);
}

int session_token(struct request *rq)
{
	const char *h = request_header(rq, "Authorization");
	unsigned need =
		strcmp(rq->method, "GET") == 0 ? TOKEN_READ : TOKEN_WRITE;
	struct api_token t;
	struct person p;
	int r;

	if (!h || strncasecmp(h, "Bearer ", 7) != 0)
		return 401;
	r = book_token_find(rq->db, h + 7, rq->now_ms, &t);
	if (r == 1)
		r = person_by_id(rq->db, t.person_id, &p);
	if (r <= 0)
		return r < 0 ? 503 : 401;
	if (!(t.scopes & need))
		return 403;
	rq->account_id = t.account_id;
	rq->person = xcalloc(1, sizeof p);
	*rq->person = p;
	return 200;
}

struct actor session_actor(const struct request *rq, int64_t account_id)
{
	struct actor who = {
		.source = rq->account_id ? "api" : "web",
		.address = rq->address,
	};
	char role[12];

	if (!rq->person)
		return who;
	who.person_id = rq->person->id;
	/* A token is good for its account and for nothing else. */
	who.staff = !rq->account_id && person_is_staff(rq->person);
	if (account_id && (!rq->account_id || rq->account_id == account_id) &&
	    member_role(rq->db, account_id, who.person_id, role) == 1)
		who.account_id = account_id;
	return who;
}
