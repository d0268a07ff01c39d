/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/container.h"
#include "cmocka_all.h"
#include "sim/world.h"

struct question {
	struct resolve resolve;
	unsigned answers;
	size_t n;
	int error;
	struct net_addr first;
};

static void done(struct resolve *q, const struct net_addr *addrs, size_t n,
		 int error)
{
	struct question *question = CONTAINER_OF(q, struct question, resolve);

	assert_int_equal(q->id, 0);
	question->answers++;
	question->n = n;
	question->error = error;
	if (n)
		question->first = addrs[0];
}

static struct question question(const char *name, int family)
{
	struct question q = {.resolve = {.family = family, .done = done}};

	snprintf(q.resolve.name, sizeof q.resolve.name, "%s", name);
	return q;
}

static void answers_come_later(void **state)
{
	struct world *w = world_new(1);
	struct sim_host *h = sim_host_new(w, "10.0.0.1");
	struct question q = question("a.example", AF_UNSPEC);
	struct question q6 = question("a.example", AF_INET6);
	struct question no = question("b.example", AF_UNSPEC);

	(void)state;
	sim_name_add(world_name(w, "a.example"), "10.0.0.9");
	sim_name_add(world_name(w, "a.example"), "2001:db8::9");
	world_name(w, "a.example")->delay_s = 30;
	resolver_ask(h->io.resolver, &q.resolve);
	resolver_ask(h->io.resolver, &q6.resolve);
	resolver_ask(h->io.resolver, &no.resolve);
	assert_true(q.resolve.id != 0);
	world_run(w, 29);
	assert_int_equal(q.answers, 0);
	assert_int_equal(no.error, -ENOENT);
	world_run(w, 31);
	assert_int_equal(q.answers, 1);
	assert_int_equal(q.n, 2);
	assert_int_equal(q6.n, 1);
	assert_int_equal(q6.first.family, AF_INET6);
	assert_int_equal(world_name(w, "a.example")->asked, 2);
	world_free(w);
}

static void a_cancelled_question_has_no_answer(void **state)
{
	struct world *w = world_new(1);
	struct sim_host *h = sim_host_new(w, "10.0.0.1");
	struct question q = question("a.example", AF_UNSPEC);

	(void)state;
	resolver_ask(h->io.resolver, &q.resolve);
	resolver_cancel(h->io.resolver, &q.resolve);
	resolver_cancel(h->io.resolver, &q.resolve);
	world_run(w, 100);
	assert_int_equal(q.answers, 0);
	resolver_ask(h->io.resolver, &q.resolve); /* left to world_free() */
	world_free(w);
}

/* D-03: a name fails until the network is up. */
static void failures_end(void **state)
{
	struct world *w = world_new(1);
	struct sim_host *h = sim_host_new(w, "10.0.0.1");
	struct question q = question("a.example", AF_UNSPEC);
	struct sim_name *name = world_name(w, "a.example");

	(void)state;
	sim_name_add(name, "10.0.0.9");
	name->error = -EAGAIN;
	resolver_ask(h->io.resolver, &q.resolve);
	world_run(w, 1);
	assert_int_equal(q.error, -EAGAIN);
	name->error = 0;
	resolver_ask(h->io.resolver, &q.resolve);
	world_run(w, 2);
	assert_int_equal(q.error, 0);
	assert_int_equal(q.n, 1);
	world_free(w);
}

/* D-01: no resolver hands out more than the interface says. */
static void a_long_answer_is_cut(void **state)
{
	struct world *w = world_new(1);
	struct sim_host *h = sim_host_new(w, "10.0.0.1");
	struct question q = question("pool.example", AF_INET);

	(void)state;
	for (int i = 1; i <= 89; i++) {
		char addr[20];

		snprintf(addr, sizeof addr, "10.1.0.%d", i);
		sim_name_add(world_name(w, "pool.example"), addr);
	}
	resolver_ask(h->io.resolver, &q.resolve);
	world_run(w, 1);
	assert_int_equal(q.n, RESOLVE_MAX_ADDRS);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_come_later),
		cmocka_unit_test(a_cancelled_question_has_no_answer),
		cmocka_unit_test(failures_end),
		cmocka_unit_test(a_long_answer_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
