/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/resolver.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/container.h"
#include "cmocka_all.h"
#include "os/loop.h"

/*
 * The C library's resolver, replaced by a list: tests ask no network.  answers
 * is what the next question gets, unless failure says otherwise.
 */
static const char *const *answers;
static int failure;
static unsigned questions;
static char last_name[256];
static int last_family;

static struct addrinfo *make(const char *text, struct addrinfo *next)
{
	struct addrinfo *a = calloc(1, sizeof *a);
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
	bool is_v4 = inet_pton(AF_INET, text, &v4.sin_addr) == 1;

	assert_non_null(a);
	if (!is_v4)
		assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
	a->ai_family = is_v4 ? AF_INET : AF_INET6;
	a->ai_addrlen = is_v4 ? sizeof v4 : sizeof v6;
	a->ai_addr = calloc(1, sizeof v6);
	assert_non_null(a->ai_addr);
	memcpy(a->ai_addr, is_v4 ? (void *)&v4 : (void *)&v6, a->ai_addrlen);
	a->ai_next = next;
	return a;
}

static struct addrinfo *make_all(const char *const *text)
{
	return *text ? make(*text, make_all(text + 1)) : NULL;
}

int getaddrinfo(const char *restrict name, const char *restrict service,
		const struct addrinfo *restrict hints,
		struct addrinfo **restrict list)
{
	(void)service;
	questions++;
	snprintf(last_name, sizeof last_name, "%s", name);
	last_family = hints->ai_family;
	if (failure)
		return failure;
	*list = make_all(answers);
	return 0;
}

void freeaddrinfo(struct addrinfo *a)
{
	while (a) {
		struct addrinfo *next = a->ai_next;

		free(a->ai_addr);
		free(a);
		a = next;
	}
}

static void assert_addrs(const struct net_addr *addrs, int n,
			 const char *const *want)
{
	char buf[NET_ADDR_TEXT_LEN];

	for (int i = 0; i < n; i++) {
		assert_non_null(want[i]);
		assert_string_equal(net_addr_format(&addrs[i], buf), want[i]);
		assert_int_equal(addrs[i].port, 0);
	}
	assert_null(want[n]);
}

/* Answered without asking anybody, so that they work where no DNS does. */
static void literals(void **state)
{
	static const struct {
		const char *name;
		int family, n;
	} cases[] = {
		{"192.0.2.1", AF_UNSPEC, 1},
		{"192.0.2.1", AF_INET, 1},
		{"192.0.2.1", AF_INET6, -ENOENT},
		{"2001:db8::1", AF_INET6, 1},
		{"[2001:db8::1]", AF_UNSPEC, 1},
		{"127.77.0.1", AF_UNSPEC, 1},
		{"::1", AF_UNSPEC, 1},
		{"0.0.0.0", AF_UNSPEC, -ENOENT},
		{"224.0.1.1", AF_UNSPEC, -ENOENT},
		{"255.255.255.255", AF_UNSPEC, -ENOENT},
		{"ff02::101", AF_UNSPEC, -ENOENT},
		{"::ffff:192.0.2.1", AF_UNSPEC, -ENOENT},
	};
	struct net_addr a[2];

	(void)state;
	questions = 0;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(
			resolve_now(cases[i].name, cases[i].family, a, 2),
			cases[i].n);
	assert_int_equal(questions, 0);
}

/* D-02: what no server can have is left out, from whoever it comes. */
static void unusable_answers(void **state)
{
	static const char *const all[] = {"0.0.0.0",
					  "127.0.0.1",
					  "192.0.2.1",
					  "224.0.1.1",
					  "::ffff:127.0.0.1",
					  "2001:db8::1",
					  "::1",
					  "192.0.2.1",
					  "::",
					  "192.0.2.2",
					  NULL};
	static const char *const good[] = {"192.0.2.1", "2001:db8::1",
					   "192.0.2.2", NULL};
	static const char *const local[] = {"127.0.0.1",   "192.0.2.1",
					    "2001:db8::1", "::1",
					    "192.0.2.2",   NULL};
	static const char *const bad[] = {"127.0.0.1", "0.0.0.0", NULL};
	struct net_addr a[16];
	int n;

	(void)state;
	failure = 0;
	answers = all;
	n = resolve_now("pool.example", AF_INET, a, 16);
	assert_addrs(a, n, good);
	assert_string_equal(last_name, "pool.example");
	assert_int_equal(last_family, AF_INET);
	n = resolve_now("LocalHost", AF_UNSPEC, a, 16);
	assert_addrs(a, n, local);
	n = resolve_now("localhost.example", AF_UNSPEC, a, 16);
	assert_addrs(a, n, good);
	answers = bad;
	assert_int_equal(resolve_now("x.example", AF_UNSPEC, a, 16), -ENOENT);
}

/* D-01: never more than there is room for. */
static void no_more_than_room(void **state)
{
	static const char *const all[] = {"192.0.2.1", "192.0.2.2", "192.0.2.3",
					  NULL};
	struct net_addr a[3] = {0};

	(void)state;
	failure = 0;
	answers = all;
	assert_int_equal(resolve_now("x.example", AF_UNSPEC, a, 2), 2);
	assert_int_equal(a[2].family, AF_UNSPEC);
}

/* D-03: "no such name" and "not now" are different answers. */
static void failures(void **state)
{
	static const struct {
		int eai, error;
	} cases[] = {
		{EAI_NONAME, -ENOENT}, {EAI_NODATA, -ENOENT},
		{EAI_AGAIN, -EAGAIN},  {EAI_MEMORY, -EAGAIN},
		{EAI_FAIL, -EIO},      {EAI_SYSTEM, -EIO},
	};
	struct net_addr a;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		failure = cases[i].eai;
		assert_int_equal(resolve_now("x.example", AF_UNSPEC, &a, 1),
				 cases[i].error);
	}
}

struct asker {
	struct resolve q;
	struct loop *loop;
	unsigned calls;
	size_t n;
	int error;
};

static unsigned open_questions;

static void on_answer(struct resolve *q, const struct net_addr *addrs, size_t n,
		      int error)
{
	struct asker *a = CONTAINER_OF(q, struct asker, q);

	assert_int_equal(q->id, 0);
	assert_true(n == 0 || addrs[0].family != AF_UNSPEC);
	a->calls++;
	a->n = n;
	a->error = error;
	if (--open_questions == 0)
		loop_stop(a->loop);
}

static void ask(struct asker *a, struct os_resolver *r, const char *name)
{
	*a = (struct asker){.loop = r->loop, .q.done = on_answer};
	snprintf(a->q.name, sizeof a->q.name, "%s", name);
	open_questions++;
	resolver_ask(&r->resolver, &a->q);
	assert_int_equal(a->calls, 0); /* never from inside */
}

static void asked_and_answered_later(void **state)
{
	static const char *const two[] = {"192.0.2.1", "192.0.2.2", NULL};
	struct os_loop l;
	struct os_resolver r;
	struct asker a[4];

	(void)state;
	failure = 0;
	answers = two;
	open_questions = 0;
	os_loop_init(&l);
	os_resolver_init(&r, &l.loop);
	ask(&a[0], &r, "one.example");
	ask(&a[1], &r, "127.77.0.1");
	ask(&a[2], &r, "two.example");
	ask(&a[3], &r, "0.0.0.0");
	resolver_cancel(&r.resolver, &a[2].q);
	resolver_cancel(&r.resolver, &a[2].q);
	open_questions--;
	assert_int_equal(loop_run(&l.loop), 0);
	assert_int_equal(a[0].calls, 1);
	assert_int_equal(a[0].n, 2);
	assert_int_equal(a[1].n, 1);
	assert_int_equal(a[2].calls, 0);
	assert_int_equal(a[3].calls, 1);
	assert_int_equal(a[3].error, -ENOENT);

	/* A question may be asked again, and dropped with the resolver. */
	ask(&a[0], &r, "one.example");
	os_resolver_done(&r);
	assert_int_equal(loop_next_due(&l.loop), INT64_MAX);
	os_loop_done(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(literals),
		cmocka_unit_test(unusable_answers),
		cmocka_unit_test(no_more_than_room),
		cmocka_unit_test(failures),
		cmocka_unit_test(asked_and_answered_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
