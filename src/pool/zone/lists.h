/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "pool/zone/snapshot.h"
#include "pool/zone/zone.h"

/* One server of a list, and how often an answer holds it. */
struct list_entry {
	uint32_t server; /* index into the input */
	double p;
};

struct list {
	struct list_entry *entry; /* heap */
	size_t n;
	const struct list *same_as; /* not NULL: entries are those */
};

struct zone_lists {
	struct list list[SNAPSHOT_FAMILIES][SNAPSHOT_SUBSETS];
	uint32_t own[SNAPSHOT_FAMILIES];
};

/**
 * The lists of all zones; of an input that zone_build() has checked.
 * out: in->n_zone of them, zeroed; ended by zone_lists_done().
 */
void zone_lists_make(const struct zone_input *in, struct zone_lists *out);
void zone_lists_done(struct zone_lists *lists, size_t n);

/** Addresses of one answer in this zone. */
unsigned zone_max_hosts(const struct zone_input *in,
			const struct zone_row *zone);
