/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/webhook.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "pool/book/change.h"
#include "pool/store/outbox.h"

bool webhook_url_ok(const char *url)
{
	const char *host, *end;

	if (strlen(url) >= WEBHOOK_URL_LEN)
		return false;
	if (strncmp(url, "https://", 8) == 0)
		host = url + 8;
	else if (strncmp(url, "http://", 7) == 0)
		host = url + 7;
	else
		return false;
	for (const char *s = url; *s; s++)
		if (*s <= ' ' || *s == 0x7F || *s == '\\')
			return false;
	end = host + strcspn(host, "/?#");
	return end > host && *host != ':' &&
	       !memchr(host, '@', (size_t)(end - host));
}

static int count(struct db *db, int64_t account_id, unsigned *n)
{
	struct webhook w;
	struct db_rows rows;

	*n = 0;
	webhook_ask_account(db, &rows, account_id);
	while (webhook_next(&rows, &w))
		++*n;
	return db_end(&rows);
}

enum book_verdict book_webhook_add(struct db *db, const struct actor *who,
				   const char *url, int64_t now_ms,
				   struct webhook *out)
{
	struct webhook w = {.account_id = who->account_id,
			    .created_ms = now_ms};
	uint8_t secret[(WEBHOOK_SECRET_LEN - 1) / 2];
	struct change c;
	enum book_verdict v;
	unsigned n;

	if (!webhook_url_ok(url))
		return BOOK_BAD_URL;
	v = change_open(&c, db, who, now_ms);
	if (v != BOOK_OK)
		return v;
	if (count(db, who->account_id, &n) < 0)
		return change_refuse(&c, BOOK_STORE);
	if (n >= WEBHOOK_MAX)
		return change_refuse(&c, BOOK_TOO_OFTEN);
	snprintf(w.url, sizeof w.url, "%s", url);
	randombytes_buf(secret, sizeof secret);
	sodium_bin2hex(w.secret, sizeof w.secret, secret, sizeof secret);
	c.server.account_id = who->account_id;
	json_text(&c.detail, "url", url);
	v = change_end(&c, webhook_insert(db, &w, &w.id), "webhook.add");
	if (v == BOOK_OK)
		*out = w;
	return v;
}

/* Begin a change of a webhook that the actor may change. */
static enum book_verdict begin(struct change *c, struct db *db,
			       const struct actor *who, int64_t id,
			       int64_t now_ms, struct webhook *w)
{
	enum book_verdict v = change_open(c, db, who, now_ms);
	int r;

	if (v != BOOK_OK)
		return v;
	r = webhook_by_id(db, id, w);
	if (r <= 0)
		return change_refuse(c, r < 0 ? BOOK_STORE : BOOK_UNKNOWN);
	if (!who->staff && w->account_id != who->account_id)
		return change_refuse(c, BOOK_DENIED);
	c->server.account_id = w->account_id;
	json_text(&c->detail, "url", w->url);
	return BOOK_OK;
}

enum book_verdict book_webhook_remove(struct db *db, const struct actor *who,
				      int64_t id, int64_t now_ms)
{
	struct webhook w;
	struct change c;
	enum book_verdict v = begin(&c, db, who, id, now_ms, &w);

	if (v != BOOK_OK)
		return v;
	return change_end(&c, webhook_remove(db, id), "webhook.remove");
}

enum book_verdict book_webhook_test(struct db *db, const struct actor *who,
				    int64_t id, int64_t now_ms)
{
	struct webhook w;
	struct change c;
	enum book_verdict v = begin(&c, db, who, id, now_ms, &w);
	struct buf body = {0};
	struct json j = json_init(&body);
	int r;

	if (v != BOOK_OK)
		return v;
	json_object(&j, NULL);
	json_text(&j, "event", "test");
	json_int(&j, "time_ms", now_ms);
	json_end_object(&j);
	r = outbox_add(db, "webhook", w.url, w.secret, NULL, buf_text(&body),
		       now_ms);
	buf_done(&body);
	return change_end(&c, r, "webhook.test");
}

struct json webhook_begin(struct buf *body, const struct pool_settings *set,
			  const struct server *s, const char *event,
			  int64_t now_ms)
{
	struct json j = json_init(body);
	char url[512];

	snprintf(url, sizeof url, "%s/scores/%s", set->web_url, s->address);
	json_object(&j, NULL);
	json_text(&j, "event", event);
	json_int(&j, "time_ms", now_ms);
	json_text(&j, "address", s->address);
	json_text(&j, "hostname", s->hostname);
	json_text(&j, "url", url);
	return j;
}

int webhook_send(struct db *db, int64_t account_id, const char *body,
		 int64_t now_ms)
{
	struct webhook list[WEBHOOK_MAX];
	struct db_rows rows;
	size_t n = 0;
	int r;

	webhook_ask_account(db, &rows, account_id);
	while (n < WEBHOOK_MAX && webhook_next(&rows, &list[n]))
		n++;
	r = db_end(&rows);
	for (size_t i = 0; i < n && r >= 0; i++)
		r = outbox_add(db, "webhook", list[i].url, list[i].secret, NULL,
			       body, now_ms);
	return r < 0 ? r : 0;
}

void webhook_sign(const char *secret, const char *body,
		  char out[WEBHOOK_SIGNATURE_LEN])
{
	crypto_auth_hmacsha256_state state;
	uint8_t mac[crypto_auth_hmacsha256_BYTES];

	crypto_auth_hmacsha256_init(&state, (const uint8_t *)secret,
				    strlen(secret));
	crypto_auth_hmacsha256_update(&state, (const uint8_t *)body,
				      strlen(body));
	crypto_auth_hmacsha256_final(&state, mac);
	char hex[2 * sizeof mac + 1];

	sodium_bin2hex(hex, sizeof hex, mac, sizeof mac);
	snprintf(out, WEBHOOK_SIGNATURE_LEN, "sha256=%s", hex);
}
