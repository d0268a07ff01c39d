/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/web/page_cache.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/alloc.h"
#include "base/siphash.h"

#define BUCKETS 1024

/* Of a response only what a page for everybody can have. */
struct kept {
	TAILQ_ENTRY(kept) by_use;
	LIST_ENTRY(kept) in_bucket;
	char *target;
	int64_t until_ms;
	const char *type;
	unsigned max_age_s, refresh_s;
	bool cors;
	char etag[sizeof((struct response *)0)->etag];
	char download[sizeof((struct response *)0)->download];
	struct buf body;
};

LIST_HEAD(bucket, kept);

struct page_cache {
	struct bucket bucket[BUCKETS];
	TAILQ_HEAD(, kept) uses; /* the longest unasked first */
	size_t size;
	uint64_t key[2]; /* strangers choose the targets */
};

struct page_cache *page_cache_new(void)
{
	struct page_cache *c = xcalloc(1, sizeof *c);

	for (size_t i = 0; i < BUCKETS; i++)
		LIST_INIT(&c->bucket[i]);
	TAILQ_INIT(&c->uses);
	randombytes_buf(c->key, sizeof c->key);
	return c;
}

static size_t size_of(const struct kept *k)
{
	return sizeof *k + strlen(k->target) + 1 + k->body.cap;
}

static void forget(struct page_cache *c, struct kept *k)
{
	c->size -= size_of(k);
	LIST_REMOVE(k, in_bucket);
	TAILQ_REMOVE(&c->uses, k, by_use);
	buf_done(&k->body);
	free(k->target);
	free(k);
}

void page_cache_free(struct page_cache *c)
{
	if (!c)
		return;
	while (!TAILQ_EMPTY(&c->uses))
		forget(c, TAILQ_FIRST(&c->uses));
	free(c);
}

size_t page_cache_size(const struct page_cache *c)
{
	return c->size;
}

bool page_cache_serves(const struct request *rq)
{
	const char *user = rq->settings->user_header;

	return strcmp(rq->method, "GET") == 0 && rq->body_len == 0 &&
	       !rq->header(rq, "Cookie") && !rq->header(rq, "Authorization") &&
	       !(user && rq->header(rq, user));
}

static size_t bucket_of(const struct page_cache *c, const char *target)
{
	return siphash(c->key, target, strlen(target)) % BUCKETS;
}

static struct kept *look_up(const struct page_cache *c, const char *target)
{
	struct kept *k;

	LIST_FOREACH(k, &c->bucket[bucket_of(c, target)], in_bucket)
	if (strcmp(k->target, target) == 0)
		break;
	return k;
}

static bool is_fresh(const struct kept *k, int64_t now_ms)
{
	return now_ms < k->until_ms &&
	       k->until_ms - now_ms <= k->max_age_s * INT64_C(1000);
}

bool page_cache_find(struct page_cache *c, const char *target, int64_t now_ms,
		     struct response *rs)
{
	struct kept *k = look_up(c, target);

	if (!k || !is_fresh(k, now_ms))
		return false;
	TAILQ_REMOVE(&c->uses, k, by_use);
	TAILQ_INSERT_TAIL(&c->uses, k, by_use);
	rs->type = k->type;
	rs->max_age_s = (unsigned)((k->until_ms - now_ms + 999) / 1000);
	rs->refresh_s = k->refresh_s;
	rs->cors = k->cors;
	memcpy(rs->etag, k->etag, sizeof rs->etag);
	memcpy(rs->download, k->download, sizeof rs->download);
	buf_add(&rs->body.buf, k->body.data, k->body.len);
	return true;
}

/* Not for guarding anything: two that are taken for one need the same key. */
static void put_etag(const struct page_cache *c, struct response *rs)
{
	snprintf(rs->etag, sizeof rs->etag, "\"%016" PRIx64 "\"",
		 siphash(c->key, rs->body.buf.data, rs->body.buf.len));
}

static struct kept *copy_of(const char *target, int64_t now_ms,
			    const struct response *rs)
{
	struct kept *k = xcalloc(1, sizeof *k);

	k->target = xstrdup(target);
	k->until_ms = now_ms + rs->max_age_s * INT64_C(1000);
	k->type = rs->type;
	k->max_age_s = rs->max_age_s;
	k->refresh_s = rs->refresh_s;
	k->cors = rs->cors;
	memcpy(k->etag, rs->etag, sizeof k->etag);
	memcpy(k->download, rs->download, sizeof k->download);
	buf_add(&k->body, rs->body.buf.data, rs->body.buf.len);
	return k;
}

void page_cache_keep(struct page_cache *c, const char *target, int64_t now_ms,
		     struct response *rs)
{
	struct kept *k = look_up(c, target);

	if (k)
		forget(c, k);
	if (rs->status != 200 || rs->max_age_s == 0 || *rs->cookie ||
	    rs->body.buf.len == 0 || rs->body.buf.len > PAGE_CACHE_ONE)
		return;
	if (!*rs->etag)
		put_etag(c, rs);
	k = copy_of(target, now_ms, rs);
	LIST_INSERT_HEAD(&c->bucket[bucket_of(c, target)], k, in_bucket);
	TAILQ_INSERT_TAIL(&c->uses, k, by_use);
	c->size += size_of(k);
	while (c->size > PAGE_CACHE_OCTETS)
		forget(c, TAILQ_FIRST(&c->uses));
}
