/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "io/loop.h"

/*
 * The loop of this machine: CLOCK_MONOTONIC and poll(2).  Nothing else waits
 * anywhere, so the finished binary also runs in simulated time under a
 * preloaded library that replaces poll.  There, only sockets may be watched
 * and there is no ppoll, hence no race-free way to be woken by a signal but
 * the wake flag below.
 */
struct os_watch;

typedef void (*os_watch_fn)(struct os_watch *w);

/* Embed it in its owner and get back with CONTAINER_OF.  Set fd and callbacks. */
struct os_watch {
	int fd;
	os_watch_fn readable; /* something to read, end of file, or an error */
	os_watch_fn writable; /* may be NULL; only while asked for */
	os_watch_fn
		error; /* an error or an error queue; NULL: readable hears it */
	size_t slot;   /* place in the table + 1; 0 while not watched */
};

struct os_loop {
	struct loop loop;
	struct pollfd *polls;
	struct os_watch **watches;
	size_t len, polls_cap, watches_cap;
	/*
	 * NULL, or what a signal handler sets.  While it is set the loop is
	 * stopped as by loop_stop(): the owner of loop_run() looks at its
	 * signals, clears the flag and loop.stop, and runs on.  A signal that
	 * comes just before poll() is seen within half a second.
	 */
	const volatile sig_atomic_t *wake;
};

void os_loop_init(struct os_loop *l);

/** Timers and watches belong to their owners. */
void os_loop_done(struct os_loop *l);

/**
 * Watch w->fd from now on.
 *
 * Each round of the loop makes at most one call per watch: error before
 * readable before writable.  Conditions are levels, so what was not handled is
 * reported again.
 */
void os_loop_watch(struct os_loop *l, struct os_watch *w);

/** After this no callback of w is called; w may be freed.  Fine when not watched. */
void os_loop_unwatch(struct os_loop *l, struct os_watch *w);

/** Call w->writable while the descriptor takes data. */
void os_loop_want_write(struct os_loop *l, struct os_watch *w, bool on);
