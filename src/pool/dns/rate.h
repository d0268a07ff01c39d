/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>

#include "base/net_addr.h"

/*
 * Response rate limiting: whoever forges another's address gets no more than a
 * trickle sent there, and the other still gets answers, as every second one
 * that is held back becomes "ask by TCP".
 */
struct rate_table;

enum rate_verdict { RATE_SEND, RATE_TRUNCATE, RATE_DROP };

/** per_s: answers of one kind to one network; at least 1.  key: secret. */
struct rate_table *rate_new(unsigned per_s, const uint64_t key[2]);
void rate_free(struct rate_table *t);

/**
 * May this answer go?
 *
 * client: counted by /24 or /56.  kind: what tells this answer from others, say
 * a hash of the name.  mono_ms: of any monotonic clock, may wrap.
 */
enum rate_verdict rate_note(struct rate_table *t, const struct net_addr *client,
			    uint64_t kind, uint32_t mono_ms);
