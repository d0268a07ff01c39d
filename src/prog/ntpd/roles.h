/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "prog/ntpd/cmdline.h"

/*
 * What a child finds in its hands: descriptors at fixed numbers.  The rest of
 * the world it hears of by messages.
 */
enum {
	FD_BOARD = 3,   /* channel: what it tells the supervisor */
	FD_BUNDLE,      /* the configuration's texts */
	FD_CLOCK_PAGE,  /* struct clock_page, read only */
	FD_VIEW_PAGE,   /* struct sys_view; the engine may write */
	FD_HOSTS_PAGE,  /* struct hosts_page; the engine may write */
	FD_DAEMON_PAGE, /* struct daemon_facts, read only */

	FD_ENGINE_CLOCK,   /* channel: clock commands */
	FD_ENGINE_NAMES,   /* channel: questions to the resolver */
	FD_ENGINE_STATUS,  /* socket that listens; a gap when there is none */
	FD_ENGINE_CONTROL, /* the same */
	FD_ENGINE_ADDED,   /* struct added_page, to write */
	FD_ENGINE_LINKS,   /* LINK_FDS for each worker, see below */

	FD_WORKER_LINK =
		FD_ENGINE_CLOCK, /* channel: mode 6 requests to the engine */
	FD_WORKER_STATS,         /* struct server_stats, to write */
	FD_WORKER_CLIENTS,       /* its table of clients, to write */
	FD_WORKER_SOCKETS,       /* from here on */

	FD_RESOLVER_NAMES = FD_ENGINE_CLOCK,
};

/* What the engine has of a worker. */
enum {
	LINK_CHANNEL,
	LINK_STATS,   /* its counters, read only */
	LINK_CLIENTS, /* its table of clients, read only */
	LINK_FDS,
};

/**
 * Be a child: never returns to what the supervisor does.  The result is the
 * exit status.
 */
int role_run(const struct cmdline *opt);

/* The parts of role_run(). */
struct child;
int engine_role(struct child *c);
int worker_role(struct child *c);
int resolver_role(struct child *c);
