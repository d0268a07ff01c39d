/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/web/request.h"

/*
 * Pages that strangers have asked for a moment ago, as long as they are fresh.
 * A page that many look at is made once in that time.  It holds at most
 * PAGE_CACHE_SLOTS pages of at most PAGE_CACHE_OCTETS; a new one takes the place
 * of whichever lies where it belongs.
 */
#define PAGE_CACHE_SLOTS 128
#define PAGE_CACHE_OCTETS (128u << 10)

struct page_cache;

struct page_cache *page_cache_new(void);

/** NULL does nothing. */
void page_cache_free(struct page_cache *c);

/** May this request be answered with what another stranger got? */
bool page_cache_serves(const struct request *rq);

/**
 * The page at target, with max_age_s as much as is left of it.
 * target: as it came, undecoded.  rs: reset; filled in when true.
 */
bool page_cache_find(struct page_cache *c, const char *target, int64_t now_ms,
		     struct response *rs);

/** Keep a copy of rs if it is a page for everybody (200, max_age_s above 0). */
void page_cache_keep(struct page_cache *c, const char *target, int64_t now_ms,
		     const struct response *rs);
