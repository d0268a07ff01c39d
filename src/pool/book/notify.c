/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/notify.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "pool/store/member.h"
#include "pool/store/outbox.h"
#include "pool/store/person.h"

#define GREETED_MAX 5

struct reader {
	char email[EMAIL_LEN], name[PERSON_NAME_LEN];
};

struct readers {
	struct reader *list;
	size_t n, cap;
};

static void add(struct readers *to, const char *email, const char *name)
{
	struct reader *r;

	to->list = array_grow(to->list, to->n, &to->cap, sizeof *to->list);
	r = &to->list[to->n++];
	snprintf(r->email, sizeof r->email, "%s", email);
	snprintf(r->name, sizeof r->name, "%s", name);
}

static int load_account(struct db *db, int64_t account_id, struct readers *to)
{
	struct db_rows rows;
	struct member m;

	member_ask_account(db, &rows, account_id);
	while (member_next(&rows, &m))
		if (m.can_mail)
			add(to, m.email, m.name);
	return db_end(&rows);
}

static int load_staff(struct db *db, struct readers *to)
{
	struct db_rows rows;
	struct person p;

	person_ask_staff(db, &rows);
	while (person_next(&rows, &p))
		if (p.confirmed_ms && !p.disabled_ms)
			add(to, p.email, p.name);
	return db_end(&rows);
}

/* "Hello Ada, Grace, Hedy," */
static void greet(struct buf *out, const struct readers *to)
{
	const char *comma = " ";

	buf_printf(out, "Hello");
	for (size_t i = 0; i < to->n && i < GREETED_MAX; i++) {
		if (!*to->list[i].name)
			continue;
		buf_printf(out, "%s%s", comma, to->list[i].name);
		comma = ", ";
	}
	buf_printf(out, ",\n");
}

static int queue(struct db *db, const struct pool_settings *set,
		 const struct readers *to, const char *subject,
		 const char *body, int64_t now_ms)
{
	struct buf text = {0};
	int r = 0;

	greet(&text, to);
	buf_printf(&text, "%s\n-- \n%s\n%s\n", body, set->name, set->web_url);
	for (size_t i = 0; i < to->n && r >= 0; i++)
		r = outbox_add(db, "mail", to->list[i].email, NULL, subject,
			       buf_text(&text), now_ms);
	buf_done(&text);
	return r < 0 ? r : 0;
}

int notify_account(struct db *db, const struct pool_settings *set,
		   int64_t account_id, const char *subject, const char *body,
		   int64_t now_ms)
{
	struct readers to = {0};
	int r = load_account(db, account_id, &to);

	if (r >= 0)
		r = queue(db, set, &to, subject, body, now_ms);
	free(to.list);
	return r < 0 ? r : 0;
}

int notify_staff(struct db *db, const struct pool_settings *set,
		 const char *subject, const char *body, int64_t now_ms)
{
	struct readers to = {0};
	int r = load_staff(db, &to);

	if (r >= 0)
		r = queue(db, set, &to, subject, body, now_ms);
	free(to.list);
	return r < 0 ? r : 0;
}
