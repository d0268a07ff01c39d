/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "conf/config.h"
#include "io/loop.h"
#include "io/resolver.h"

struct engine;

/* One `restrict NAME` line, and where the name leads. */
struct host_rule {
	struct engine *engine;
	const struct conf_restrict *conf;
	struct resolve query;
	struct timer timer; /* next look-up */
	struct net_addr addr[RESOLVE_MAX_ADDRS];
	size_t n;
};

/*
 * The addresses that the serving side cannot know by itself: those of our
 * sources, for `restrict source`, and those of names in restrict lines.
 */
struct hosts {
	struct engine *engine;
	struct host_rule *rule;
	size_t n_rule;
};

void hosts_init(struct hosts *h, struct engine *e);
void hosts_done(struct hosts *h);

/** The sources are others than before: tell the board. */
void hosts_tell(struct hosts *h);
