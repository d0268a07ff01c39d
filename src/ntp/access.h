/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/net_addr.h"
#include "conf/config.h"

/* The restrict lists.  The most specific entry that matches decides. */
struct access;

/**
 * Build the lists from a config: classic meaning when it has a restrict
 * default; otherwise strangers get noquery and limited, and loopback is open.
 */
struct access *access_new(const struct config *cfg);
void access_free(struct access *a);

/** Add one entry with the meaning of a restrict line (ORed into an equal one), for names that were resolved late. */
void access_add(struct access *a, const struct net_addr *addr,
		unsigned prefix_len, unsigned flags);

/** Give the address of a configured source the flags of "restrict source", unless there is no such
 * line, or one about this very address. */
void access_add_source(struct access *a, const struct net_addr *addr);

/** The RES_* flags that hold for a packet from peer (its port counts for ntpport). */
unsigned access_check(const struct access *a, const struct net_addr *peer);

/** The i-th entry in order of decreasing precedence, for ntpq's reslist; false past the end. */
struct access_entry {
	struct net_addr addr;
	uint8_t mask[16];
	unsigned flags;
	uint64_t hits;
};
bool access_entry(const struct access *a, size_t i, struct access_entry *out);
