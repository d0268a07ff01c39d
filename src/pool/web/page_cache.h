/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/web/request.h"

/*
 * Pages that strangers have asked for a moment ago, as long as they are fresh.
 * A page that many look at is made once in that time.  All of them together
 * take at most PAGE_CACHE_OCTETS, one at most PAGE_CACHE_ONE; those that nobody
 * has asked for the longest make room.
 */
#define PAGE_CACHE_OCTETS (32u << 20)
#define PAGE_CACHE_ONE (256u << 10)

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

/**
 * Keep a copy of rs if it is a page for everybody (200, max_age_s above 0).
 * It gets an ETag when it has none, so that who has it need not load it again.
 */
void page_cache_keep(struct page_cache *c, const char *target, int64_t now_ms,
		     struct response *rs);

/** Octets that it takes now. */
size_t page_cache_size(const struct page_cache *c);
