/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>

/*
 * How often to ask: as often as it pays.  Up to the interval where a sample's
 * noise is what the clock wanders by meanwhile, asking less costs little.
 */
struct poll_policy {
	int tau_log2;
	unsigned samples;      /* at this interval */
	int64_t hold_until_ns; /* stay at the minimum until then */
};

/**
 * The interval that pays, s.  noise_var: of a typical sample, s^2; q: wander of
 * the clock, s^2/s^3; sources: that are asked in turn.
 */
double poll_wanted_s(double noise_var, double q, unsigned sources);

/** Keep within the range of the sources. */
void poll_limit(struct poll_policy *p, int min_log2, int max_log2);

/** Another sample: approach wanted_s, upwards in steps and not in a hurry. */
void poll_note(struct poll_policy *p, double wanted_s, unsigned sources,
	       int min_log2, int max_log2, int64_t mono_ns);

/** Something odd was seen: look again soon. */
void poll_hurry(struct poll_policy *p, int min_log2, int max_log2);

/** At the start and when the clock has jumped: ask often for a while. */
void poll_restart(struct poll_policy *p, int min_log2, int64_t mono_ns);

/**
 * Until a source is asked again, s, when it is asked now and every interval_s.
 * The polls of several sources shall be spread evenly over the interval: this
 * one's belongs ahead_s (0 to interval_s) from now, modulo the interval.
 */
double poll_staggered_s(double interval_s, double ahead_s);
