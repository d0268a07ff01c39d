/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/world.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/container.h"
#include "base/units.h"
#include "sim/internal.h"

/*
 * The world's queue is an ordinary loop whose monotonic time is true time.
 * What can happen is a timer in it: a datagram's arrival, a resolver's answer,
 * a host's wake (the moment when its own clock reaches its own first timer), a
 * line of the script.  So io/loop.c gives the order: equal times, first in,
 * first out.
 */

#define START_NS (INT64_C(1767225600) * NS_PER_S) /* 2026-01-01 */

struct sim_script {
	struct timer due;
	struct world *world;
	int64_t period_ns; /* 0: once */
	bool only_looks;
	world_fn fn; /* NULL: knob or flag */
	void *arg;
	double *knob, value;
	bool *flag, state;
	struct sim_script *next;
};

static int64_t true_time(struct loop *l)
{
	return CONTAINER_OF(l, struct world, events)->now_ns;
}

/* Time passes by world_run() alone. */
static int no_wait(struct loop *l, int64_t until_ns)
{
	(void)l;
	(void)until_ns;
	return -ENOTSUP;
}

static const struct loop_ops events_ops = {true_time, no_wait};

struct world *world_new_at(uint64_t seed, int64_t start_ns)
{
	struct world *w = xcalloc(1, sizeof *w);

	w->seed = seed;
	w->start_ns = w->now_ns = start_ns;
	w->events.ops = &events_ops;
	w->link.delay_s = 1e-4;
	w->trace = -1;
	return w;
}

struct world *world_new(uint64_t seed)
{
	return world_new_at(seed, START_NS);
}

void world_free(struct world *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->n_host; i++)
		sim_host_free(w->host[i]);
	free(w->host);
	while (w->scripts) {
		struct sim_script *s = w->scripts;

		w->scripts = s->next;
		free(s);
	}
	sim_net_free_packets(w);
	sim_resolver_free_names(w);
	loop_done(&w->events);
	free(w);
}

struct sim_host *world_find_host(struct world *w, const struct net_addr *addr)
{
	for (size_t i = 0; i < w->n_host; i++) {
		struct sim_host *h = w->host[i];

		for (size_t j = 0; j < h->n_addr; j++)
			if (net_addr_same_host(&h->addr[j], addr))
				return h;
	}
	return NULL;
}

double world_time_s(const struct world *w)
{
	return s_from_ns(w->now_ns - w->start_ns);
}

static void sync_all(struct world *w)
{
	for (size_t i = 0; i < w->n_host; i++)
		sim_host_sync(w->host[i]);
}

static void plan_all(struct world *w)
{
	for (size_t i = 0; i < w->n_host; i++)
		sim_host_plan(w->host[i]);
}

void world_run_until(struct world *w, int64_t until_ns)
{
	/* The scenario may have armed timers, moved clocks, made engines. */
	plan_all(w);
	while (loop_next_due(&w->events) <= until_ns) {
		int64_t due_ns = loop_next_due(&w->events);

		if (due_ns > w->now_ns)
			w->same_instant = 0;
		assert(due_ns >= w->now_ns);
		w->now_ns = due_ns;
		loop_run_due(&w->events);
	}
	if (until_ns > w->now_ns)
		w->now_ns = until_ns;
	sync_all(w); /* so that a knob turned now turns now */
}

void world_run(struct world *w, double at_s)
{
	world_run_until(w, w->start_ns + ns_from_s(at_s));
}

/* A script may touch any host, so all are brought to the present and planned. */
static void run_script(struct timer *t)
{
	struct sim_script *s = CONTAINER_OF(t, struct sim_script, due);
	struct world *w = s->world;

	if (s->period_ns)
		timer_arm(&w->events, &s->due, s->due.due_ns + s->period_ns);
	if (s->only_looks) {
		s->fn(w, s->arg);
		return;
	}
	sync_all(w);
	if (s->knob)
		*s->knob = s->value;
	else if (s->flag)
		*s->flag = s->state;
	else
		s->fn(w, s->arg);
	plan_all(w);
}

static void add_script(struct world *w, double at_s, struct sim_script what)
{
	struct sim_script *s = xcalloc(1, sizeof *s);
	int64_t due_ns = w->start_ns + ns_from_s(at_s);

	assert(due_ns >= w->now_ns);
	*s = what;
	s->world = w;
	s->due.fn = run_script;
	s->next = w->scripts;
	w->scripts = s;
	timer_arm(&w->events, &s->due, due_ns);
}

void world_at(struct world *w, double at_s, world_fn fn, void *arg)
{
	add_script(w, at_s, (struct sim_script){.fn = fn, .arg = arg});
}

static void repeat(struct world *w, double period_s, struct sim_script what)
{
	what.period_ns = ns_from_s(period_s);
	assert(what.period_ns > 0);
	add_script(w, world_time_s(w) + period_s, what);
}

void world_every(struct world *w, double period_s, world_fn fn, void *arg)
{
	repeat(w, period_s, (struct sim_script){.fn = fn, .arg = arg});
}

void world_watch(struct world *w, double period_s, world_fn fn, void *arg)
{
	repeat(w, period_s,
	       (struct sim_script){.fn = fn, .arg = arg, .only_looks = true});
}

void world_set(struct world *w, double at_s, double *knob, double value)
{
	add_script(w, at_s, (struct sim_script){.knob = knob, .value = value});
}

void world_set_flag(struct world *w, double at_s, bool *flag, bool value)
{
	add_script(w, at_s, (struct sim_script){.flag = flag, .state = value});
}

void world_leap(struct world *w, int sign)
{
	w->utc_shift_ns -= sign * NS_PER_S;
}
