/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/clock_ipc.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/container.h"
#include "base/units.h"
#include "near.h"
#include "os/clock.h"

/* The supervisor's side, with a virtual clock, in a thread of its own. */
struct side {
	struct os_clock clock;
	struct clock_service service;
	struct shared_page *page_rw, *page_ro;
	int fd[2], page_fd[2];
	pthread_t thread;
	int ended_with;
	enum clock_verdict verdict;
	struct clock_ipc ipc; /* the engine's side */
};

static void publish(struct clock_service *service)
{
	struct side *s = CONTAINER_OF(service, struct side, service);
	struct clock_page page = {
		.line = s->clock.line,
		.freq = s->clock.clock.freq,
		.max_freq = s->clock.clock.max_freq,
		.contested = s->clock.clock.contested,
		.precision_log2 = s->clock.clock.precision_log2,
		.stepped = service->guard.stepped,
	};

	shared_page_write(s->page_rw, &page, sizeof page);
}

/* Until the other end closes or something is refused. */
static void *serve(void *arg)
{
	struct side *s = arg;
	struct pollfd p = {.fd = s->fd[0], .events = POLLIN};
	struct ipc_message m;
	int len, r = 1;

	while (r >= 0) {
		poll(&p, 1, -1);
		len = ipc_recv(s->fd[0], &m);
		if (len == -EAGAIN)
			continue;
		if (len <= 0)
			return NULL;
		r = clock_service_handle(&s->service, &m, (size_t)len, 0,
					 &s->verdict);
	}
	s->ended_with = r;
	close(s->fd[0]);
	return NULL;
}

static int open_side(void **state)
{
	struct side *s = calloc(1, sizeof *s);

	assert_non_null(s);
	os_clock_virtual_init(&s->clock, 0.5, 0);
	assert_int_equal(ipc_pair(s->fd), 0);
	assert_int_equal(
		shared_page_create("t", &s->page_fd[0], &s->page_fd[1]), 0);
	assert_int_equal(shared_page_map(s->page_fd[0], true, &s->page_rw), 0);
	assert_int_equal(shared_page_map(s->page_fd[1], false, &s->page_ro), 0);
	s->service = (struct clock_service){.clock = &s->clock.clock,
					    .fd = s->fd[0],
					    .epoch = 4,
					    .changed = publish};
	clock_guard_init(&s->service.guard, s->clock.clock.max_freq, 1000,
			 false, 0);
	publish(&s->service);
	assert_int_equal(clock_ipc_init(&s->ipc, s->page_ro, s->fd[1], 4), 0);
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
	*state = s;
	return 0;
}

static int close_side(void **state)
{
	struct side *s = *state;

	close(s->fd[1]);
	pthread_join(s->thread, NULL);
	if (!s->ended_with)
		close(s->fd[0]);
	close(s->page_fd[0]);
	close(s->page_fd[1]);
	shared_page_unmap(s->page_rw);
	shared_page_unmap(s->page_ro);
	free(s);
	return 0;
}

static double ahead_s(struct side *s)
{
	return s_from_ns(clock_now(&s->ipc.clock) - os_clock_realtime_ns());
}

static void test_read_step_and_steer(void **state)
{
	struct side *s = *state;
	struct clock *c = &s->ipc.clock;
	struct clock_status status = {.synchronised = true};

	assert_near(ahead_s(s), 0.5, 0.01);
	assert_int_equal(clock_step(c, 1.5), 0);
	/* Seen at once, not when the next page comes. */
	assert_near(ahead_s(s), 2.0, 0.01);
	assert_int_equal(clock_set_freq(c, 20e-6), 0);
	assert_near(c->freq, 20e-6, 1e-12);
	assert_near(s->clock.clock.freq, 20e-6, 1e-12);
	/* E-18: what the supervisor's clock found out is known here, too. */
	s->clock.clock.contested = 3;
	assert_int_equal(clock_announce(c, &status), 0);
	assert_int_equal(c->contested, 3);
	assert_true(s->ipc.last.stepped);
}

static void test_nonsense_is_not_even_sent(void **state)
{
	struct side *s = *state;

	assert_int_equal(clock_set_freq(&s->ipc.clock, 1), -ERANGE);
	assert_int_equal(clock_set_freq(&s->ipc.clock, (double)NAN), -ERANGE);
	assert_int_equal(clock_set_freq(&s->ipc.clock, 0), 0);
	s->ipc.clock.max_freq = 0; /* a clock that nobody may steer */
	assert_int_equal(clock_set_freq(&s->ipc.clock, 1e-6), -EPERM);
}

static void test_without_a_channel_it_only_reads(void **state)
{
	struct side *s = *state;
	struct clock_ipc reader;

	assert_int_equal(clock_ipc_init(&reader, s->page_ro, -1, 4), 0);
	assert_int_equal(clock_step(&reader.clock, 1), -EPERM);
	assert_int_equal(clock_set_freq(&reader.clock, 0), -EPERM);
	assert_true(llabs(clock_now(&reader.clock) - clock_now(&s->ipc.clock)) <
		    NS_PER_S / 10);
}

/* E-24: who asks for the impossible is cut off, and nothing has moved. */
static void test_a_refused_step(void **state)
{
	struct side *s = *state;

	assert_int_equal(clock_step(&s->ipc.clock, 3.2e8), -EPIPE);
	pthread_join(s->thread, NULL);
	assert_int_equal(s->ended_with, -EPERM);
	assert_int_equal(s->verdict, CLOCK_ASK_STEP_PANIC);
	assert_near(ahead_s(s), 0.5, 0.01);
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

/* Commands of a former life are answered by nobody and carried out by nobody. */
static void test_stale_commands(void **state)
{
	struct side *s = *state;
	double one = 1;
	struct ipc_message m = {.h = {.magic = IPC_MAGIC,
				      .type = 2,
				      .len = sizeof one,
				      .epoch = 3}};
	enum clock_verdict verdict;

	memcpy(m.body, &one, sizeof one);
	assert_int_equal(clock_service_handle(&s->service, &m,
					      sizeof m.h + sizeof one, 0,
					      &verdict),
			 0);
	assert_near(ahead_s(s), 0.5, 0.01);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_read_step_and_steer,
						open_side, close_side),
		cmocka_unit_test_setup_teardown(test_nonsense_is_not_even_sent,
						open_side, close_side),
		cmocka_unit_test_setup_teardown(
			test_without_a_channel_it_only_reads, open_side,
			close_side),
		cmocka_unit_test_setup_teardown(test_a_refused_step, open_side,
						close_side),
		cmocka_unit_test_setup_teardown(test_stale_commands, open_side,
						close_side),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
