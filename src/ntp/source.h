/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/config.h"
#include "io/loop.h"
#include "io/resolver.h"

struct engine;

/* At most this many addresses of one answer are used (D-01). */
#define SOURCE_ADDRS_PER_ANSWER 4

/* One server or pool line: a name or literal, and the associations that it has. */
struct source {
	struct engine *engine;
	const struct conf_source *conf;
	struct timer timer; /* next look-up */
	struct resolve query;
	unsigned failures; /* look-ups in a row that gave nothing usable */
	size_t turn;       /* which address of an answer is first */
	size_t n_assoc;
	uint16_t id;     /* shown while it has no association; not 0 */
	bool by_command; /* of engine_add_source() */
	bool is_literal; /* an address: there is nothing to look up */
};

/** s: zeroed but for id and by_command. */
void source_start(struct source *s, struct engine *e,
		  const struct conf_source *conf);
void source_stop(struct source *s);

/** End its associations. */
void source_drop(struct source *s);

/**
 * An association of this line has been unreachable for long, or was told to go
 * away: look the name up again.  Nothing is freed before that answer.
 */
void source_assoc_failed(struct source *s);
