/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/monitor.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "pool/book/change.h"
#include "pool/book/secret.h"

static_assert(TALK_CODE_LEN == SECRET_TEXT_LEN, "a code is a secret");

/* It is shown on pages and typed in shells. */
static bool is_name(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");

	return len > 0 && len < MONITOR_NAME_LEN && name[len] == '\0' &&
	       name[0] != '-' && strcmp(name, MONITOR_SCORER) != 0;
}

static void new_code(char code[TALK_CODE_LEN],
		     uint8_t hash[MONITOR_CODE_HASH_LEN])
{
	secret_draw(code);
	crypto_generichash(hash, MONITOR_CODE_HASH_LEN, (const uint8_t *)code,
			   strlen(code), NULL, 0);
}

enum book_verdict book_monitor_add(struct db *db, const struct actor *who,
				   const char *name, const char *place,
				   int64_t account_id, int64_t now_ms,
				   int64_t *id, char code[TALK_CODE_LEN])
{
	struct monitor m = {.account_id = account_id,
			    .state = MONITOR_PENDING,
			    .families = MONITOR_IPV4 | MONITOR_IPV6,
			    .created_ms = now_ms};
	uint8_t hash[MONITOR_CODE_HASH_LEN];
	struct change c;
	enum book_verdict v;
	int r;

	if (!is_name(name))
		return BOOK_BAD_NAME;
	if (!change_text_ok(place, sizeof m.place))
		return BOOK_BAD_TEXT;
	if (!who->staff && (!account_id || account_id != who->account_id))
		return BOOK_DENIED;
	memcpy(m.name, name, strlen(name) + 1);
	memcpy(m.place, place, strlen(place) + 1);
	v = change_open(&c, db, who, now_ms);
	if (v != BOOK_OK)
		return v;
	r = monitor_insert(db, &m, id);
	if (r == -EEXIST)
		return change_refuse(&c, BOOK_EXISTS);
	new_code(code, hash);
	if (r >= 0)
		r = monitor_set_code(db, *id, hash,
				     now_ms + MONITOR_CODE_LIFE_MS);
	json_int(&c.detail, "monitor", *id);
	json_text(&c.detail, "name", name);
	return change_end(&c, r, "monitor.add");
}

/* Open a change of a monitor that the actor may change. */
static enum book_verdict begin(struct change *c, struct db *db,
			       const struct actor *who, int64_t id,
			       int64_t now_ms, struct monitor *m)
{
	enum book_verdict v = change_open(c, db, who, now_ms);
	int r;

	if (v != BOOK_OK)
		return v;
	r = monitor_by_id(db, id, m);
	if (r < 0)
		return change_refuse(c, BOOK_STORE);
	if (r == 0 || m->is_scorer)
		return change_refuse(c, BOOK_UNKNOWN);
	if (!who->staff && (!m->account_id || m->account_id != who->account_id))
		return change_refuse(c, BOOK_DENIED);
	if (m->state == MONITOR_DELETED)
		return change_refuse(c, BOOK_DELETED);
	json_int(&c->detail, "monitor", id);
	return BOOK_OK;
}

enum book_verdict book_monitor_code(struct db *db, const struct actor *who,
				    int64_t id, int64_t now_ms,
				    char code[TALK_CODE_LEN])
{
	uint8_t hash[MONITOR_CODE_HASH_LEN];
	struct monitor m;
	struct change c;
	enum book_verdict v = begin(&c, db, who, id, now_ms, &m);
	int r;

	if (v != BOOK_OK)
		return v;
	new_code(code, hash);
	r = monitor_set_code(db, id, hash, now_ms + MONITOR_CODE_LIFE_MS);
	return change_end(&c, r, "monitor.code");
}

/* What an account may do with its own: stop it, wake it, delete it. */
static bool may_become(const struct actor *who, const struct monitor *m,
		       enum monitor_state state)
{
	if (!m->has_key && state != MONITOR_DELETED)
		return false; /* it has to be enrolled first */
	if (state == MONITOR_PENDING)
		return false;
	return who->staff || state != MONITOR_ACTIVE;
}

enum book_verdict book_monitor_state(struct db *db,
				     const struct pool_settings *set,
				     const struct actor *who, int64_t id,
				     enum monitor_state state, int64_t now_ms)
{
	struct monitor m;
	struct change c;
	enum book_verdict v = begin(&c, db, who, id, now_ms, &m);
	int r;

	if (v != BOOK_OK)
		return v;
	if (!may_become(who, &m, state))
		return change_refuse(&c, BOOK_DENIED);
	json_text(&c.detail, "was", monitor_state_name(m.state));
	json_text(&c.detail, "is", monitor_state_name(state));
	r = monitor_set_state(db, id, state);
	if (r >= 0)
		r = book_select_all(db, set, now_ms);
	return change_end(&c, r, "monitor.state");
}
