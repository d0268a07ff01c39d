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

/* However many pages there are, no page is taken for another. */
static void it_is_bounded(void **state)
{
	struct page_cache *c = page_cache_new();
	unsigned found = 0;

	(void)state;
	for (int i = 0; i < 4 * PAGE_CACHE_SLOTS; i++) {
		char target[32];

		snprintf(target, sizeof target, "/%d", i);
		keep(c, target, page(target, 10));
	}
	for (int i = 0; i < 4 * PAGE_CACHE_SLOTS; i++) {
		char target[32];
		struct response rs;

		snprintf(target, sizeof target, "/%d", i);
		response_reset(&rs);
		if (!page_cache_find(c, target, 1001, &rs))
			continue;
		assert_string_equal(buf_text(&rs.body.buf), target);
		response_done(&rs);
		found++;
	}
	assert_in_range(found, 1, PAGE_CACHE_SLOTS);
	page_cache_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_is_fresh_for_its_time),
		cmocka_unit_test(what_is_not_for_all_is_not_kept),
		cmocka_unit_test(it_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
