/* SPDX-License-Identifier: BSD-2-Clause */
#include <sodium.h>
#include <string.h>

#include "pool/book/change.h"
#include "pool/book/monitor.h"
#include "pool/book/monitor_caller.h"
#include "pool/talk/talk.h"

static int find(struct db *db, const struct talk_enrol *e, int64_t now_ms,
		struct monitor *m)
{
	uint8_t hash[MONITOR_CODE_HASH_LEN];

	crypto_generichash(hash, sizeof hash, (const uint8_t *)e->code,
			   strlen(e->code), NULL, 0);
	return monitor_by_code(db, hash, now_ms, m);
}

/* The staff's own work at once; strangers' are looked at first. */
static enum monitor_state first_state(const struct monitor *m)
{
	if (m->state != MONITOR_PENDING)
		return m->state; /* a new key for an old monitor */
	return m->account_id ? MONITOR_TESTING : MONITOR_ACTIVE;
}

static enum book_verdict enrol(struct db *db, const struct pool_settings *set,
			       const struct monitor_call *call,
			       const struct talk_enrol *e, struct monitor *m)
{
	const struct actor who = {.account_id = 0,
				  .staff = true,
				  .source = "poolmon",
				  .address = call->address};
	struct change c;
	enum book_verdict v = change_open(&c, db, &who, call->now_ms);
	int r;

	if (v != BOOK_OK)
		return v;
	/* Again inside the transaction: a code is good once. */
	r = find(db, e, call->now_ms, m);
	if (r <= 0)
		return change_refuse(&c, r < 0 ? BOOK_STORE : BOOK_UNKNOWN);
	json_int(&c.detail, "monitor", m->id);
	r = monitor_set_key(db, m->id, e->public_key, first_state(m));
	if (r >= 0)
		r = monitor_set_seen(db, m->id, call->now_ms, call->address,
				     e->version, e->families);
	if (r >= 0)
		r = book_select_all(db, set, call->now_ms);
	return change_end(&c, r, "monitor.enrol");
}

int book_api_enrol(struct db *db, const struct pool_settings *set,
		   const struct monitor_call *call, struct buf *out)
{
	char sentence[256];
	struct text why = text_init(sentence, sizeof sentence);
	struct talk_enrolled answer = {0};
	struct talk_enrol e;
	struct monitor m;

	if (call->len > TALK_BODY_MAX)
		return caller_refuse(out, HTTP_TOO_LARGE, "too-large",
				     "The body is too large.");
	if (talk_get_enrol(call->body, call->len, &e, &why) < 0)
		return caller_refuse(out, HTTP_BAD, "bad-body", sentence);
	switch (enrol(db, set, call, &e, &m)) {
	case BOOK_OK:
		answer.monitor_id = m.id;
		memcpy(answer.name, m.name, sizeof answer.name);
		talk_put_enrolled(out, &answer);
		return HTTP_OK;
	case BOOK_UNKNOWN:
		return caller_refuse(out, HTTP_UNSIGNED, "bad-code",
				     "This code was used already, is too old, "
				     "or never was one.");
	default:
		return caller_later(out);
	}
}
