/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/loop.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/container.h"
#include "base/units.h"
#include "cmocka_all.h"

struct end {
	struct os_watch watch;
	int other; /* the far end of the pair */
	unsigned reads, writes, errors;
	struct os_loop *loop;
	struct end *victim; /* to be taken off the loop by our callback */
};

static void on_read(struct os_watch *w)
{
	struct end *e = CONTAINER_OF(w, struct end, watch);
	char c;

	e->reads++;
	(void)!recv(w->fd, &c, 1, MSG_DONTWAIT);
	if (e->victim)
		os_loop_unwatch(e->loop, &e->victim->watch);
}

static void on_write(struct os_watch *w)
{
	CONTAINER_OF(w, struct end, watch)->writes++;
}

static void on_error(struct os_watch *w)
{
	CONTAINER_OF(w, struct end, watch)->errors++;
}

static void end_open(struct end *e, struct os_loop *l)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds), 0);
	*e = (struct end){.loop = l, .other = fds[1]};
	e->watch = (struct os_watch){
		.fd = fds[0], .readable = on_read, .writable = on_write};
	os_loop_watch(l, &e->watch);
}

static void end_close(struct end *e)
{
	os_loop_unwatch(e->loop, &e->watch);
	close(e->watch.fd);
	close(e->other);
}

static void wait_ms(struct os_loop *l, int64_t ms)
{
	l->loop.ops->wait(&l->loop, loop_mono(&l->loop) + ms * NS_PER_MS);
}

/* One call per round: the second datagram waits for the second round. */
static void reads_once_a_round(void **state)
{
	struct os_loop l;
	struct end e;

	(void)state;
	os_loop_init(&l);
	end_open(&e, &l);
	assert_int_equal(write(e.other, "ab", 1), 1);
	assert_int_equal(write(e.other, "cd", 1), 1);
	wait_ms(&l, 1000);
	assert_int_equal(e.reads, 1);
	wait_ms(&l, 1000);
	assert_int_equal(e.reads, 2);
	wait_ms(&l, 5);
	assert_int_equal(e.reads, 2);
	end_close(&e);
	os_loop_done(&l);
}

static void writes_only_on_demand(void **state)
{
	struct os_loop l;
	struct end e;

	(void)state;
	os_loop_init(&l);
	end_open(&e, &l);
	wait_ms(&l, 1);
	assert_int_equal(e.writes, 0);
	os_loop_want_write(&l, &e.watch, true);
	wait_ms(&l, 1000);
	assert_int_equal(e.writes, 1);
	os_loop_want_write(&l, &e.watch, false);
	wait_ms(&l, 1);
	assert_int_equal(e.writes, 1);
	end_close(&e);
	os_loop_done(&l);
}

/* Whoever is removed by a callback of the same round is not called any more. */
static void survives_removal_in_callbacks(void **state)
{
	(void)state;
	for (unsigned killer = 0; killer < 3; killer++)
		for (unsigned victim = 0; victim < 3; victim++) {
			struct os_loop l;
			struct end e[3];
			unsigned reads = 0;

			os_loop_init(&l);
			for (unsigned i = 0; i < 3; i++)
				end_open(&e[i], &l);
			e[killer].victim = &e[victim];
			for (unsigned i = 0; i < 3; i++)
				assert_int_equal(write(e[i].other, "x", 1), 1);
			wait_ms(&l, 1000);
			wait_ms(&l, 1);
			for (unsigned i = 0; i < 3; i++) {
				assert_true(e[i].reads <= 1);
				reads += e[i].reads;
			}
			/* Downwards: only a later place is heard before. */
			assert_int_equal(reads, victim < killer ? 2 : 3);
			for (unsigned i = 0; i < 3; i++)
				end_close(&e[i]);
			os_loop_done(&l);
		}
}

static void tells_errors_to_whom_it_may_concern(void **state)
{
	struct os_loop l;
	struct end e;
	int fds[2];

	(void)state;
	os_loop_init(&l);
	/* The far end goes: a hang-up, which is something to read. */
	end_open(&e, &l);
	os_loop_unwatch(&l, &e.watch);
	close(e.watch.fd);
	close(e.other);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	e.watch.fd = fds[0];
	close(fds[1]);
	os_loop_watch(&l, &e.watch);
	wait_ms(&l, 1000);
	assert_int_equal(e.reads, 1);
	os_loop_unwatch(&l, &e.watch);
	close(fds[0]);
	/* A pipe that nobody reads is an error, with and without a listener. */
	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	e.watch.fd = fds[1];
	os_loop_watch(&l, &e.watch);
	wait_ms(&l, 1000);
	assert_int_equal(e.reads, 2);
	e.watch.error = on_error;
	wait_ms(&l, 1000);
	assert_int_equal(e.reads, 2);
	assert_int_equal(e.errors, 1);
	os_loop_unwatch(&l, &e.watch);
	close(fds[1]);
	os_loop_done(&l);
}

struct tick {
	struct timer timer;
	struct loop *loop;
	unsigned left;
	int64_t late_ns; /* the worst */
};

static void on_tick(struct timer *t)
{
	struct tick *k = CONTAINER_OF(t, struct tick, timer);
	int64_t late = loop_mono(k->loop) - t->due_ns;

	assert_true(late >= 0);
	if (late > k->late_ns)
		k->late_ns = late;
	if (--k->left == 0)
		loop_stop(k->loop);
	else
		timer_arm(k->loop, t, t->due_ns + 3700000);
}

/* Waiting is rounded up to poll's milliseconds, so each timer costs one round. */
static void timers_do_not_spin(void **state)
{
	struct os_loop l;
	struct tick k = {.timer.fn = on_tick, .loop = &l.loop, .left = 20};
	unsigned rounds = 0;

	(void)state;
	os_loop_init(&l);
	timer_arm(&l.loop, &k.timer, loop_mono(&l.loop) + 3700000);
	for (; !l.loop.stop; rounds++) {
		assert_int_equal(
			l.loop.ops->wait(&l.loop, loop_next_due(&l.loop)), 0);
		loop_run_due(&l.loop);
	}
	assert_int_equal(rounds, 20);
	os_loop_done(&l);
}

static volatile sig_atomic_t alarms;

static void on_alarm(int sig)
{
	(void)sig;
	alarms = alarms + 1;
}

static void storm(suseconds_t interval_us)
{
	const struct itimerval it = {{0, interval_us}, {0, interval_us}};
	const struct sigaction sa = {.sa_handler =
					     on_alarm}; /* no SA_RESTART */

	assert_int_equal(sigaction(SIGALRM, &sa, NULL), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &it, NULL), 0);
}

/* E-03: signals a thousand times a second change nothing but the rounds. */
static void interrupts_have_no_effect(void **state)
{
	struct os_loop l;
	struct tick k = {.timer.fn = on_tick, .loop = &l.loop, .left = 50};

	(void)state;
	os_loop_init(&l);
	timer_arm(&l.loop, &k.timer, loop_mono(&l.loop));
	alarms = 0;
	storm(1000);
	assert_int_equal(loop_run(&l.loop), 0);
	storm(0);
	assert_int_equal(k.left, 0);
	assert_true(alarms >= 20);
	os_loop_done(&l);
}

static void a_signal_stops_the_loop(void **state)
{
	struct os_loop l;
	struct end e;
	int64_t start;

	(void)state;
	os_loop_init(&l);
	l.wake = &alarms;
	end_open(&e, &l);
	start = loop_mono(&l.loop);
	alarms = 0;
	storm(20000);
	assert_int_equal(loop_run(&l.loop),
			 0); /* no timer: would wait forever */
	storm(0);
	assert_true(alarms > 0 && l.loop.stop);
	assert_true(loop_mono(&l.loop) - start < 2 * NS_PER_S);
	/* While the flag is up nothing is waited for; timers still run. */
	l.loop.stop = false;
	assert_int_equal(loop_run(&l.loop), 0);
	end_close(&e);
	os_loop_done(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_once_a_round),
		cmocka_unit_test(writes_only_on_demand),
		cmocka_unit_test(survives_removal_in_callbacks),
		cmocka_unit_test(tells_errors_to_whom_it_may_concern),
		cmocka_unit_test(timers_do_not_spin),
		cmocka_unit_test(interrupts_have_no_effect),
		cmocka_unit_test(a_signal_stops_the_loop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
