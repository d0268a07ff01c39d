/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/second.h"

#include <ctype.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "pool/book/change.h"
#include "pool/book/person.h"
#include "pool/store/token.h"

#define CODE_DIGITS 6
#define CODE_RANGE 1000000
#define CODE_SLACK 1 /* steps either side: clocks, and people who type */
#define RECOVERY_OCTETS 10
#define GROUP 4

/* --- codes ----------------------------------------------------------------- */

/* What was typed, without blanks and hyphens; false when it is too long. */
static bool squeeze(const char *typed, char *out, size_t cap)
{
	size_t len = 0;

	for (; *typed; typed++) {
		if (*typed == ' ' || *typed == '-')
			continue;
		if (len + 1 == cap)
			return false;
		out[len++] = (char)toupper((unsigned char)*typed);
	}
	out[len] = '\0';
	return true;
}

/* The step whose code it is and that did not count yet; 0: none. */
static int64_t matching_step(const struct second_step *s, const char *code,
			     int64_t now_ms)
{
	int64_t now = now_ms / TOTP_STEP_MS, found = 0;
	char right[16];

	for (int64_t i = now - CODE_SLACK; i <= now + CODE_SLACK; i++) {
		snprintf(right, sizeof right, "%0*u", CODE_DIGITS,
			 totp_number(s->secret, sizeof s->secret, (uint64_t)i) %
				 CODE_RANGE);
		if (secret_same(right, code) && i > s->last_step)
			found = i;
	}
	return found;
}

static void hash_recovery(const char *squeezed, uint8_t hash[SECRET_HASH_LEN])
{
	crypto_generichash(hash, SECRET_HASH_LEN,
			   (const unsigned char *)squeezed, strlen(squeezed),
			   NULL, 0);
}

static int new_recovery(struct db *db, int64_t person_id,
			char text[RECOVERY_TEXT_LEN])
{
	uint8_t random[RECOVERY_OCTETS], hash[SECRET_HASH_LEN];
	char plain[BASE32_LEN(RECOVERY_OCTETS)];

	randombytes_buf(random, sizeof random);
	base32_encode(random, sizeof random, plain);
	hash_recovery(plain, hash);
	snprintf(text, RECOVERY_TEXT_LEN, "%.*s-%.*s-%.*s-%.*s", GROUP, plain,
		 GROUP, plain + GROUP, GROUP, plain + 2 * GROUP, GROUP,
		 plain + 3 * GROUP);
	sodium_memzero(random, sizeof random);
	sodium_memzero(plain, sizeof plain);
	return recovery_code_insert(db, person_id, hash);
}

/* Inside a transaction.  0, -ENOENT for a wrong one, or -errno. */
static int use_code(struct change *c, int64_t person_id,
		    const struct second_step *s, const char *typed)
{
	char code[BASE32_LEN(RECOVERY_OCTETS)];
	uint8_t hash[SECRET_HASH_LEN];
	int64_t step;

	if (!squeeze(typed, code, sizeof code))
		return -ENOENT;
	if (strlen(code) == sizeof code - 1) {
		hash_recovery(code, hash);
		json_text(&c->detail, "code", "recovery");
		return recovery_code_take(c->db, person_id, hash);
	}
	step = matching_step(s, code, c->now_ms);
	return step ? second_step_use(c->db, person_id, step) : -ENOENT;
}

/* --- on and off ------------------------------------------------------------ */

int second_is_on(struct db *db, int64_t person_id)
{
	struct second_step s;
	int r = second_step_find(db, person_id, &s);

	return r == 1 ? s.confirmed_ms != 0 : r;
}

enum book_verdict book_second_begin(struct db *db, const struct actor *who,
				    int64_t now_ms)
{
	uint8_t secret[SECOND_SECRET_LEN];
	struct change c;
	enum book_verdict v = change_open(&c, db, who, now_ms);
	int r;

	if (v != BOOK_OK)
		return v;
	r = second_is_on(db, who->person_id);
	if (r == 1)
		return change_refuse(&c, BOOK_EXISTS);
	randombytes_buf(secret, sizeof secret);
	if (r == 0)
		r = second_step_put(db, who->person_id, secret);
	sodium_memzero(secret, sizeof secret);
	return change_end(&c, r, "person.second-begin");
}

/* Begin a change that takes a code: that of what waits, or of what is on. */
static enum book_verdict open_with_code(struct change *c, struct db *db,
					const struct actor *who,
					const struct person *p, bool on,
					const char *code, int64_t now_ms)
{
	struct second_step s = {0};
	enum book_verdict v = person_try_code(db, p, now_ms);
	int r;

	if (v == BOOK_OK)
		v = change_open(c, db, who, now_ms);
	if (v != BOOK_OK)
		return v;
	r = second_step_find(db, p->id, &s);
	if (r == 0 || (r == 1 && on && !s.confirmed_ms))
		return change_refuse(c, BOOK_UNKNOWN);
	if (r == 1 && !on && s.confirmed_ms)
		return change_refuse(c, BOOK_EXISTS);
	if (r == 1)
		r = use_code(c, p->id, &s, code);
	if (r < 0)
		return change_refuse(c, r == -ENOENT ? BOOK_WRONG_CODE
						     : BOOK_STORE);
	return BOOK_OK;
}

enum book_verdict book_second_on(
	struct db *db, const struct actor *who, const char *code,
	int64_t now_ms, char recovery[RECOVERY_CODES][RECOVERY_TEXT_LEN])
{
	struct change c;
	struct person p;
	enum book_verdict v;
	int r = person_by_id(db, who->person_id, &p);

	if (r <= 0)
		return r < 0 ? BOOK_STORE : BOOK_UNKNOWN;
	v = open_with_code(&c, db, who, &p, false, code, now_ms);
	if (v != BOOK_OK)
		return v;
	r = second_step_set_confirmed(db, p.id, now_ms);
	for (int i = 0; r == 0 && i < RECOVERY_CODES; i++)
		r = new_recovery(db, p.id, recovery[i]);
	return change_end(&c, r, "person.second-on");
}

enum book_verdict book_second_off(struct db *db,
				  const struct pool_settings *set,
				  const struct actor *who, const char *password,
				  const char *code, int64_t now_ms)
{
	struct change c;
	struct person p;
	enum book_verdict v =
		person_prove(db, set, who->person_id, password, now_ms, &p);

	if (v == BOOK_OK)
		v = open_with_code(&c, db, who, &p, true, code, now_ms);
	if (v != BOOK_OK)
		return v;
	return change_end(&c, second_step_delete(db, p.id),
			  "person.second-off");
}

enum book_verdict book_second_take_off(struct db *db, const struct actor *who,
				       int64_t person_id, int64_t now_ms)
{
	struct change c;
	struct person p;
	enum book_verdict v;
	int r = person_by_id(db, person_id, &p);

	if (!who->staff || who->person_id == person_id)
		return BOOK_DENIED;
	if (r == 1 && p.role == PERSON_ADMIN) {
		r = person_acts_as_admin(db, who);
		if (r == 0)
			return BOOK_DENIED;
	}
	if (r <= 0)
		return r < 0 ? BOOK_STORE : BOOK_UNKNOWN;
	v = change_open(&c, db, who, now_ms);
	if (v != BOOK_OK)
		return v;
	json_int(&c.detail, "person", person_id);
	json_text(&c.detail, "email", p.email);
	return change_end(&c, second_step_delete(db, person_id),
			  "person.second-take-off");
}

/* --- log-in ---------------------------------------------------------------- */

enum book_verdict second_ask(struct db *db, const struct person *p,
			     int64_t now_ms, char pass[SECRET_TEXT_LEN])
{
	struct mail_token t = {.purpose = MAIL_CODE,
			       .person_id = p->id,
			       .expires_ms = now_ms + CODE_LIFE_MS};

	secret_new(pass, t.hash);
	memcpy(t.email, p->email, sizeof t.email);
	return mail_token_insert(db, &t) < 0 ? BOOK_STORE : BOOK_NEEDS_CODE;
}

enum book_verdict book_log_in_code(struct db *db, const struct actor *who,
				   const char *pass, const char *code,
				   int64_t now_ms,
				   char session[SECRET_TEXT_LEN])
{
	struct actor self = *who;
	struct mail_token t;
	struct person p = {0};
	struct change c;
	uint8_t hash[SECRET_HASH_LEN];
	enum book_verdict v;
	int r;

	if (!secret_hash(pass, hash))
		return BOOK_BAD_LINK;
	r = mail_token_find(db, hash, MAIL_CODE, now_ms, &t);
	if (r == 1)
		r = person_by_id(db, t.person_id, &p);
	if (r <= 0)
		return r < 0 ? BOOK_STORE : BOOK_BAD_LINK;
	if (p.disabled_ms)
		return BOOK_DISABLED;
	self.person_id = p.id;
	v = open_with_code(&c, db, &self, &p, true, code, now_ms);
	if (v != BOOK_OK)
		return v;
	r = mail_token_revoke(db, p.id, MAIL_CODE);
	if (r == 0)
		r = person_let_in(db, &p, now_ms, session);
	return change_end(&c, r, "person.log-in");
}
