/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * How often to ask: seldom while the clock does what was expected of it, often
 * while it surprises (RFC 5905 section 13 and appendix A.5.5.6).
 */
struct poll_policy {
	int tau_log2;          /* poll exponent and time constant */
	int counter;           /* hysteresis */
	int64_t hold_until_ns; /* stay at the minimum until then */
};

/** Keep within the range of the sources. */
void poll_limit(struct poll_policy *p, int min_log2, int max_log2);

/** One update: its innovation against the noise expected of it, both s. */
void poll_note(struct poll_policy *p, double innovation_s, double noise_s,
	       int min_log2, int max_log2, int64_t mono_ns);

/** Something odd was seen: look again soon. */
void poll_hurry(struct poll_policy *p, int min_log2, int max_log2);

/** At the start and when the clock has jumped: ask often for a while. */
void poll_restart(struct poll_policy *p, int min_log2, int64_t mono_ns);
