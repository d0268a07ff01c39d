/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/roster.h"

#include <errno.h>
#include <string.h>

#include "pool/book/change.h"
#include "pool/book/person.h"

static enum book_verdict read_new(const struct new_person *new,
				  struct person *p)
{
	if (!person_mail_clean(new->email, p->email))
		return BOOK_BAD_MAIL;
	if (!change_text_ok(new->name, sizeof p->name))
		return BOOK_BAD_TEXT;
	snprintf(p->name, sizeof p->name, "%s", new->name);
	p->role = new->role;
	return person_judge_password(new->password, p->email);
}

enum book_verdict book_person_add(struct db *db,
				  const struct pool_settings *set,
				  const struct actor *who,
				  const struct new_person *new, int64_t now_ms,
				  int64_t *id)
{
	struct person p = {.created_ms = now_ms, .confirmed_ms = now_ms}, known;
	struct change c;
	enum book_verdict v = read_new(new, &p);
	int r;

	if (!who->staff)
		return BOOK_DENIED;
	if (v != BOOK_OK)
		return v;
	if (password_hash(set, new->password, p.password) < 0)
		return BOOK_STORE;
	v = change_open(&c, db, who, now_ms);
	if (v != BOOK_OK)
		return v;
	r = person_by_email(db, p.email, &known);
	if (r == 1)
		return change_refuse(&c, BOOK_EXISTS);
	if (r == 0)
		r = person_insert(db, &p, &p.id);
	if (r == 0)
		r = person_make_account(db, &p, now_ms);
	*id = p.id;
	json_int(&c.detail, "person", p.id);
	json_text(&c.detail, "email", p.email);
	json_text(&c.detail, "role", person_role_name(p.role));
	return change_end(&c, r, "person.add");
}

/* Begin a change to somebody who is there. */
static enum book_verdict begin(struct change *c, struct db *db,
			       const struct actor *who, int64_t person_id,
			       int64_t now_ms, struct person *p)
{
	enum book_verdict v;
	int r;

	if (!who->staff)
		return BOOK_DENIED;
	v = change_open(c, db, who, now_ms);
	if (v != BOOK_OK)
		return v;
	r = person_by_id(db, person_id, p);
	if (r <= 0)
		return change_refuse(c, r < 0 ? BOOK_STORE : BOOK_UNKNOWN);
	json_int(&c->detail, "person", p->id);
	json_text(&c->detail, "email", p->email);
	return BOOK_OK;
}

enum book_verdict book_person_confirm(struct db *db, const struct actor *who,
				      int64_t person_id, int64_t now_ms)
{
	struct change c;
	struct person p;
	enum book_verdict v = begin(&c, db, who, person_id, now_ms, &p);
	int r;

	if (v != BOOK_OK)
		return v;
	if (p.confirmed_ms)
		return change_refuse(&c, BOOK_OK);
	r = person_set_confirmed(db, person_id, now_ms);
	if (r == 0)
		r = person_make_account(db, &p, now_ms);
	return change_end(&c, r, "person.confirm");
}

enum book_verdict book_person_password(struct db *db,
				       const struct pool_settings *set,
				       const struct actor *who,
				       int64_t person_id, const char *password,
				       int64_t now_ms)
{
	char hash[PASSWORD_HASH_LEN];
	struct change c;
	struct person p;
	enum book_verdict v = begin(&c, db, who, person_id, now_ms, &p);
	int r;

	if (v != BOOK_OK)
		return v;
	v = person_judge_password(password, p.email);
	if (v != BOOK_OK)
		return change_refuse(&c, v);
	if (password_hash(set, password, hash) < 0)
		return change_refuse(&c, BOOK_STORE);
	r = person_set_password(db, person_id, hash);
	if (r == 0)
		r = session_delete_person(db, person_id, NULL);
	return change_end(&c, r, "person.password");
}
