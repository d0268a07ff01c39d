/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>

#include "ntp/engine.h"

/*
 * The engine's reports at one instant, as plain values: what all answers are
 * made from.  Zeroed it is empty.
 */
struct snapshot {
	struct sys_report sys;
	struct assoc_report *assoc; /* room for cap */
	size_t n, cap;
	const struct assoc_report *sys_peer; /* one of them; NULL: none */
};

/** Replaces what s held; strings in it are borrowed until the engine runs. */
void snapshot_take(struct snapshot *s, const struct engine *e);
void snapshot_done(struct snapshot *s);
