/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/resolver_ipc.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/container.h"
#include "cmocka_all.h"

struct question {
	struct resolve q;
	unsigned answers;
	int error;
	size_t n;
	struct net_addr first;
};

static void on_done(struct resolve *q, const struct net_addr *addrs, size_t n,
		    int error)
{
	struct question *a = CONTAINER_OF(q, struct question, q);

	a->answers++;
	a->error = error;
	a->n = n;
	if (n)
		a->first = addrs[0];
}

struct pair {
	struct os_loop loop;
	struct resolver_ipc r;
	int fd[2];
	struct timer stop;
};

static void on_stop(struct timer *t)
{
	loop_stop(&CONTAINER_OF(t, struct pair, stop)->loop.loop);
}

static int open_pair(void **state)
{
	static struct pair p;

	os_loop_init(&p.loop);
	assert_int_equal(ipc_pair(p.fd), 0);
	resolver_ipc_init(&p.r, &p.loop, p.fd[0], 8);
	p.stop.fn = on_stop;
	*state = &p;
	return 0;
}

static int close_pair(void **state)
{
	struct pair *p = *state;

	resolver_ipc_done(&p->r);
	os_loop_done(&p->loop);
	close(p->fd[0]);
	close(p->fd[1]);
	return 0;
}

static void ask(struct pair *p, struct question *a, const char *name)
{
	*a = (struct question){.q = {.family = AF_UNSPEC, .done = on_done}};
	strcpy(a->q.name, name);
	resolver_ask(&p->r.resolver, &a->q);
	assert_int_equal(a->answers, 0); /* never from inside */
}

static void run_for(struct pair *p, int64_t ns)
{
	timer_arm(&p->loop.loop, &p->stop, loop_mono(&p->loop.loop) + ns);
	p->loop.loop.stop = false;
	assert_int_equal(loop_run(&p->loop.loop), 0);
}

#define MS INT64_C(1000000)

/* The other side dead or alive. */
static void test_literals_need_nobody(void **state)
{
	struct pair *p = *state;
	struct question a, b;
	struct ipc_message m;

	ask(p, &a, "192.0.2.7");
	ask(p, &b, "2001:db8::1");
	run_for(p, 20 * MS);
	assert_int_equal(a.answers, 1);
	assert_int_equal(a.n, 1);
	assert_int_equal(a.first.ip[3], 7);
	assert_int_equal(b.first.family, AF_INET6);
	assert_int_equal(ipc_recv(p->fd[1], &m), -EAGAIN);
}

static void *serve_one(void *arg)
{
	struct pair *p = arg;
	struct ipc_message m, reply;
	int len;

	do
		len = ipc_recv(p->fd[1], &m);
	while (len == -EAGAIN);
	assert_int_equal(resolver_ipc_answer(NULL, &m, (size_t)len, &reply), 0);
	ipc_send(p->fd[1], &reply.h, reply.body);
	return NULL;
}

static void test_names_are_asked(void **state)
{
	struct pair *p = *state;
	struct question a;
	pthread_t other;

	assert_int_equal(pthread_create(&other, NULL, serve_one, p), 0);
	ask(p, &a, "localhost");
	run_for(p, 300 * MS);
	pthread_join(other, NULL);
	assert_int_equal(a.answers, 1);
	assert_int_equal(a.error, 0);
	assert_true(net_addr_is_loopback(&a.first));
}

static void test_cancelled_is_never_answered(void **state)
{
	struct pair *p = *state;
	struct question a;

	ask(p, &a, "192.0.2.7");
	resolver_cancel(&p->r.resolver, &a.q);
	resolver_cancel(&p->r.resolver, &a.q);
	run_for(p, 20 * MS);
	assert_int_equal(a.answers, 0);
}

/* The resolver died with the question: it ends, and can be asked again. */
static void test_a_silent_resolver(void **state)
{
	struct pair *p = *state;
	struct question a;

	ask(p, &a, "name.test");
	p->r.heard_ns -= RESOLVER_IPC_TIMEOUT_NS; /* a minute later */
	timer_arm(&p->loop.loop, &p->r.timer, loop_mono(&p->loop.loop));
	run_for(p, 20 * MS);
	assert_int_equal(a.answers, 1);
	assert_int_equal(a.error, -EAGAIN);
}

/* As resolver_ipc.c lays it out. */
struct answer {
	uint32_t id;
	int32_t error;
	uint32_t n;
	struct net_addr addr[RESOLVE_MAX_ADDRS];
};

static int take(struct pair *p, const struct answer *a)
{
	struct ipc_message m = {.h = {.magic = IPC_MAGIC,
				      .type = 2,
				      .len = sizeof *a,
				      .epoch = 8}};

	memcpy(m.body, a, sizeof *a);
	return resolver_ipc_take(&p->r, &m, sizeof m.h + sizeof *a);
}

static void test_hostile_answers(void **state)
{
	struct pair *p = *state;
	struct question q;
	struct answer a = {.n = 1};

	ask(p, &q, "name.test");
	a.id = q.q.id;
	assert_int_equal(net_addr_parse("224.0.0.1", &a.addr[0]), 0);
	assert_int_equal(take(p, &a), -EPROTO); /* D-02 */
	assert_int_equal(net_addr_parse("192.0.2.1", &a.addr[0]), 0);
	a.n = 1000;
	assert_int_equal(take(p, &a), -EPROTO);
	a.n = 0; /* neither an answer nor an error */
	assert_int_equal(take(p, &a), -EPROTO);
	a.n = 1;
	a.error = 5;
	assert_int_equal(take(p, &a), -EPROTO);
	a.error = 0;
	a.id++;
	assert_int_equal(take(p, &a), -EPROTO);
	assert_int_equal(q.answers, 0);
	a.id--;
	assert_int_equal(take(p, &a), 0);
	assert_int_equal(q.answers, 1);
	assert_int_equal(take(p, &a), -EPROTO); /* twice */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_literals_need_nobody,
						open_pair, close_pair),
		cmocka_unit_test_setup_teardown(test_names_are_asked, open_pair,
						close_pair),
		cmocka_unit_test_setup_teardown(
			test_cancelled_is_never_answered, open_pair,
			close_pair),
		cmocka_unit_test_setup_teardown(test_a_silent_resolver,
						open_pair, close_pair),
		cmocka_unit_test_setup_teardown(test_hostile_answers, open_pair,
						close_pair),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
