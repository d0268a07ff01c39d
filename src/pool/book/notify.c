/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/notify.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "pool/store/member.h"
#include "pool/store/outbox.h"

#define GREETED_MAX 5

struct people {
	struct member *list;
	size_t n, cap;
};

static int load(struct db *db, int64_t account_id, struct people *p)
{
	struct db_rows rows;
	struct member m;

	member_ask_account(db, &rows, account_id);
	while (member_next(&rows, &m)) {
		if (!m.can_mail)
			continue;
		p->list = array_grow(p->list, p->n, &p->cap, sizeof *p->list);
		p->list[p->n++] = m;
	}
	return db_end(&rows);
}

/* "Hello Ada, Grace, Hedy," */
static void greet(struct buf *out, const struct people *p)
{
	const char *comma = " ";

	buf_printf(out, "Hello");
	for (size_t i = 0; i < p->n && i < GREETED_MAX; i++) {
		if (!*p->list[i].name)
			continue;
		buf_printf(out, "%s%s", comma, p->list[i].name);
		comma = ", ";
	}
	buf_printf(out, ",\n");
}

int notify_account(struct db *db, const struct pool_settings *set,
		   int64_t account_id, const char *subject, const char *body,
		   int64_t now_ms)
{
	struct people people = {0};
	struct buf text = {0};
	int r = load(db, account_id, &people);

	greet(&text, &people);
	buf_printf(&text, "%s\n-- \n%s\n%s\n", body, set->name, set->web_url);
	for (size_t i = 0; i < people.n && r >= 0; i++)
		r = outbox_add(db, "mail", people.list[i].email, NULL, subject,
			       buf_text(&text), now_ms);
	buf_done(&text);
	free(people.list);
	return r < 0 ? r : 0;
}
