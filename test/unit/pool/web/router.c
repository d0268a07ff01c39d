/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/web/router.h"

#include <errno.h>
#include <stdlib.h>

#include "visit.h"

static void page_a(const struct request *rq, struct response *rs)
{
	(void)rq;
	(void)rs;
}

static void page_b(const struct request *rq, struct response *rs)
{
	(void)rq;
	(void)rs;
}

static const struct route table[] = {
	{"GET", "/", PAGE_PUBLIC, page_a, 0},
	{"GET", "/scores/:address", PAGE_PUBLIC, page_a, 0},
	{"GET", "/scores/:address/log", PAGE_PUBLIC, page_b, 0},
	{"POST", "/scores/:address", PAGE_PUBLIC, page_b, 0},
	{"GET", "/static/*", PAGE_PUBLIC, page_a, 0},
	{"GET", "/a/:x/b/:y", PAGE_PUBLIC, page_b, 0},
	{0},
};

static void finds(const char *method, const char *path, int row,
		  const char *first, const char *second)
{
	const char *arg[REQUEST_ARGS] = {NULL};
	char allow[64], *text = NULL;
	const struct route *r =
		router_find(table, method, path, arg, &text, allow);

	assert_ptr_equal(r, row < 0 ? NULL : &table[row]);
	if (first)
		assert_string_equal(arg[0], first);
	if (second)
		assert_string_equal(arg[1], second);
	free(text);
}

static void test_patterns(void **state)
{
	(void)state;
	finds("GET", "/", 0, NULL, NULL);
	finds("GET", "/scores/192.0.2.1", 1, "192.0.2.1", NULL);
	finds("GET", "/scores/2001:db8::1/log", 2, "2001:db8::1", NULL);
	finds("POST", "/scores/192.0.2.1", 3, "192.0.2.1", NULL);
	finds("GET", "/scores/", -1, NULL, NULL);
	finds("GET", "/scores//log", -1, NULL, NULL);
	finds("GET", "/scores/x/log/y", -1, NULL, NULL);
	finds("GET", "/static/a/b.css", 4, "a/b.css", NULL);
	finds("GET", "/a/1/b/2", 5, "1", "2");
	finds("GET", "/a/1/b/", -1, NULL, NULL);
	finds("GET", "", -1, NULL, NULL);
}

static void test_methods_of_a_path(void **state)
{
	const char *arg[REQUEST_ARGS] = {NULL};
	char allow[64], *text = NULL;

	(void)state;
	assert_null(
		router_find(table, "DELETE", "/scores/x", arg, &text, allow));
	assert_string_equal(allow, "GET, POST");
	assert_null(router_find(table, "GET", "/nowhere", arg, &text, allow));
	assert_string_equal(allow, "");
}

static void test_targets(void **state)
{
	static const char *const bad[] = {
		"",         "x",          "/%",           "/%00",    "/a/../b",
		"/..",      "/%2e%2e/b",  "/a/./b",       "/%0a",    "/%ff",
		"/a?b=%zz", "/a?b=1&b=2", "/a?b=%0d%0ac", "/%c0%ae",
	};
	struct request rq = {0};

	(void)state;
	assert_int_equal(request_target(&rq, "/a%20b/..c?x=1%262"), 0);
	assert_string_equal(rq.path, "/a b/..c");
	assert_string_equal(request_query(&rq, "x"), "1&2");
	assert_int_equal(request_number(&rq, "x", 0, 9, 7), 7);
	request_done(&rq);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(request_target(&rq, bad[i]), -EINVAL);
		request_done(&rq);
	}
}

static void test_unknown_pages_say_so(void **state)
{
	struct pool_settings s = {.name = (char[]){"The <pool>"}};
	struct visit v;

	(void)state;
	visit(&v, NULL, &s, "GET", "/no/such/page", NULL);
	assert_int_equal(v.rs.status, 404);
	assert_non_null(strstr(visit_body(&v), "The &lt;pool&gt;"));
	visit_done(&v);
	visit(&v, NULL, &s, "DELETE", "/healthz", NULL);
	assert_int_equal(v.rs.status, 405);
	assert_string_equal(v.rs.allow, "GET");
	visit_done(&v);
	visit(&v, NULL, &s, "GET", "/api/nothing", NULL);
	assert_int_equal(v.rs.status, 404);
	assert_string_equal(v.rs.type, "application/json");
	assert_string_equal(visit_body(&v),
			    "{\"error\":\"There is no such page.\"}");
	visit_done(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_methods_of_a_path),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_unknown_pages_say_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
