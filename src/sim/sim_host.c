/* SPDX-License-Identifier: BSD-2-Clause */
#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/container.h"
#include "base/units.h"
#include "sim/internal.h"
#include "sim/world.h"

#define SECONDS_PER_DAY 86400
/* More wakes than this without time passing are a loop that would never end. */
#define SAME_INSTANT_MAX 100000

/* --- the present -------------------------------------------------------- */

void sim_host_sync(struct sim_host *h)
{
	oscillator_advance(&h->osc, h->world->now_ns);
}

int64_t sim_host_mono(struct sim_host *h)
{
	sim_host_sync(h);
	return h->osc.mono_ns;
}

int64_t sim_host_wall(struct sim_host *h)
{
	return sim_host_mono(h) + h->wall_offset_ns;
}

double sim_host_error_s(struct sim_host *h)
{
	struct world *w = h->world;

	return s_from_ns(sim_host_wall(h) - (w->now_ns + w->utc_shift_ns));
}

double sim_host_freq_error(struct sim_host *h)
{
	sim_host_sync(h);
	return oscillator_rate(&h->osc);
}

void sim_host_plan(struct sim_host *h)
{
	struct loop *events = &h->world->events;
	int64_t due_ns = loop_next_due(&h->loop);
	int64_t when_ns;

	sim_host_sync(h);
	when_ns = due_ns == INT64_MAX ? INT64_MAX
				      : oscillator_when(&h->osc, due_ns);
	if (when_ns == INT64_MAX)
		timer_disarm(events, &h->wake);
	else if (!timer_is_armed(&h->wake) || h->wake.due_ns != when_ns)
		timer_arm(events, &h->wake, when_ns);
}

static void wake(struct timer *t)
{
	struct sim_host *h = CONTAINER_OF(t, struct sim_host, wake);

	h->world->same_instant++;
	assert(h->world->same_instant < SAME_INSTANT_MAX);
	sim_host_sync(h);
	loop_run_due(&h->loop);
	sim_host_plan(h);
}

/* --- loop --------------------------------------------------------------- */

static int64_t host_mono(struct loop *l)
{
	return sim_host_mono(CONTAINER_OF(l, struct sim_host, loop));
}

/* Lets a program's own loop_run() drive the world: one event at a time. */
static int host_wait(struct loop *l, int64_t until_ns)
{
	struct sim_host *h = CONTAINER_OF(l, struct sim_host, loop);
	struct world *w = h->world;
	int64_t due_ns;

	(void)until_ns; /* that is our first timer, so it is planned */
	for (size_t i = 0; i < w->n_host; i++)
		sim_host_plan(w->host[i]);
	due_ns = loop_next_due(&w->events);
	if (due_ns == INT64_MAX)
		return -EDEADLK;
	world_run_until(w, due_ns);
	return 0;
}

/* --- clock -------------------------------------------------------------- */

static int64_t clock_read(struct clock *c)
{
	return sim_host_wall(CONTAINER_OF(c, struct sim_host, clock));
}

static int set_freq(struct clock *c, double freq)
{
	struct sim_host *h = CONTAINER_OF(c, struct sim_host, clock);

	if (h->no_control)
		return -EPERM;
	if (!(fabs(freq) <= c->max_freq))
		return -EINVAL;
	sim_host_sync(h);
	h->osc.steer = c->freq = freq;
	sim_host_sync(h);
	return 0;
}

/*
 * The kernel's leap second: at the end of the wall clock's day it goes back
 * (or, a second before that, forward) by one second.
 */
static void plan_leap(struct sim_host *h)
{
	int64_t day_ns = SECONDS_PER_DAY * NS_PER_S;
	int64_t wall_ns = sim_host_wall(h);
	int64_t end_ns = wall_ns - wall_ns % day_ns + day_ns;

	timer_disarm(&h->loop, &h->leap);
	if (h->status.leap < 0)
		end_ns -= NS_PER_S;
	if (h->status.leap != 0)
		timer_arm(&h->loop, &h->leap, end_ns - h->wall_offset_ns);
}

static void carry_out_leap(struct timer *t)
{
	struct sim_host *h = CONTAINER_OF(t, struct sim_host, leap);

	h->wall_offset_ns -= h->status.leap * NS_PER_S;
	h->status.leap = 0;
	h->leaps++;
}

static void move_wall(struct sim_host *h, double offset_s)
{
	h->wall_offset_ns += ns_from_s(offset_s);
	plan_leap(h);
}

static int step(struct clock *c, double offset_s)
{
	struct sim_host *h = CONTAINER_OF(c, struct sim_host, clock);

	if (h->no_control)
		return -EPERM;
	if (!isfinite(offset_s))
		return -EINVAL;
	move_wall(h, offset_s);
	h->steps++;
	h->stepped_s += fabs(offset_s);
	return 0;
}

static int announce(struct clock *c, const struct clock_status *status)
{
	struct sim_host *h = CONTAINER_OF(c, struct sim_host, clock);

	if (h->no_control)
		return -EPERM;
	h->status = *status;
	plan_leap(h);
	return 0;
}

static const struct clock_ops clock_ops = {
	.now = clock_read,
	.set_freq = set_freq,
	.step = step,
	.announce = announce,
};

void sim_host_set_offset(struct sim_host *h, double offset_s)
{
	struct world *w = h->world;

	h->wall_offset_ns = w->now_ns + w->utc_shift_ns + ns_from_s(offset_s) -
			    sim_host_mono(h);
	plan_leap(h);
}

/* Kept until the world ends: it may end before the move is due. */
struct sim_move {
	struct sim_host *host;
	double by_s;
	struct sim_move *next;
};

static void moved_by_somebody(struct world *w, void *arg)
{
	struct sim_move *m = arg;

	(void)w;
	move_wall(m->host, m->by_s);
}

static void move_at(struct sim_host *h, double at_s, double by_s, world_fn fn)
{
	struct sim_move *m = xcalloc(1, sizeof *m);

	*m = (struct sim_move){h, by_s, h->moves};
	h->moves = m;
	world_at(h->world, at_s, fn, m);
}

void sim_host_step_at(struct sim_host *h, double at_s, double offset_s)
{
	move_at(h, at_s, offset_s, moved_by_somebody);
}

static void resume(struct world *w, void *arg)
{
	struct sim_host *h = arg;

	h->osc.stopped = false;
	h->wall_offset_ns += w->now_ns - h->suspended_ns;
	plan_leap(h);
}

static void suspend(struct world *w, void *arg)
{
	struct sim_move *m = arg;
	struct sim_host *h = m->host;

	h->osc.stopped = true;
	h->suspended_ns = w->now_ns;
	world_at(w, world_time_s(w) + m->by_s, resume, h);
}

void sim_host_suspend_at(struct sim_host *h, double at_s, double for_s)
{
	move_at(h, at_s, for_s, suspend);
}

/* --- entropy, board, log ------------------------------------------------ */

static void fill(struct entropy *e, void *buf, size_t len)
{
	struct sim_host *h = CONTAINER_OF(e, struct sim_host, entropy);
	uint8_t *p = buf;

	while (len > 0) {
		uint64_t v = rng_u64(&h->entropy_rng);
		size_t n = len < sizeof v ? len : sizeof v;

		memcpy(p, &v, n);
		p += n;
		len -= n;
	}
}

static void publish(struct board *b, const struct sys_view *view)
{
	struct sim_host *h = CONTAINER_OF(b, struct sim_host, board);

	h->view = *view;
	h->has_view = true;
}

static void note_event(struct board *b, enum engine_event event,
		       const char *text)
{
	struct sim_host *h = CONTAINER_OF(b, struct sim_host, board);
	struct sim_event *e;

	h->event = array_grow(h->event, h->n_event, &h->event_cap, sizeof *e);
	e = &h->event[h->n_event++];
	e->true_ns = h->world->now_ns;
	e->event = event;
	snprintf(e->text, sizeof e->text, "%s", text);
}

static void save_drift(struct board *b, const struct drift *drift)
{
	CONTAINER_OF(b, struct sim_host, board)->drift = *drift;
}

static void stats_line(struct board *b, const char *name, const char *line)
{
	(void)b;
	(void)name;
	(void)line;
}

static void access_hosts(struct board *b, const struct access_host *hosts,
			 size_t n)
{
	struct sim_host *h = CONTAINER_OF(b, struct sim_host, board);

	memcpy(h->access, hosts, n * sizeof *hosts);
	h->n_access = n;
}

static const struct board_ops board_ops = {
	.publish = publish,
	.event = note_event,
	.save_drift = save_drift,
	.stats_line = stats_line,
	.access_hosts = access_hosts,
};

unsigned sim_host_events(const struct sim_host *h, enum engine_event event)
{
	unsigned n = 0;

	for (size_t i = 0; i < h->n_event; i++)
		n += h->event[i].event == event;
	return n;
}

static void log_write(struct log *l, enum log_level level, const char *text)
{
	struct sim_host *h = CONTAINER_OF(l, struct sim_host, log);

	h->logged[level]++;
	if (h->log_watch && strstr(text, h->log_watch))
		h->log_seen++;
	if ((int)level <= h->world->trace)
		fprintf(stderr, "# %14.6f %-15s %s: %s\n",
			world_time_s(h->world), h->name, log_level_name(level),
			text);
}

/* --- life --------------------------------------------------------------- */

static const struct loop_ops loop_ops = {host_mono, host_wait};

static void init_parts(struct sim_host *h)
{
	h->wake.fn = wake;
	h->leap.fn = carry_out_leap;
	h->loop.ops = &loop_ops;
	h->clock = (struct clock){
		.ops = &clock_ops, .precision_log2 = -24, .max_freq = 500e-6};
	h->entropy.fill = fill;
	h->board.ops = &board_ops;
	h->log = (struct log){log_write, LOG_LEVEL_DEBUG};
	h->io = (struct host){
		.clock = &h->clock,
		.loop = &h->loop,
		.net = &h->net,
		.resolver = &h->resolver,
		.entropy = &h->entropy,
		.board = &h->board,
		.log = &h->log,
	};
	sim_net_init(h);
	sim_resolver_init(h);
}

struct sim_host *sim_host_new(struct world *w, const char *addr)
{
	struct sim_host *h = xcalloc(1, sizeof *h);
	struct rng seeds;

	h->world = w;
	h->index = w->n_host;
	snprintf(h->name, sizeof h->name, "%s", addr);
	h->drift.freq = (double)NAN;
	init_parts(h);

	/* Streams of their own: one more host changes nothing for the others. */
	rng_seed(&seeds,
		 w->seed ^ (h->index + 1) * UINT64_C(0x9e3779b97f4a7c15));
	oscillator_init(&h->osc, w->now_ns, rng_u64(&seeds));
	rng_seed(&h->net_rng, rng_u64(&seeds));
	rng_seed(&h->entropy_rng, rng_u64(&seeds));
	sim_host_set_offset(h, 0);
	sim_host_add_addr(h, addr);

	w->host = array_grow(w->host, w->n_host, &w->host_cap, sizeof h);
	w->host[w->n_host++] = h;
	return h;
}

void sim_host_free(struct sim_host *h)
{
	timer_disarm(&h->world->events, &h->wake);
	timer_disarm(&h->loop, &h->leap);
	sim_net_done(h);
	sim_resolver_done(h);
	loop_done(&h->loop);
	while (h->moves) {
		struct sim_move *m = h->moves;

		h->moves = m->next;
		free(m);
	}
	free(h->event);
	free(h->addr);
	free(h);
}
