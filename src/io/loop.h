/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Timers, and waiting.  One timer queue serves the real and the simulated
 * world; only knowing and passing the time differ.
 */
struct loop;
struct timer;

typedef void (*timer_fn)(struct timer *t);

/* Embed it in its owner and get back with CONTAINER_OF.  Zero it, set fn, arm it. */
struct timer {
	timer_fn fn;
	int64_t due_ns; /* monotonic */
	uint64_t seq;   /* equal deadlines: first armed, first run */
	size_t slot;    /* place in the heap + 1; 0 while not armed */
};

struct loop_ops {
	/* Monotonic time, ns; starts anywhere, 0 included. */
	int64_t (*mono)(struct loop *l);
	/* Handle what comes in until the time until_ns, INT64_MAX for no limit;
	 * may return early.  0 or -errno. */
	int (*wait)(struct loop *l, int64_t until_ns);
};

/* Embedded first in os_loop and sim_loop. */
struct loop {
	const struct loop_ops *ops;
	struct timer **heap;
	size_t len, cap;
	uint64_t next_seq;
	bool stop;
};

static inline int64_t loop_mono(struct loop *l)
{
	return l->ops->mono(l);
}

/** Arm t, or move it when it is armed. */
void timer_arm(struct loop *l, struct timer *t, int64_t due_ns);

/** After this fn is not called; t may be freed.  Fine when not armed. */
void timer_disarm(struct loop *l, struct timer *t);

bool timer_is_armed(const struct timer *t);

/** Due time of the first timer, INT64_MAX when none is armed. */
int64_t loop_next_due(const struct loop *l);

/** Run every timer that is due now; those they arm for now run in the next call. */
void loop_run_due(struct loop *l);

/** Wait and run timers until loop_stop().  0, or the error of wait. */
int loop_run(struct loop *l);

static inline void loop_stop(struct loop *l)
{
	l->stop = true;
}

/** Free the heap; the timers belong to their owners. */
void loop_done(struct loop *l);
