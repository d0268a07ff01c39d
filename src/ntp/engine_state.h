/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "ntp/assoc.h"
#include "ntp/engine.h"
#include "ntp/hosts.h"
#include "ntp/source.h"
#include "ntp/system.h"

/* The parts of an engine, for the files of this folder that make it up. */
struct engine {
	struct engine_inputs in;
	struct system sys;
	struct hosts hosts;
	struct source **source; /* one a line of the configuration, or added */
	size_t n_source, cap_source;
	struct assoc **assoc; /* all of them, in the order of their making */
	size_t n_assoc, cap_assoc;
	uint16_t first_assoc_id, next_assoc_id;
	uint64_t digest;
};

/** Fold a decision into the digest. */
void engine_note(struct engine *e, uint64_t what);

/** Does an association with this address exist? */
const struct assoc *engine_find_host(const struct engine *e,
				     const struct net_addr *addr);
