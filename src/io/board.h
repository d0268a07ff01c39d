/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/drift.h"
#include "base/net_addr.h"
#include "io/sys_view.h"

/*
 * The notice board: what the engine tells the rest of the program.  In the
 * daemon it leads to the shared page, the supervisor and its files; in the
 * simulator and in tests to plain memory.
 */
enum engine_event {
	ENGINE_SYNCHRONISED, /* for the first time, or again after it was lost */
	ENGINE_UNSYNCHRONISED,
	ENGINE_PANIC, /* offset beyond the panic threshold: the program should end */
	ENGINE_SET_ONCE, /* -q: the clock was set, the program should end */
	ENGINE_NOT_SET,  /* -q: it should have been, but the clock refused */
};

/*
 * An address that restrict lines mean without writing it: a source, or what a
 * name in a restrict line leads to.
 */
struct access_host {
	struct net_addr addr;
	bool is_source; /* gets the flags of `restrict source`; else these: */
	unsigned flags; /* RES_* of conf/config.h */
};

#define ACCESS_HOSTS_MAX 120

struct board;

struct board_ops {
	void (*publish)(struct board *b, const struct sys_view *view);
	/* text: one line for people, e.g. "synchronised to 192.0.2.1, offset +0.000012 s". */
	void (*event)(struct board *b, enum engine_event event,
		      const char *text);
	/* The clock's own frequency correction and what is known of it; told after
	 * every update, it is the receiver who decides when to write it down. */
	void (*save_drift)(struct board *b, const struct drift *drift);
	/* A line of a statistics file: name is "loopstats", "peerstats", ...; the
	 * line starts after "MJD seconds ", which the receiver puts before it. */
	void (*stats_line)(struct board *b, const char *name, const char *line);
	/* All of them, in place of those told before; n <= ACCESS_HOSTS_MAX. */
	void (*access_hosts)(struct board *b, const struct access_host *hosts,
			     size_t n);
};

struct board {
	const struct board_ops *ops;
};

static inline void board_access_hosts(struct board *b,
				      const struct access_host *hosts, size_t n)
{
	b->ops->access_hosts(b, hosts, n);
}

static inline void board_publish(struct board *b, const struct sys_view *view)
{
	b->ops->publish(b, view);
}

static inline void board_event(struct board *b, enum engine_event event,
			       const char *text)
{
	b->ops->event(b, event, text);
}

static inline void board_save_drift(struct board *b, const struct drift *drift)
{
	b->ops->save_drift(b, drift);
}

static inline void board_stats_line(struct board *b, const char *name,
				    const char *line)
{
	b->ops->stats_line(b, name, line);
}
