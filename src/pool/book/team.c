/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/team.h"

#include <ctype.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "pool/book/change.h"
#include "pool/book/person.h"
#include "pool/store/member.h"
#include "pool/store/outbox.h"
#include "pool/store/throttle.h"

#define DAY_LONG_MS (INT64_C(24) * 3600 * 1000)
#define INVITES_DAY 20
#define TOUCH_MS (INT64_C(10) * 60 * 1000)

static bool is_plain_text(const char *s, size_t cap)
{
	size_t len = strlen(s);

	return len < cap && utf8_is_plain(s, len, false);
}

/* An owner, or staff.  BOOK_OK, BOOK_DENIED, BOOK_STORE. */
static enum book_verdict may_rule(struct db *db, const struct actor *who,
				  int64_t account_id)
{
	char role[12];
	int r;

	if (who->staff)
		return BOOK_OK;
	r = member_role(db, account_id, who->person_id, role);
	if (r < 0)
		return BOOK_STORE;
	return r == 1 && strcmp(role, "owner") == 0 ? BOOK_OK : BOOK_DENIED;
}

static enum book_verdict may_use(struct db *db, const struct actor *who,
				 int64_t account_id)
{
	char role[12];
	int r;

	if (who->staff)
		return BOOK_OK;
	r = member_role(db, account_id, who->person_id, role);
	return r < 0 ? BOOK_STORE : r == 1 ? BOOK_OK : BOOK_DENIED;
}

/* A change to an account, whose audit row it will have. */
static enum book_verdict open_change(struct change *c, struct db *db,
				     const struct actor *who,
				     int64_t account_id, int64_t now_ms)
{
	enum book_verdict v = change_open(c, db, who, now_ms);

	c->server.account_id = account_id;
	return v;
}

/* --- accounts -------------------------------------------------------------- */

/* "Time Lab, Zürich" -> "time-lab-z-rich" */
static void make_slug(const char *name, char slug[64])
{
	size_t n = 0;

	for (; *name && n < 40; name++) {
		unsigned char c = (unsigned char)*name;

		if (isalnum(c) && c < 0x80)
			slug[n++] = (char)tolower(c);
		else if (n > 0 && slug[n - 1] != '-')
			slug[n++] = '-';
	}
	while (n > 0 && slug[n - 1] == '-')
		n--;
	if (n == 0)
		slug[n++] = 'a';
	slug[n] = '\0';
}

int team_insert(struct db *db, int64_t person_id, const char *name,
		int64_t now_ms, int64_t *id)
{
	struct account a = {.created_ms = now_ms}, other;
	size_t len;
	int r;

	snprintf(a.name, sizeof a.name, "%s", name);
	make_slug(name, a.slug);
	r = account_by_slug(db, a.slug, &other);
	len = strlen(a.slug);
	if (r == 1)
		snprintf(a.slug + len, sizeof a.slug - len, "-%08x",
			 randombytes_random());
	if (r >= 0)
		r = account_insert(db, &a, id);
	return r < 0 ? r : member_put(db, *id, person_id, "owner");
}

enum book_verdict book_team_new(struct db *db, const struct actor *who,
				const char *name, int64_t now_ms, int64_t *id)
{
	struct db_rows rows;
	struct account a;
	struct change c;
	unsigned n = 0;
	enum book_verdict v;

	if (!*name || !is_plain_text(name, sizeof a.name))
		return BOOK_BAD_TEXT;
	account_ask_person(db, &rows, who->person_id);
	while (account_next(&rows, &a))
		n++;
	if (db_end(&rows) < 0)
		return BOOK_STORE;
	if (n >= TEAMS_MAX)
		return BOOK_TOO_OFTEN;
	v = change_open(&c, db, who, now_ms);
	if (v != BOOK_OK)
		return v;
	json_text(&c.detail, "name", name);
	if (team_insert(db, who->person_id, name, now_ms, id) < 0)
		return change_refuse(&c, BOOK_STORE);
	c.server.account_id = *id;
	return change_end(&c, 0, "team.new");
}

static bool is_web_address(const char *url)
{
	return !*url || strncmp(url, "https://", 8) == 0 ||
	       strncmp(url, "http://", 7) == 0;
}

enum book_verdict book_team_update(struct db *db, const struct actor *who,
				   const struct account *a, int64_t now_ms)
{
	struct change c;
	enum book_verdict v = may_rule(db, who, a->id);

	if (v != BOOK_OK)
		return v;
	if (!*a->name || !is_plain_text(a->name, sizeof a->name) ||
	    !is_plain_text(a->organisation, sizeof a->organisation))
		return BOOK_BAD_TEXT;
	if (!is_plain_text(a->url, sizeof a->url) || !is_web_address(a->url))
		return BOOK_BAD_URL;
	v = open_change(&c, db, who, a->id, now_ms);
	if (v != BOOK_OK)
		return v;
	json_text(&c.detail, "name", a->name);
	json_text(&c.detail, "organisation", a->organisation);
	json_text(&c.detail, "url", a->url);
	json_bool(&c.detail, "public", a->is_public);
	return change_end(&c, account_update(db, a), "team.update");
}

/* --- members --------------------------------------------------------------- */

static int send_invite(struct db *db, const struct pool_settings *set,
		       const struct account *a, const char *email,
		       int64_t now_ms)
{
	struct mail_token t = {.purpose = MAIL_INVITE,
			       .account_id = a->id,
			       .expires_ms = now_ms + INVITE_LIFE_MS};
	struct buf text = {0};
	char secret[SECRET_TEXT_LEN], subject[256];
	int r;

	secret_new(secret, t.hash);
	snprintf(t.email, sizeof t.email, "%s", email);
	snprintf(subject, sizeof subject, "%s: an invitation", set->name);
	buf_printf(&text,
		   "Hello,\n\nyou are invited to look after the servers of "
		   "\"%s\" together. To join, open\n\n  %s/invite/%s\n\n"
		   "within seven days.\n",
		   a->name, set->web_url, secret);
	r = mail_token_insert(db, &t);
	if (r == 0)
		r = outbox_add(db, "mail", email, NULL, subject,
			       buf_text(&text), now_ms);
	buf_done(&text);
	return r;
}

enum book_verdict book_team_invite(struct db *db,
				   const struct pool_settings *set,
				   const struct actor *who, int64_t account_id,
				   const char *typed, int64_t now_ms)
{
	struct account a;
	struct change c;
	char email[EMAIL_LEN], name[40];
	enum book_verdict v = may_rule(db, who, account_id);
	int r;

	if (v != BOOK_OK)
		return v;
	if (!person_mail_clean(typed, email))
		return BOOK_BAD_MAIL;
	snprintf(name, sizeof name, "invite:%lld", (long long)account_id);
	r = throttle_try(db, name, INVITES_DAY, DAY_LONG_MS, now_ms);
	if (r <= 0)
		return r < 0 ? BOOK_STORE : BOOK_TOO_OFTEN;
	v = open_change(&c, db, who, account_id, now_ms);
	if (v != BOOK_OK)
		return v;
	r = account_by_id(db, account_id, &a);
	if (r == 0)
		return change_refuse(&c, BOOK_UNKNOWN);
	if (r == 1)
		r = send_invite(db, set, &a, email, now_ms);
	json_text(&c.detail, "email", email);
	return change_end(&c, r, "team.invite");
}

enum book_verdict book_team_join(struct db *db, const struct actor *who,
				 const char *token, int64_t now_ms,
				 int64_t *account_id)
{
	struct mail_token t;
	struct change c;
	uint8_t hash[SECRET_HASH_LEN];
	char role[12];
	enum book_verdict v = change_open(&c, db, who, now_ms);
	int r;

	if (v != BOOK_OK)
		return v;
	if (!secret_hash(token, hash))
		return change_refuse(&c, BOOK_BAD_LINK);
	r = mail_token_find(db, hash, MAIL_INVITE, now_ms, &t);
	if (r == 1)
		r = mail_token_take(db, hash);
	if (r == 0)
		return change_refuse(&c, BOOK_BAD_LINK);
	/* An owner who follows a link stays one. */
	if (r == 1)
		r = member_role(db, t.account_id, who->person_id, role);
	if (r == 0)
		r = member_put(db, t.account_id, who->person_id, "member");
	c.server.account_id = t.account_id;
	json_text(&c.detail, "email", t.email);
	v = change_end(&c, r, "team.join");
	if (v == BOOK_OK)
		*account_id = t.account_id;
	return v;
}

/* Is there an owner besides this person?  1, 0 or -errno. */
static int has_other_owner(struct db *db, int64_t account_id, int64_t person_id)
{
	struct db_rows rows;
	struct member m;
	int found = 0, r;

	member_ask_account(db, &rows, account_id);
	while (member_next(&rows, &m))
		found |= strcmp(m.role, "owner") == 0 &&
			 m.person_id != person_id;
	r = db_end(&rows);
	return r < 0 ? r : found;
}

/* Before somebody stops being an owner. */
static enum book_verdict may_step_down(struct db *db, int64_t account_id,
				       int64_t person_id)
{
	char role[12];
	int r = member_role(db, account_id, person_id, role);

	if (r <= 0)
		return r < 0 ? BOOK_STORE : BOOK_UNKNOWN;
	if (strcmp(role, "owner") != 0)
		return BOOK_OK;
	r = has_other_owner(db, account_id, person_id);
	return r < 0 ? BOOK_STORE : r ? BOOK_OK : BOOK_LAST_OWNER;
}

enum book_verdict book_team_remove(struct db *db, const struct actor *who,
				   int64_t account_id, int64_t person_id,
				   int64_t now_ms)
{
	struct change c;
	enum book_verdict v = person_id == who->person_id
				      ? BOOK_OK
				      : may_rule(db, who, account_id);

	if (v == BOOK_OK)
		v = open_change(&c, db, who, account_id, now_ms);
	if (v != BOOK_OK)
		return v;
	v = may_step_down(db, account_id, person_id);
	if (v != BOOK_OK)
		return change_refuse(&c, v);
	json_int(&c.detail, "person", person_id);
	return change_end(&c, member_remove(db, account_id, person_id),
			  "team.remove");
}

enum book_verdict book_team_role(struct db *db, const struct actor *who,
				 int64_t account_id, int64_t person_id,
				 const char *role, int64_t now_ms)
{
	bool owner = strcmp(role, "owner") == 0;
	struct change c;
	char old[12];
	enum book_verdict v = may_rule(db, who, account_id);
	int r;

	if (v == BOOK_OK && !owner && strcmp(role, "member") != 0)
		v = BOOK_BAD_TEXT;
	if (v == BOOK_OK)
		v = open_change(&c, db, who, account_id, now_ms);
	if (v != BOOK_OK)
		return v;
	r = member_role(db, account_id, person_id, old);
	if (r <= 0)
		return change_refuse(&c, r < 0 ? BOOK_STORE : BOOK_UNKNOWN);
	if (!owner) {
		v = may_step_down(db, account_id, person_id);
		if (v != BOOK_OK)
			return change_refuse(&c, v);
	}
	json_int(&c.detail, "person", person_id);
	json_text(&c.detail, "role", role);
	return change_end(&c, member_put(db, account_id, person_id, role),
			  "team.role");
}

/* --- API tokens ------------------------------------------------------------ */

static int count_tokens(struct db *db, int64_t account_id, unsigned *n)
{
	struct db_rows rows;
	struct api_token t;

	*n = 0;
	api_token_ask_account(db, &rows, account_id);
	while (api_token_next(&rows, &t))
		(*n)++;
	return db_end(&rows);
}

enum book_verdict book_token_new(struct db *db, const struct actor *who,
				 int64_t account_id, const char *name,
				 unsigned scopes, int64_t now_ms,
				 char token[TOKEN_TEXT_LEN])
{
	struct api_token t = {.account_id = account_id,
			      .person_id = who->person_id,
			      .scopes = scopes,
			      .created_ms = now_ms};
	char secret[SECRET_TEXT_LEN];
	uint8_t lookup[TOKEN_LOOKUP_LEN / 2];
	struct change c;
	unsigned n;
	enum book_verdict v = may_use(db, who, account_id);

	if (v != BOOK_OK)
		return v;
	if (!*name || !is_plain_text(name, sizeof t.name) || scopes == 0)
		return BOOK_BAD_TEXT;
	if (count_tokens(db, account_id, &n) < 0)
		return BOOK_STORE;
	if (n >= TOKENS_MAX)
		return BOOK_TOO_OFTEN;
	snprintf(t.name, sizeof t.name, "%s", name);
	randombytes_buf(lookup, sizeof lookup);
	sodium_bin2hex(t.lookup, sizeof t.lookup, lookup, sizeof lookup);
	secret_new(secret, t.hash);
	v = open_change(&c, db, who, account_id, now_ms);
	if (v != BOOK_OK)
		return v;
	json_text(&c.detail, "token", t.lookup);
	json_text(&c.detail, "name", name);
	v = change_end(&c, api_token_insert(db, &t), "token.new");
	if (v == BOOK_OK)
		snprintf(token, TOKEN_TEXT_LEN, "np_%s_%s", t.lookup, secret);
	return v;
}

enum book_verdict book_token_revoke(struct db *db, const struct actor *who,
				    int64_t account_id, const char *lookup,
				    int64_t now_ms)
{
	struct change c;
	enum book_verdict v = may_use(db, who, account_id);
	int r;

	if (v == BOOK_OK)
		v = open_change(&c, db, who, account_id, now_ms);
	if (v != BOOK_OK)
		return v;
	json_text(&c.detail, "token", lookup);
	r = api_token_revoke(db, lookup, account_id, now_ms);
	if (r == -ENOENT)
		return change_refuse(&c, BOOK_UNKNOWN);
	return change_end(&c, r, "token.revoke");
}

int book_token_find(struct db *db, const char *token, int64_t now_ms,
		    struct api_token *out)
{
	uint8_t hash[SECRET_HASH_LEN];
	char lookup[TOKEN_LOOKUP_LEN] = "";
	struct person p;
	int r;

	if (strncmp(token, "np_", 3) != 0 ||
	    strlen(token) != 3 + TOKEN_LOOKUP_LEN + SECRET_TEXT_LEN - 1 ||
	    token[3 + TOKEN_LOOKUP_LEN - 1] != '_' ||
	    !secret_hash(token + 3 + TOKEN_LOOKUP_LEN, hash))
		return 0;
	memcpy(lookup, token + 3, TOKEN_LOOKUP_LEN - 1);
	r = api_token_find(db, lookup, out);
	if (r <= 0 || out->revoked_ms ||
	    sodium_memcmp(hash, out->hash, sizeof hash) != 0)
		return r < 0 ? r : 0;
	r = person_by_id(db, out->person_id, &p);
	if (r <= 0 || p.disabled_ms)
		return r < 0 ? r : 0;
	if (now_ms > out->seen_ms + TOUCH_MS &&
	    api_token_touch(db, lookup, now_ms) < 0)
		return 1; /* that it was used can be told next time */
	return 1;
}
