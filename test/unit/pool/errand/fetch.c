/* SPDX-License-Identifier: BSD-2-Clause */
/* Strangers' web servers: what they may do to us, and where we never call. */
#include "pool/errand/fetch.h"

#include <errno.h>
#include <stdlib.h>

#include "http_stub.h"

static int get(const char *answer, size_t len, struct buf *body, char *why,
	       size_t cap, char *request, size_t request_cap)
{
	struct guard g = {.private_addresses = true};
	struct text t = text_init(why, cap);
	struct http_stub stub;
	char url[64];
	ssize_t n;
	int r;

	assert_true(http_stub_start(&stub, "127.0.0.1", 0, answer, len, 0));
	snprintf(url, sizeof url, "http://127.0.0.1:%u/a/b", stub.port);
	r = fetch_page(url, "time.example.org", &g, body, &t);
	n = read(stub.seen, request, request_cap - 1);
	request[n > 0 ? n : 0] = '\0';
	http_stub_stop(&stub);
	return r;
}

static int get_text(const char *answer, char *why, size_t cap)
{
	struct buf body = {0};
	char request[4096];
	int r = get(answer, strlen(answer), &body, why, cap, request,
		    sizeof request);

	buf_done(&body);
	return r;
}

static void a_page(void **state)
{
	static const char answer[] =
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
	struct buf body = {0};
	char why[200], request[4096];

	(void)state;
	assert_int_equal(get(answer, sizeof answer - 1, &body, why, sizeof why,
			     request, sizeof request),
			 0);
	assert_string_equal(buf_text(&body), "hello");
	assert_ptr_equal(strstr(request, "GET /a/b HTTP/1.1\r\n"), request);
	assert_non_null(strstr(request, "\r\nHost: time.example.org\r\n"));
	buf_done(&body);
}

static void redirects_are_not_followed(void **state)
{
	char why[200];

	(void)state;
	assert_int_equal(get_text("HTTP/1.1 302 Found\r\nLocation: /a/b\r\n"
				  "Content-Length: 0\r\n\r\n",
				  why, sizeof why),
			 -EREMOTEIO);
	assert_non_null(strstr(why, "redirects are not followed"));
	assert_int_equal(
		get_text("HTTP/1.1 200 OK\r\nLocation: http://127.0.0.1/\r\n"
			 "Content-Length: 0\r\n\r\n",
			 why, sizeof why),
		0);
}

static void long_pages_are_cut_off(void **state)
{
	static const char head[] = "HTTP/1.1 200 OK\r\n\r\n";
	size_t len = 10 << 20;
	char *answer = malloc(len), why[200], request[4096];
	struct buf body = {0};

	(void)state;
	memset(answer, 'a', len);
	memcpy(answer, head, sizeof head - 1);
	assert_int_equal(get(answer, len, &body, why, sizeof why, request,
			     sizeof request),
			 -EFBIG);
	assert_true(body.len <= FETCH_MAX);
	free(answer);
	buf_done(&body);
}

static void rubbish(void **state)
{
	char why[200];

	(void)state;
	assert_int_equal(get_text("SSH-2.0-OpenSSH_9.2\r\n", why, sizeof why),
			 -ECONNREFUSED);
	assert_int_equal(get_text("", why, sizeof why), -ECONNREFUSED);
	assert_int_equal(get_text("HTTP/1.1 404 Not Found\r\n"
				  "Content-Length: 0\r\n\r\n",
				  why, sizeof why),
			 -EREMOTEIO);
}

/* The pool's own machine and network are not for strangers to reach. */
static void inside_is_refused(void **state)
{
	static const char *const urls[] = {
		"http://127.0.0.1:8123/",
		"http://localhost:8123/",
		"http://[::1]:8123/",
		"http://[::ffff:127.0.0.1]:8123/",
		"http://0.0.0.0:8123/",
		"http://10.0.0.1/",
		"http://169.254.169.254/latest/",
		"http://0x7f.1:8123/",
		"http://2130706433:8123/",
	};
	struct guard g = {0};

	(void)state;
	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
		struct buf body = {0};
		char why[200];
		struct text t = text_init(why, sizeof why);

		if (fetch_page(urls[i], NULL, &g, &body, &t) != -EACCES)
			fail_msg("%s: %s", urls[i], why);
		buf_done(&body);
	}
	assert_int_equal(
		fetch_page("file:///etc/passwd", NULL, &g, &(struct buf){0},
			   &(struct text){.buf = (char[9]){0}, .cap = 9}),
		-ECONNREFUSED);
}

static void guard_knows_ports(void **state)
{
	struct guard g = {0}, private = {.private_addresses = true};
	struct net_addr a, inside, none;

	(void)state;
	assert_int_equal(net_addr_parse("62.1.2.3", &a), 0);
	assert_int_equal(net_addr_parse("10.1.2.3", &inside), 0);
	assert_int_equal(net_addr_parse("0.0.0.0", &none), 0);
	for (unsigned port = 1; port < 65536; port++) {
		a.port = inside.port = none.port = (uint16_t)port;
		assert_int_equal(guard_allows(&g, &a),
				 port == 80 || port == 443 || port >= 1024);
		assert_false(guard_allows(&g, &inside));
		assert_int_equal(guard_allows(&private, &inside),
				 port == 80 || port == 443 || port >= 1024);
		assert_false(guard_allows(&private, &none));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page),
		cmocka_unit_test(redirects_are_not_followed),
		cmocka_unit_test(long_pages_are_cut_off),
		cmocka_unit_test(rubbish),
		cmocka_unit_test(inside_is_refused),
		cmocka_unit_test(guard_knows_ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
