/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/errand/post.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "os/state_file.h"
#include "pool/book/mail.h"
#include "pool/book/webhook.h"
#include "pool/errand/guard.h"
#include "pool/store/outbox.h"

#define MAIL_TIMEOUT_MS 60000L
#define HOOK_TIMEOUT_MS 10000L
#define FILE_PREFIX "file:"

struct parcel {
	CURL *curl; /* NULL: free */
	struct outbox_item item;
	struct guard guard;
	struct buf message;      /* mail: what is sent; */
	size_t sent;             /* so many octets of it are */
	struct curl_slist *list; /* headers, or the recipient */
	char error[CURL_ERROR_SIZE];
};

struct post {
	struct db *db;
	const struct pool_settings *set;
	struct log *log;
	CURLM *multi;
	struct parcel parcel[POST_PARALLEL];
	size_t n; /* on their way */
};

const char *post_folder(const struct pool_settings *set)
{
	size_t len = strlen(FILE_PREFIX);

	return set->mail_url && strncmp(set->mail_url, FILE_PREFIX, len) == 0
		       ? set->mail_url + len
		       : NULL;
}

struct post *post_new(struct db *db, const struct pool_settings *set,
		      struct log *log)
{
	CURLM *multi = curl_multi_init();
	struct post *p;

	if (!multi)
		return NULL;
	p = xcalloc(1, sizeof *p);
	*p = (struct post){.db = db, .set = set, .log = log, .multi = multi};
	return p;
}

static void parcel_done(struct post *p, struct parcel *k)
{
	curl_multi_remove_handle(p->multi, k->curl);
	curl_easy_cleanup(k->curl);
	curl_slist_free_all(k->list);
	buf_done(&k->message);
	outbox_item_done(&k->item);
	*k = (struct parcel){0};
	p->n--;
}

void post_free(struct post *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < POST_PARALLEL; i++)
		if (p->parcel[i].curl)
			parcel_done(p, &p->parcel[i]);
	curl_multi_cleanup(p->multi);
	free(p);
}

/* --- mails ------------------------------------------------------------------- */

static void sender(const struct pool_settings *set, char *from, size_t cap)
{
	if (set->mail_from || set->contact)
		snprintf(from, cap, "%s",
			 set->mail_from ? set->mail_from : set->contact);
	else
		snprintf(from, cap, "pool@%s", set->domain);
}

static int compose(const struct post *p, const struct outbox_item *item,
		   const char *from, struct buf *out)
{
	const struct mail m = {
		.from = from,
		.to = item->target,
		.subject = item->subject,
		.body = item->body,
		.id = item->id,
		.at_ms = item->queued_ms,
	};

	(void)p;
	return mail_compose(&m, out);
}

/* For tests and for systems that collect mail from a folder. */
static int mail_to_file(const struct post *p, const struct outbox_item *item,
			const struct buf *message)
{
	char path[4096];

	snprintf(path, sizeof path, "%s/%" PRId64 "-%" PRId64 ".eml",
		 post_folder(p->set), item->queued_ms, item->id);
	return state_file_write(path, message->data, message->len, 0640);
}

static size_t give(char *buf, size_t size, size_t n, void *arg)
{
	struct parcel *k = arg;
	size_t left = k->message.len - k->sent;

	n *= size;
	if (n > left)
		n = left;
	memcpy(buf, k->message.data + k->sent, n);
	k->sent += n;
	return n;
}

static void address_mail(const struct post *p, struct parcel *k,
			 const char *from)
{
	char bracketed[sizeof k->item.target + 2];

	snprintf(bracketed, sizeof bracketed, "<%s>", k->item.target);
	k->list = curl_slist_append(NULL, bracketed);
	curl_easy_setopt(k->curl, CURLOPT_MAIL_RCPT, k->list);
	snprintf(bracketed, sizeof bracketed, "<%s>", from);
	curl_easy_setopt(k->curl, CURLOPT_MAIL_FROM, bracketed);
	curl_easy_setopt(k->curl, CURLOPT_URL, p->set->mail_url);
	curl_easy_setopt(k->curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	/* Without TLS it would go too, so any certificate is better than none;
	 * smtps:// means it. */
	curl_easy_setopt(k->curl, CURLOPT_USE_SSL, (long)CURLUSESSL_TRY);
	if (strncmp(p->set->mail_url, "smtps:", 6) != 0) {
		curl_easy_setopt(k->curl, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(k->curl, CURLOPT_SSL_VERIFYHOST, 0L);
	}
	curl_easy_setopt(k->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(k->curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(k->curl, CURLOPT_READFUNCTION, give);
	curl_easy_setopt(k->curl, CURLOPT_READDATA, k);
	curl_easy_setopt(k->curl, CURLOPT_TIMEOUT_MS, MAIL_TIMEOUT_MS);
}

/* --- webhooks ------------------------------------------------------------------ */

static size_t ignore(char *data, size_t size, size_t n, void *arg)
{
	size_t *seen = arg;

	(void)data;
	*seen += size * n;
	return *seen > 65536 ? 0 : size * n;
}

static void address_hook(const struct post *p, struct parcel *k)
{
	char header[WEBHOOK_SIGNATURE_LEN + sizeof WEBHOOK_HEADER + 4];
	char signature[WEBHOOK_SIGNATURE_LEN];

	webhook_sign(k->item.secret, k->item.body, signature);
	snprintf(header, sizeof header, WEBHOOK_HEADER ": %s", signature);
	k->list = curl_slist_append(NULL, "Content-Type: application/json");
	k->list = curl_slist_append(k->list, header);
	k->guard.private_addresses = p->set->private_addresses;
	guard_set(k->curl, &k->guard);
	curl_easy_setopt(k->curl, CURLOPT_URL, k->item.target);
	curl_easy_setopt(k->curl, CURLOPT_HTTPHEADER, k->list);
	curl_easy_setopt(k->curl, CURLOPT_POSTFIELDS, k->item.body);
	curl_easy_setopt(k->curl, CURLOPT_POSTFIELDSIZE,
			 (long)strlen(k->item.body));
	curl_easy_setopt(k->curl, CURLOPT_WRITEFUNCTION, ignore);
	curl_easy_setopt(k->curl, CURLOPT_WRITEDATA, &k->sent);
	curl_easy_setopt(k->curl, CURLOPT_TIMEOUT_MS, HOOK_TIMEOUT_MS);
	curl_easy_setopt(k->curl, CURLOPT_USERAGENT, "poold/" TIMEBALL_VERSION);
}

/* --- on the way ------------------------------------------------------------------- */

/* 0 for what was sent, or the sentence that goes with it. */
static int settle(struct post *p, const struct outbox_item *item,
		  const char *error, int64_t now_ms)
{
	if (!error)
		return outbox_sent(p->db, item->id, now_ms);
	log_info(p->log, "%s to %s: %s", item->kind, item->target, error);
	return outbox_failed(p->db, item, error, now_ms);
}

/* A mail that needs no connection, or cannot be sent at all; 1: it is to go out. */
static int mail_without_network(struct post *p, struct parcel *k,
				const char *from, int64_t now_ms)
{
	int r = compose(p, &k->item, from, &k->message);

	if (r < 0)
		return settle(p, &k->item, "not a mail address", now_ms);
	if (!post_folder(p->set))
		return 1;
	r = mail_to_file(p, &k->item, &k->message);
	return settle(p, &k->item, r < 0 ? strerror(-r) : NULL, now_ms);
}

/* Put a parcel that was claimed on its way.  0 or -errno. */
static int launch(struct post *p, struct parcel *k, int64_t now_ms)
{
	bool mail = strcmp(k->item.kind, "mail") == 0;
	char from[256];
	int r = 1;

	sender(p->set, from, sizeof from);
	k->curl = curl_easy_init();
	p->n++;
	if (!k->curl)
		r = settle(p, &k->item, "out of memory", now_ms);
	else if (mail)
		r = mail_without_network(p, k, from, now_ms);
	if (r != 1) {
		parcel_done(p, k);
		return r;
	}
	if (mail)
		address_mail(p, k, from);
	else
		address_hook(p, k);
	curl_easy_setopt(k->curl, CURLOPT_PRIVATE, (char *)k);
	curl_easy_setopt(k->curl, CURLOPT_ERRORBUFFER, k->error);
	curl_multi_add_handle(p->multi, k->curl);
	return 0;
}

static struct parcel *free_parcel(struct post *p)
{
	for (size_t i = 0; i < POST_PARALLEL; i++)
		if (!p->parcel[i].curl)
			return &p->parcel[i];
	return NULL;
}

static int take_due(struct post *p, int64_t now_ms)
{
	struct parcel *k;
	int r = 0;

	while (r >= 0 && (k = free_parcel(p)) != NULL) {
		r = outbox_claim(p->db, now_ms, &k->item);
		if (r <= 0)
			break;
		r = launch(p, k, now_ms);
	}
	return r;
}

/* NULL when it arrived. */
static const char *what_went_wrong(struct parcel *k, CURLcode code)
{
	bool hook = strcmp(k->item.kind, "webhook") == 0;
	long status = 0;

	if (k->guard.refused)
		return "leads to an address that we do not connect to";
	if (code != CURLE_OK && !(hook && code == CURLE_WRITE_ERROR))
		return *k->error ? k->error : curl_easy_strerror(code);
	curl_easy_getinfo(k->curl, CURLINFO_RESPONSE_CODE, &status);
	if (!hook || (status >= 200 && status < 300))
		return NULL;
	snprintf(k->error, sizeof k->error, "status %ld", status);
	return k->error;
}

static int collect(struct post *p, int64_t now_ms)
{
	CURLMsg *m;
	int left, r = 0;

	while ((m = curl_multi_info_read(p->multi, &left)) != NULL) {
		char *private = NULL;
		struct parcel *k;
		int one;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &private);
		k = (struct parcel *)(void *)private;
		one = settle(p, &k->item, what_went_wrong(k, m->data.result),
			     now_ms);
		if (one < 0)
			r = one;
		parcel_done(p, k);
	}
	return r;
}

int post_run(struct post *p, int64_t now_ms, int wait_ms)
{
	int running, r = take_due(p, now_ms), late;

	curl_multi_perform(p->multi, &running);
	if (running > 0 && wait_ms > 0) {
		curl_multi_poll(p->multi, NULL, 0, wait_ms, NULL);
		curl_multi_perform(p->multi, &running);
	}
	late = collect(p, now_ms);
	if (r < 0 || late < 0)
		return r < 0 ? r : late;
	return (int)p->n;
}
