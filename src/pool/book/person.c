/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/person.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "pool/book/change.h"
#include "pool/book/mail.h"
#include "pool/book/second.h"
#include "pool/book/team.h"
#include "pool/store/outbox.h"
#include "pool/store/throttle.h"
#include "pool/store/token.h"

#define QUARTER_MS (INT64_C(15) * 60 * 1000)
#define HOUR_MS (INT64_C(3600) * 1000)
#define SIGN_UPS_ADDRESS 10 /* in an hour */
#define MAILS_PERSON 4      /* of this kind to one address, in an hour */
#define LOGIN_PERSON "login-person"
#define LOGIN_CODE "login-code"
#define TOUCH_MS (INT64_C(10) * 60 * 1000)

bool person_mail_clean(const char *typed, char email[EMAIL_LEN])
{
	size_t len;

	typed += strspn(typed, " \t\r\n");
	len = strcspn(typed, " \t\r\n");
	if (len >= EMAIL_LEN || typed[len + strspn(typed + len, " \t\r\n")])
		return false;
	for (size_t i = 0; i < len; i++)
		email[i] = (char)tolower((unsigned char)typed[i]);
	email[len] = '\0';
	return mail_address_ok(email);
}

enum book_verdict person_judge_password(const char *password, const char *email)
{
	size_t len = strlen(password);

	if (len < PASSWORD_MIN || len > PASSWORD_MAX ||
	    strcasecmp(password, email) == 0)
		return BOOK_WEAK_PASSWORD;
	return BOOK_OK;
}

/* Count a try.  BOOK_OK, BOOK_TOO_OFTEN, BOOK_STORE. */
static enum book_verdict try_once(struct db *db, const char *kind,
				  const char *what, unsigned limit,
				  int64_t window_ms, int64_t now_ms)
{
	char name[EMAIL_LEN + 32];
	int r;

	snprintf(name, sizeof name, "%s:%s", kind, what);
	r = throttle_try(db, name, limit, window_ms, now_ms);
	return r < 0 ? BOOK_STORE : r == 0 ? BOOK_TOO_OFTEN : BOOK_OK;
}

/* --- mails ----------------------------------------------------------------- */

/* A letter with a link that is good for once. */
struct letter {
	enum mail_purpose purpose;
	int64_t life_ms;
	const char *subject, *before, *path, *after;
};

static const struct letter confirm_letter = {
	MAIL_CONFIRM,
	CONFIRM_LIFE_MS,
	"please confirm your address",
	"somebody, hopefully you, signed up with this address. To confirm it, "
	"open",
	"confirm",
	"within two days. If it was not you, do nothing: nothing will happen."};

static const struct letter reset_letter = {
	MAIL_RESET,
	RESET_LIFE_MS,
	"a new password",
	"somebody, hopefully you, wants a new password for this address. To "
	"set "
	"it, open",
	"reset",
	"within two hours. If it was not you, do nothing: the old one stays."};

static int send_text(struct db *db, const struct pool_settings *set,
		     const char *email, const char *subject, const char *text,
		     int64_t now_ms)
{
	char line[256];

	snprintf(line, sizeof line, "%s: %s", set->name, subject);
	return outbox_add(db, "mail", email, NULL, line, text, now_ms);
}

static int send_letter(struct db *db, const struct pool_settings *set,
		       const struct letter *l, const struct person *p,
		       int64_t now_ms)
{
	struct mail_token t = {.purpose = l->purpose,
			       .person_id = p->id,
			       .expires_ms = now_ms + l->life_ms};
	struct buf text = {0};
	char secret[SECRET_TEXT_LEN];
	int r;

	secret_new(secret, t.hash);
	memcpy(t.email, p->email, sizeof t.email);
	r = mail_token_insert(db, &t);
	buf_printf(&text, "Hello,\n\n%s\n\n  %s/%s/%s\n\n%s\n", l->before,
		   set->web_url, l->path, secret, l->after);
	if (r == 0)
		r = send_text(db, set, p->email, l->subject, buf_text(&text),
			      now_ms);
	buf_done(&text);
	return r;
}

static int send_known(struct db *db, const struct pool_settings *set,
		      const struct person *p, int64_t now_ms)
{
	struct buf text = {0};
	int r;

	buf_printf(&text,
		   "Hello,\n\nsomebody, hopefully you, wanted to sign up with "
		   "this address, which has an\naccount already. Log in at\n\n"
		   "  %s/login\n\nIf you forgot the password, set a new one at"
		   "\n\n  %s/reset\n",
		   set->web_url, set->web_url);
	r = send_text(db, set, p->email, "you have an account already",
		      buf_text(&text), now_ms);
	buf_done(&text);
	return r;
}

/* --- sign-up --------------------------------------------------------------- */

/* Inside a transaction. */
static int welcome(struct db *db, const struct pool_settings *set,
		   const struct person *new, int64_t now_ms)
{
	struct person p;
	int r = person_by_email(db, new->email, &p);

	if (r < 0)
		return r;
	if (r == 1)
		return p.confirmed_ms ? send_known(db, set, &p, now_ms)
				      : send_letter(db, set, &confirm_letter,
						    &p, now_ms);
	p = *new;
	r = person_insert(db, &p, &p.id);
	return r < 0 ? r : send_letter(db, set, &confirm_letter, &p, now_ms);
}

static enum book_verdict may_sign_up(struct db *db,
				     const struct pool_settings *set,
				     const struct actor *who,
				     const struct person *p,
				     const char *password, int64_t now_ms)
{
	enum book_verdict v = person_judge_password(password, p->email);

	if (!set->sign_up)
		return BOOK_CLOSED;
	if (v == BOOK_OK)
		v = try_once(db, "sign-up", who->address, SIGN_UPS_ADDRESS,
			     HOUR_MS, now_ms);
	if (v == BOOK_OK)
		v = try_once(db, "mail", p->email, MAILS_PERSON, HOUR_MS,
			     now_ms);
	return v;
}

enum book_verdict book_sign_up(struct db *db, const struct pool_settings *set,
			       const struct actor *who, const char *email,
			       const char *name, const char *password,
			       int64_t now_ms)
{
	struct person p = {.created_ms = now_ms};
	struct change c;
	enum book_verdict v;

	if (!person_mail_clean(email, p.email))
		return BOOK_BAD_MAIL;
	if (strlen(name) >= sizeof p.name ||
	    !utf8_is_plain(name, strlen(name), false))
		return BOOK_BAD_TEXT;
	snprintf(p.name, sizeof p.name, "%s", name);
	v = may_sign_up(db, set, who, &p, password, now_ms);
	if (v != BOOK_OK)
		return v;
	/* Also for an address that is known: it has to take as long. */
	if (password_hash(set, password, p.password) < 0)
		return BOOK_STORE;
	v = change_open(&c, db, who, now_ms);
	if (v != BOOK_OK)
		return v;
	json_text(&c.detail, "email", p.email);
	return change_end(&c, welcome(db, set, &p, now_ms), "person.sign-up");
}

int person_make_account(struct db *db, const struct person *p, int64_t now_ms)
{
	char name[128];
	int64_t id;

	if (*p->name)
		snprintf(name, sizeof name, "%.100s", p->name);
	else
		snprintf(name, sizeof name, "%.*s", (int)strcspn(p->email, "@"),
			 p->email);
	return team_insert(db, p->id, name, now_ms, &id);
}

enum book_verdict book_confirm(struct db *db, const struct actor *who,
			       const char *token, int64_t now_ms)
{
	struct mail_token t;
	struct person p = {0};
	struct change c;
	uint8_t hash[SECRET_HASH_LEN];
	enum book_verdict v = change_open(&c, db, who, now_ms);
	int r;

	if (v != BOOK_OK)
		return v;
	if (!secret_hash(token, hash))
		return change_refuse(&c, BOOK_BAD_LINK);
	r = mail_token_find(db, hash, MAIL_CONFIRM, now_ms, &t);
	if (r == 1)
		r = person_by_id(db, t.person_id, &p);
	if (r == 0)
		return change_refuse(&c, BOOK_BAD_LINK);
	if (r == 1)
		r = mail_token_revoke(db, p.id, MAIL_CONFIRM);
	if (r == 0 && !p.confirmed_ms)
		r = person_set_confirmed(db, p.id, now_ms);
	if (r == 0 && !p.confirmed_ms)
		r = person_make_account(db, &p, now_ms);
	json_int(&c.detail, "person", p.id);
	return change_end(&c, r, "person.confirm");
}

/* --- log-in ---------------------------------------------------------------- */

static int session_new(struct db *db, int64_t person_id, int64_t now_ms,
		       char secret[SECRET_TEXT_LEN])
{
	struct session s = {.person_id = person_id,
			    .created_ms = now_ms,
			    .seen_ms = now_ms,
			    .expires_ms = now_ms + SESSION_LIFE_MS};

	secret_new(secret, s.hash);
	return session_insert(db, &s);
}

static enum book_verdict confirm_again(struct db *db,
				       const struct pool_settings *set,
				       const struct person *p, int64_t now_ms)
{
	enum book_verdict v =
		try_once(db, "mail", p->email, MAILS_PERSON, HOUR_MS, now_ms);

	if (v == BOOK_OK &&
	    send_letter(db, set, &confirm_letter, p, now_ms) < 0)
		return BOOK_STORE;
	return v == BOOK_STORE ? v : BOOK_UNCONFIRMED;
}

enum book_verdict person_prove(struct db *db, const struct pool_settings *set,
			       int64_t person_id, const char *password,
			       int64_t now_ms, struct person *out)
{
	enum book_verdict v;
	int r = person_by_id(db, person_id, out);

	if (r <= 0)
		return r < 0 ? BOOK_STORE : BOOK_UNKNOWN;
	v = try_once(db, LOGIN_PERSON, out->email, LOGIN_TRIES_PERSON,
		     QUARTER_MS, now_ms);
	if (v == BOOK_OK && (strlen(password) > PASSWORD_MAX ||
			     !password_matches(set, password, out->password)))
		v = BOOK_WRONG_LOGIN;
	return v;
}

enum book_verdict person_try_code(struct db *db, const struct person *p,
				  int64_t now_ms)
{
	return try_once(db, LOGIN_CODE, p->email, LOGIN_TRIES_PERSON,
			QUARTER_MS, now_ms);
}

static int forget_tries(struct db *db, const char *kind, const char *email)
{
	char name[EMAIL_LEN + 32];

	snprintf(name, sizeof name, "%s:%s", kind, email);
	return throttle_forget(db, name);
}

int person_let_in(struct db *db, const struct person *p, int64_t now_ms,
		  char session[SECRET_TEXT_LEN])
{
	int r = forget_tries(db, LOGIN_PERSON, p->email);

	if (r == 0)
		r = forget_tries(db, LOGIN_CODE, p->email);
	return r < 0 ? r : session_new(db, p->id, now_ms, session);
}

/* The password was right. */
static enum book_verdict let_in(struct db *db, const struct actor *who,
				const struct person *p, int64_t now_ms,
				char session[SECRET_TEXT_LEN])
{
	struct actor self = *who;
	struct change c;
	enum book_verdict v;
	int r = second_is_on(db, p->id);

	if (r < 0)
		return BOOK_STORE;
	if (r == 1)
		return second_ask(db, p, now_ms, session);
	self.person_id = p->id;
	v = change_open(&c, db, &self, now_ms);
	if (v != BOOK_OK)
		return v;
	return change_end(&c, person_let_in(db, p, now_ms, session),
			  "person.log-in");
}

enum book_verdict book_log_in(struct db *db, const struct pool_settings *set,
			      const struct actor *who, const char *typed,
			      const char *password, int64_t now_ms,
			      char session[SECRET_TEXT_LEN])
{
	struct person p = {0};
	char email[EMAIL_LEN];
	enum book_verdict v = try_once(db, "login", who->address,
				       LOGIN_TRIES_ADDRESS, QUARTER_MS, now_ms);

	if (v == BOOK_OK && !person_mail_clean(typed, email))
		return BOOK_WRONG_LOGIN;
	if (v == BOOK_OK)
		v = try_once(db, LOGIN_PERSON, email, LOGIN_TRIES_PERSON,
			     QUARTER_MS, now_ms);
	if (v != BOOK_OK)
		return v;
	if (strlen(password) > PASSWORD_MAX)
		return BOOK_WRONG_LOGIN;
	if (person_by_email(db, email, &p) < 0)
		return BOOK_STORE;
	/* Nobody's hash is "": that takes as long as a wrong password. */
	if (!password_matches(set, password, p.password))
		return BOOK_WRONG_LOGIN;
	if (p.disabled_ms)
		return BOOK_DISABLED;
	if (!p.confirmed_ms)
		return confirm_again(db, set, &p, now_ms);
	return let_in(db, who, &p, now_ms, session);
}

enum book_verdict book_log_in_trusted(struct db *db, const struct actor *who,
				      const char *typed, int64_t now_ms,
				      struct person *out)
{
	struct person p = {.created_ms = now_ms, .confirmed_ms = now_ms};
	struct change c;
	enum book_verdict v;
	int r;

	if (!person_mail_clean(typed, p.email))
		return BOOK_BAD_MAIL;
	r = person_by_email(db, p.email, out);
	if (r < 0)
		return BOOK_STORE;
	if (r == 1)
		return out->disabled_ms ? BOOK_DISABLED : BOOK_OK;
	v = change_open(&c, db, who, now_ms);
	if (v != BOOK_OK)
		return v;
	json_text(&c.detail, "email", p.email);
	r = person_insert(db, &p, &p.id);
	if (r == 0)
		r = person_make_account(db, &p, now_ms);
	v = change_end(&c, r, "person.from-proxy");
	if (v == BOOK_OK)
		*out = p;
	return v;
}

int book_session_find(struct db *db, const char *session, int64_t now_ms,
		      struct person *out)
{
	uint8_t hash[SECRET_HASH_LEN];
	struct session s;
	int r;

	if (!secret_hash(session, hash))
		return 0;
	r = session_find(db, hash, now_ms, &s);
	if (r == 1)
		r = person_by_id(db, s.person_id, out);
	if (r == 1 && (out->disabled_ms || !out->confirmed_ms))
		return 0;
	/* Whether that can be written does not matter to a page. */
	if (r == 1 && now_ms > s.seen_ms + TOUCH_MS &&
	    session_touch(db, hash, now_ms, now_ms + SESSION_LIFE_MS) < 0)
		return 1;
	return r;
}

enum book_verdict book_log_out(struct db *db, const char *session)
{
	uint8_t hash[SECRET_HASH_LEN];

	if (!secret_hash(session, hash))
		return BOOK_OK;
	return session_delete(db, hash) < 0 ? BOOK_STORE : BOOK_OK;
}

/* --- passwords ------------------------------------------------------------- */

enum book_verdict book_reset_ask(struct db *db, const struct pool_settings *set,
				 const struct actor *who, const char *typed,
				 int64_t now_ms)
{
	struct person p;
	char email[EMAIL_LEN];
	enum book_verdict v;
	int r;

	if (!person_mail_clean(typed, email))
		return BOOK_BAD_MAIL;
	v = try_once(db, "sign-up", who->address, SIGN_UPS_ADDRESS, HOUR_MS,
		     now_ms);
	if (v == BOOK_OK)
		v = try_once(db, "mail", email, MAILS_PERSON, HOUR_MS, now_ms);
	if (v != BOOK_OK)
		return v;
	r = person_by_email(db, email, &p);
	if (r == 1 && !p.disabled_ms && db_begin(db) == 0) {
		r = send_letter(db, set, &reset_letter, &p, now_ms);
		if (r < 0)
			db_rollback(db);
		else
			r = db_commit(db);
	}
	return r < 0 ? BOOK_STORE : BOOK_OK;
}

/* Inside a transaction: the link, the password, and the end of all sessions. */
static int set_by_link(struct db *db, const struct mail_token *t,
		       const char *hash, int64_t now_ms)
{
	struct person p;
	int r = person_by_id(db, t->person_id, &p);

	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	r = mail_token_revoke(db, p.id, MAIL_RESET);
	if (r == 0)
		r = person_set_password(db, p.id, hash);
	if (r == 0)
		r = session_delete_person(db, p.id, NULL);
	/* Whoever got the mail has the address. */
	if (r == 0 && !p.confirmed_ms) {
		r = person_set_confirmed(db, p.id, now_ms);
		if (r == 0)
			r = person_make_account(db, &p, now_ms);
	}
	return r;
}

enum book_verdict book_reset(struct db *db, const struct pool_settings *set,
			     const struct actor *who, const char *token,
			     const char *password, int64_t now_ms)
{
	struct mail_token t;
	struct change c;
	uint8_t hash[SECRET_HASH_LEN];
	char new_hash[PASSWORD_HASH_LEN];
	enum book_verdict v;
	int r;

	if (!secret_hash(token, hash))
		return BOOK_BAD_LINK;
	r = mail_token_find(db, hash, MAIL_RESET, now_ms, &t);
	if (r <= 0)
		return r < 0 ? BOOK_STORE : BOOK_BAD_LINK;
	v = person_judge_password(password, t.email);
	if (v == BOOK_OK && password_hash(set, password, new_hash) < 0)
		v = BOOK_STORE;
	if (v == BOOK_OK)
		v = change_open(&c, db, who, now_ms);
	if (v != BOOK_OK)
		return v;
	json_int(&c.detail, "person", t.person_id);
	return change_end(&c, set_by_link(db, &t, new_hash, now_ms),
			  "person.reset");
}

enum book_verdict book_password(struct db *db, const struct pool_settings *set,
				const struct actor *who,
				const char *old_password, const char *password,
				const char *session, int64_t now_ms)
{
	struct person p;
	struct change c;
	uint8_t this[SECRET_HASH_LEN];
	char hash[PASSWORD_HASH_LEN];
	enum book_verdict v =
		person_prove(db, set, who->person_id, old_password, now_ms, &p);
	int r;

	if (v == BOOK_OK)
		v = person_judge_password(password, p.email);
	if (v == BOOK_OK && password_hash(set, password, hash) < 0)
		v = BOOK_STORE;
	if (v == BOOK_OK)
		v = change_open(&c, db, who, now_ms);
	if (v != BOOK_OK)
		return v;
	r = person_set_password(db, p.id, hash);
	if (r == 0)
		r = session_delete_person(
			db, p.id, secret_hash(session, this) ? this : NULL);
	return change_end(&c, r, "person.password");
}

/* --- what else changes ----------------------------------------------------- */

enum book_verdict book_person_name(struct db *db, const struct actor *who,
				   const char *name, int64_t now_ms)
{
	struct change c;
	enum book_verdict v;

	if (strlen(name) >= PERSON_NAME_LEN ||
	    !utf8_is_plain(name, strlen(name), false))
		return BOOK_BAD_TEXT;
	v = change_open(&c, db, who, now_ms);
	if (v != BOOK_OK)
		return v;
	json_text(&c.detail, "name", name);
	return change_end(&c, person_set_name(db, who->person_id, name),
			  "person.name");
}

enum book_verdict book_person_disable(struct db *db, const struct actor *who,
				      int64_t person_id, bool disable,
				      int64_t now_ms)
{
	struct change c;
	struct person p;
	enum book_verdict v;
	int r;

	if (!who->staff || who->person_id == person_id)
		return BOOK_DENIED;
	v = change_open(&c, db, who, now_ms);
	if (v != BOOK_OK)
		return v;
	r = person_by_id(db, person_id, &p);
	if (r <= 0)
		return change_refuse(&c, r < 0 ? BOOK_STORE : BOOK_UNKNOWN);
	if (p.role == PERSON_ADMIN)
		return change_refuse(&c, BOOK_DENIED);
	json_int(&c.detail, "person", person_id);
	json_text(&c.detail, "email", p.email);
	r = person_set_disabled(db, person_id, disable ? now_ms : 0);
	if (r == 0 && disable)
		r = session_delete_person(db, person_id, NULL);
	return change_end(&c, r, disable ? "person.disable" : "person.enable");
}

int person_acts_as_admin(struct db *db, const struct actor *who)
{
	struct person p;
	int r;

	if (who->person_id == 0)
		return who->staff;
	r = person_by_id(db, who->person_id, &p);
	return r <= 0 ? r : p.role == PERSON_ADMIN;
}

enum book_verdict book_person_role(struct db *db, const struct actor *who,
				   int64_t person_id, enum person_role role,
				   int64_t now_ms)
{
	struct change c;
	int r = person_acts_as_admin(db, who);
	enum book_verdict v;

	if (r <= 0)
		return r < 0 ? BOOK_STORE : BOOK_DENIED;
	v = change_open(&c, db, who, now_ms);
	if (v != BOOK_OK)
		return v;
	json_int(&c.detail, "person", person_id);
	json_text(&c.detail, "role", person_role_name(role));
	r = person_set_role(db, person_id, role);
	if (r == -ENOENT)
		return change_refuse(&c, BOOK_UNKNOWN);
	return change_end(&c, r, "person.role");
}
