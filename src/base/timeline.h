/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>

/*
 * The clock that is served, as a straight line over a clock of this machine:
 *
 *     served = base + (1 + rate) * (host - ref)
 *
 * A disciplined kernel clock is the identity over CLOCK_REALTIME; a virtual
 * clock is a line over CLOCK_MONOTONIC_RAW.
 */
enum timeline_host { TIMELINE_REALTIME, TIMELINE_MONOTONIC_RAW };

struct timeline {
	enum timeline_host host;
	int64_t base_ns; /* served time at ref, ns since 1970 UTC */
	int64_t ref_ns;  /* host clock at ref */
	double rate;     /* s/s, 0 for the identity */
};

/** Exact to the nanosecond for 28 hours at 100 ppm after ref. */
int64_t timeline_at(const struct timeline *line, int64_t host_ns);

/** The same line, restarted at host_ns with a new rate: continuous there. */
struct timeline timeline_turn(const struct timeline *line, int64_t host_ns,
			      double rate);
