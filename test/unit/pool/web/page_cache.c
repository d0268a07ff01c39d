/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/web/page_cache.h"

#include <stdio.h>
#include <string.h>

#include "near.h"

static struct response page(const char *text, unsigned max_age_s)
{
	struct response rs;

	response_reset(&rs);
	rs.max_age_s = max_age_s;
	html_raw(&rs.body, text, strlen(text));
	return rs;
}

static void keep(struct page_cache *c, const char *target, struct response rs)
{
	page_cache_keep(c, target, 1000, &rs);
	response_done(&rs);
}

static void a_page_is_fresh_for_its_time(void **state)
{
	struct page_cache *c = page_cache_new();
	struct response rs;

	(void)state;
	keep(c, "/a?x=1", page("one", 10));
	response_reset(&rs);
	assert_false(page_cache_find(c, "/a?x=2", 1000, &rs));
	assert_true(page_cache_find(c, "/a?x=1", 4500, &rs));
	assert_string_equal(buf_text(&rs.body.buf), "one");
	assert_int_equal(rs.max_age_s, 7);
	response_done(&rs);
	response_reset(&rs);
	assert_false(page_cache_find(c, "/a?x=1", 11000, &rs));
	/* a clock that went back has told nothing about what is fresh */
	assert_false(page_cache_find(c, "/a?x=1", 0, &rs));
	page_cache_free(c);
}

static void what_is_not_for_all_is_not_kept(void **state)
{
	struct page_cache *c = page_cache_new();
	struct response rs = page("mine", 10);

	(void)state;
	strcpy(rs.cookie, "session=1");
	keep(c, "/a", rs);
	keep(c, "/b", page("never", 0));
	rs = page("gone", 10);
	rs.status = 404;
	keep(c, "/c", rs);
	response_reset(&rs);
	assert_false(page_cache_find(c, "/a", 1001, &rs));
	assert_false(page_cache_find(c, "/b", 1001, &rs));
	assert_false(page_cache_find(c, "/c", 1001, &rs));
	page_cache_free(c);
}

/* However many pages there are: the oldest make room, none is another. */
static void it_is_bounded(void **state)
{
	enum { PAGES = 3000, LEN = 50000 };
	static char body[LEN];
	struct page_cache *c = page_cache_new();
	int oldest = -1;

	(void)state;
	memset(body, '.', sizeof body - 1);
	for (int i = 0; i < PAGES; i++) {
		char target[32];
		int n = snprintf(target, sizeof target, "/%d", i);

		memcpy(body, target, (size_t)n);
		body[n] = ' ';
		keep(c, target, page(body, 10));
		assert_true(page_cache_size(c) <= PAGE_CACHE_OCTETS);
	}
	assert_true(page_cache_size(c) > PAGE_CACHE_OCTETS / 2);
	for (int i = 0; i < PAGES; i++) {
		char target[32];
		struct response rs;

		snprintf(target, sizeof target, "/%d", i);
		response_reset(&rs);
		if (!page_cache_find(c, target, 1001, &rs)) {
			assert_int_equal(oldest, -1);
			continue;
		}
		oldest = oldest < 0 ? i : oldest;
		assert_int_equal(strcspn(buf_text(&rs.body.buf), " "),
				 strlen(target));
		assert_memory_equal(buf_text(&rs.body.buf), target,
				    strlen(target));
		response_done(&rs);
	}
	assert_in_range(oldest, 1, PAGES - 100);
	page_cache_free(c);
}

static void what_is_asked_for_stays(void **state)
{
	static char body[PAGE_CACHE_ONE + 2];
	struct page_cache *c = page_cache_new();
	struct response rs;

	(void)state;
	memset(body, '.', PAGE_CACHE_ONE + 1);
	keep(c, "/large", page(body, 10));
	response_reset(&rs);
	assert_false(page_cache_find(c, "/large", 1001, &rs));
	body[PAGE_CACHE_ONE] = '\0';
	keep(c, "/asked", page(body, 10));
	for (int i = 0; i < 500; i++) {
		char target[32];

		snprintf(target, sizeof target, "/%d", i);
		keep(c, target, page(body, 10));
		response_reset(&rs);
		assert_true(page_cache_find(c, "/asked", 1001, &rs));
		response_done(&rs);
	}
	response_reset(&rs);
	assert_false(page_cache_find(c, "/0", 1001, &rs));
	page_cache_free(c);
}

/* What changed has another ETag, what did not has the same. */
static void every_page_has_an_etag(void **state)
{
	struct page_cache *c = page_cache_new();
	struct response one = page("one", 10), same = page("one", 10);
	struct response two = page("two", 10), own = page("own", 10), rs;

	(void)state;
	strcpy(own.etag, "\"own\"");
	page_cache_keep(c, "/a", 1000, &one);
	page_cache_keep(c, "/a", 1000, &same);
	page_cache_keep(c, "/a", 1000, &two);
	page_cache_keep(c, "/b", 1000, &own);
	assert_string_equal(one.etag, same.etag);
	assert_string_not_equal(one.etag, two.etag);
	assert_string_equal(own.etag, "\"own\"");
	response_reset(&rs);
	assert_true(page_cache_find(c, "/a", 1001, &rs));
	assert_string_equal(rs.etag, two.etag);
	assert_string_equal(buf_text(&rs.body.buf), "two");
	response_done(&rs);
	response_done(&one);
	response_done(&same);
	response_done(&two);
	response_done(&own);
	page_cache_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_is_fresh_for_its_time),
		cmocka_unit_test(what_is_not_for_all_is_not_kept),
		cmocka_unit_test(it_is_bounded),
		cmocka_unit_test(what_is_asked_for_stays),
		cmocka_unit_test(every_page_has_an_etag),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
