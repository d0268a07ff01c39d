/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/loop.h"

#include <errno.h>
#include <string.h>

#include "base/container.h"
#include "base/rng.h"
#include "cmocka_all.h"

/* A loop whose waiting is a jump, and timers that write down that they ran. */
struct fake {
	struct loop loop;
	int64_t now_ns;
	int wait_error;
	char ran[64];
};

struct named {
	struct timer timer;
	struct fake *fake;
	char name;
	struct timer *disarms, *arms;
	int64_t arms_for_ns;
	bool stops;
};

static int64_t fake_mono(struct loop *l)
{
	return CONTAINER_OF(l, struct fake, loop)->now_ns;
}

static int fake_wait(struct loop *l, int64_t until_ns)
{
	struct fake *f = CONTAINER_OF(l, struct fake, loop);

	if (f->wait_error)
		return f->wait_error;
	assert_true(until_ns != INT64_MAX);
	f->now_ns = until_ns;
	return 0;
}

static const struct loop_ops fake_ops = {fake_mono, fake_wait};

static void ran(struct timer *t)
{
	struct named *n = CONTAINER_OF(t, struct named, timer);
	size_t len = strlen(n->fake->ran);

	assert_false(timer_is_armed(t));
	assert_true(len + 1 < sizeof n->fake->ran);
	n->fake->ran[len] = n->name;
	if (n->disarms)
		timer_disarm(&n->fake->loop, n->disarms);
	if (n->arms)
		timer_arm(&n->fake->loop, n->arms, n->arms_for_ns);
	if (n->stops)
		loop_stop(&n->fake->loop);
}

static struct named named(struct fake *f, char name)
{
	return (struct named){.timer.fn = ran, .fake = f, .name = name};
}

static void runs_in_order_of_due_time_then_of_arming(void **state)
{
	struct fake f = {.loop.ops = &fake_ops};
	struct named a = named(&f, 'a'), b = named(&f, 'b'), c = named(&f, 'c'),
		     d = named(&f, 'd');

	(void)state;
	timer_arm(&f.loop, &d.timer, 20);
	timer_arm(&f.loop, &c.timer, 10);
	timer_arm(&f.loop, &a.timer, 10);
	timer_arm(&f.loop, &b.timer, 5);
	timer_arm(&f.loop, &c.timer, 10); /* armed anew: behind a */
	assert_int_equal(loop_next_due(&f.loop), 5);
	f.now_ns = 10;
	loop_run_due(&f.loop);
	assert_string_equal(f.ran, "bac");
	assert_true(timer_is_armed(&d.timer));
	loop_done(&f.loop);
}

static void a_disarmed_timer_does_not_run(void **state)
{
	struct fake f = {.loop.ops = &fake_ops};
	struct named a = named(&f, 'a'), b = named(&f, 'b');

	(void)state;
	a.disarms = &b.timer;
	timer_arm(&f.loop, &a.timer, 1);
	timer_arm(&f.loop, &b.timer, 1);
	f.now_ns = 1;
	loop_run_due(&f.loop);
	assert_string_equal(f.ran, "a");
	assert_false(timer_is_armed(&b.timer));
	timer_disarm(&f.loop, &b.timer); /* twice is fine */
	assert_int_equal(loop_next_due(&f.loop), INT64_MAX);
	loop_done(&f.loop);
}

/* A timer that arms itself for now must not starve what else there is to do. */
static void what_is_armed_for_now_waits_for_the_next_call(void **state)
{
	struct fake f = {.loop.ops = &fake_ops};
	struct named a = named(&f, 'a');

	(void)state;
	a.arms = &a.timer;
	timer_arm(&f.loop, &a.timer, 0);
	loop_run_due(&f.loop);
	assert_string_equal(f.ran, "a");
	loop_run_due(&f.loop);
	assert_string_equal(f.ran, "aa");
	loop_done(&f.loop);
}

static void stops_at_once(void **state)
{
	struct fake f = {.loop.ops = &fake_ops};
	struct named a = named(&f, 'a'), b = named(&f, 'b');

	(void)state;
	a.stops = true;
	timer_arm(&f.loop, &a.timer, 7);
	timer_arm(&f.loop, &b.timer, 7);
	assert_int_equal(loop_run(&f.loop), 0);
	assert_string_equal(f.ran, "a");
	assert_int_equal(f.now_ns, 7);
	loop_done(&f.loop);
}

static void an_error_of_wait_ends_the_run(void **state)
{
	struct fake f = {.loop.ops = &fake_ops, .wait_error = -EIO};

	(void)state;
	assert_int_equal(loop_run(&f.loop), -EIO);
	loop_done(&f.loop);
}

/* Against the plainest model there is: look through all of them. */
static void agrees_with_a_linear_search(void **state)
{
	enum { N = 200 };
	struct fake f = {.loop.ops = &fake_ops};
	struct named n[N];
	struct rng r;

	(void)state;
	rng_seed(&r, 1);
	for (int i = 0; i < N; i++)
		n[i] = named(&f, '.');
	for (int round = 0; round < 20000; round++) {
		struct named *pick = &n[rng_u64(&r) % N];
		int64_t first = INT64_MAX;

		if (rng_u64(&r) % 3)
			timer_arm(&f.loop, &pick->timer,
				  (int64_t)(rng_u64(&r) % 1000));
		else
			timer_disarm(&f.loop, &pick->timer);
		for (int i = 0; i < N; i++)
			if (timer_is_armed(&n[i].timer) &&
			    n[i].timer.due_ns < first)
				first = n[i].timer.due_ns;
		assert_int_equal(loop_next_due(&f.loop), first);
	}
	loop_done(&f.loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_in_order_of_due_time_then_of_arming),
		cmocka_unit_test(a_disarmed_timer_does_not_run),
		cmocka_unit_test(what_is_armed_for_now_waits_for_the_next_call),
		cmocka_unit_test(stops_at_once),
		cmocka_unit_test(an_error_of_wait_ends_the_run),
		cmocka_unit_test(agrees_with_a_linear_search),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
