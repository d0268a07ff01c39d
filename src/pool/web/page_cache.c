/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/web/page_cache.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/siphash.h"

struct slot {
	char *target; /* NULL: empty */
	int64_t until_ms;
	struct response rs;
};

struct page_cache {
	struct slot slot[PAGE_CACHE_SLOTS];
};

struct page_cache *page_cache_new(void)
{
	return xcalloc(1, sizeof(struct page_cache));
}

static void empty(struct slot *s)
{
	free(s->target);
	s->target = NULL;
	response_done(&s->rs);
}

void page_cache_free(struct page_cache *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < PAGE_CACHE_SLOTS; i++)
		if (c->slot[i].target)
			empty(&c->slot[i]);
	free(c);
}

/* Two that fall on each other cost time, nothing else: no secret is needed. */
static struct slot *slot_of(struct page_cache *c, const char *target)
{
	static const uint64_t key[2] = {0, 0};

	return &c->slot[siphash(key, target, strlen(target)) %
			PAGE_CACHE_SLOTS];
}

bool page_cache_serves(const struct request *rq)
{
	const char *user = rq->settings->user_header;

	return strcmp(rq->method, "GET") == 0 && rq->body_len == 0 &&
	       !rq->header(rq, "Cookie") && !rq->header(rq, "Authorization") &&
	       !(user && rq->header(rq, user));
}

bool page_cache_find(struct page_cache *c, const char *target, int64_t now_ms,
		     struct response *rs)
{
	const struct slot *s = slot_of(c, target);

	if (!s->target || strcmp(s->target, target) != 0 ||
	    now_ms >= s->until_ms ||
	    s->until_ms - now_ms > s->rs.max_age_s * INT64_C(1000))
		return false;
	*rs = s->rs;
	rs->max_age_s = (unsigned)((s->until_ms - now_ms + 999) / 1000);
	rs->body.buf = (struct buf){0};
	buf_add(&rs->body.buf, s->rs.body.buf.data, s->rs.body.buf.len);
	return true;
}

void page_cache_keep(struct page_cache *c, const char *target, int64_t now_ms,
		     const struct response *rs)
{
	struct slot *s = slot_of(c, target);

	if (rs->status != 200 || rs->max_age_s == 0 || *rs->cookie ||
	    rs->body.buf.len == 0 || rs->body.buf.len > PAGE_CACHE_OCTETS)
		return;
	if (s->target)
		empty(s);
	s->target = xstrdup(target);
	s->until_ms = now_ms + rs->max_age_s * INT64_C(1000);
	s->rs = *rs;
	s->rs.body.buf = (struct buf){0};
	buf_add(&s->rs.body.buf, rs->body.buf.data, rs->body.buf.len);
}
