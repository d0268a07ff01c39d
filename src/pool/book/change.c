/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/change.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "pool/store/audit.h"
#include "pool/store/setting.h"

enum book_verdict change_open(struct change *c, struct db *db,
			      const struct actor *who, int64_t now_ms)
{
	*c = (struct change){.db = db, .who = who, .now_ms = now_ms};
	if (db_begin(db) < 0)
		return BOOK_STORE;
	c->detail = json_init(&c->text);
	json_object(&c->detail, NULL);
	return BOOK_OK;
}

enum book_verdict change_begin(struct change *c, struct db *db,
			       const struct actor *who, int64_t id,
			       int64_t now_ms)
{
	enum book_verdict v = change_open(c, db, who, now_ms);
	int r;

	if (v != BOOK_OK)
		return v;
	r = server_by_id(db, id, &c->server);
	if (r <= 0)
		return change_refuse(c, r < 0 ? BOOK_STORE : BOOK_UNKNOWN);
	if (!who->staff && c->server.account_id != who->account_id)
		return change_refuse(c, BOOK_DENIED);
	if (c->server.deleted_ms)
		return change_refuse(c, BOOK_DELETED);
	return BOOK_OK;
}

enum book_verdict change_refuse(struct change *c, enum book_verdict v)
{
	db_rollback(c->db);
	buf_done(&c->text);
	return v;
}

static int note(struct change *c, const char *action)
{
	struct audit a = {
		.at_ms = c->now_ms,
		.person_id = c->who->person_id,
		.account_id = c->server.account_id,
		.server_id = c->server.id,
	};

	json_end_object(&c->detail);
	snprintf(a.source, sizeof a.source, "%s", c->who->source);
	snprintf(a.address, sizeof a.address, "%s", c->who->address);
	snprintf(a.action, sizeof a.action, "%s", action);
	/* What does not fit would be half a document. */
	if (c->text.len < sizeof a.detail)
		strcpy(a.detail, buf_text(&c->text));
	return audit_add(c->db, &a);
}

enum book_verdict change_end(struct change *c, int r, const char *action)
{
	if (r >= 0)
		r = note(c, action);
	if (r < 0)
		return change_refuse(c,
				     r == -EEXIST ? BOOK_EXISTS : BOOK_STORE);
	buf_done(&c->text);
	return db_commit(c->db) < 0 ? BOOK_STORE : BOOK_OK;
}

enum book_verdict change_end_zones(struct change *c, int r, const char *action)
{
	if (r >= 0)
		r = setting_set_int(c->db, SETTING_ZONES_CHANGED, c->now_ms);
	return change_end(c, r, action);
}

bool change_text_ok(const char *text, size_t cap)
{
	size_t len = strlen(text);

	if (len >= cap || !utf8_valid(text, len))
		return false;
	for (const char *s = text; *s; s++)
		if (((unsigned char)*s < 0x20 && !strchr("\t\r\n", *s)) ||
		    *s == 0x7F)
			return false;
	return true;
}
