/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/loop.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <time.h>

#include "base/alloc.h"
#include "base/container.h"
#include "base/units.h"

#define ASKS (POLLIN | POLLPRI)
#define ERRORS (POLLPRI | POLLERR)

/* Never without a limit: simulated worlds need one, and so does the wake flag. */
#define LONGEST_WAIT_NS (3600 * NS_PER_S)
#define LONGEST_WAIT_WAKE_NS (NS_PER_S / 2)

static struct os_loop *os_loop_of(struct loop *l)
{
	return CONTAINER_OF(l, struct os_loop, loop);
}

static int64_t os_loop_mono(struct loop *l)
{
	struct timespec t;

	(void)l;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

/* Rounded up: a poll that ends early would only spin until the timer is due. */
static int timeout_ms(struct os_loop *l, int64_t until_ns)
{
	int64_t longest = l->wake ? LONGEST_WAIT_WAKE_NS : LONGEST_WAIT_NS;
	int64_t now = os_loop_mono(&l->loop);

	if (until_ns <= now)
		return 0;
	if (now < until_ns - longest)
		return (int)(longest / NS_PER_MS);
	return (int)((until_ns - now + NS_PER_MS - 1) / NS_PER_MS);
}

static void dispatch_one(struct os_watch *w, int what)
{
	if (what & ERRORS && w->error)
		w->error(w);
	else if (what & ~POLLOUT)
		w->readable(w);
	else if (w->writable)
		w->writable(w);
}

/*
 * Downwards, because a callback may remove any watch (the last one moves into
 * its place) and add others (behind).  The result is cleared first, so that a
 * watch that moves is not called twice.
 */
static void dispatch(struct os_loop *l)
{
	for (size_t i = l->len; i-- > 0;) {
		int what;

		if (i >= l->len)
			continue;
		what = l->polls[i].revents;
		l->polls[i].revents = 0;
		if (what)
			dispatch_one(l->watches[i], what);
	}
}

static int os_loop_wait(struct loop *base, int64_t until_ns)
{
	struct os_loop *l = os_loop_of(base);
	int n;

	if (!l->wake || !*l->wake) {
		n = poll(l->polls, l->len, timeout_ms(l, until_ns));
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return -errno;
		if (n > 0)
			dispatch(l);
	}
	if (l->wake && *l->wake)
		loop_stop(base);
	return 0;
}

static const struct loop_ops os_loop_ops = {
	.mono = os_loop_mono,
	.wait = os_loop_wait,
};

void os_loop_init(struct os_loop *l)
{
	*l = (struct os_loop){.loop.ops = &os_loop_ops};
}

void os_loop_done(struct os_loop *l)
{
	loop_done(&l->loop);
	free(l->polls);
	free(l->watches);
	l->polls = NULL;
	l->watches = NULL;
	l->len = l->polls_cap = l->watches_cap = 0;
}

void os_loop_watch(struct os_loop *l, struct os_watch *w)
{
	assert(w->slot == 0 && w->readable);
	l->polls =
		array_grow(l->polls, l->len, &l->polls_cap, sizeof *l->polls);
	l->watches = array_grow(l->watches, l->len, &l->watches_cap,
				sizeof(struct os_watch *));
	l->polls[l->len] = (struct pollfd){.fd = w->fd, .events = ASKS};
	l->watches[l->len++] = w;
	w->slot = l->len;
}

void os_loop_unwatch(struct os_loop *l, struct os_watch *w)
{
	size_t i = w->slot - 1;

	if (w->slot == 0)
		return;
	assert(i < l->len && l->watches[i] == w);
	l->len--;
	l->polls[i] = l->polls[l->len];
	l->watches[i] = l->watches[l->len];
	l->watches[i]->slot = i + 1;
	w->slot = 0;
}

void os_loop_want_write(struct os_loop *l, struct os_watch *w, bool on)
{
	assert(w->slot != 0 && (!on || w->writable));
	l->polls[w->slot - 1].events = (short)(ASKS | (on ? POLLOUT : 0));
}
