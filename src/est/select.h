/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "est/estimator.h"

/* Did selection keep a source of this status? */
static inline bool select_survives(enum select_status status)
{
	return status == SELECT_CANDIDATE || status == SELECT_SYS_PEER;
}

/* What selection and combining need to know of one selectable source. */
struct candidate {
	double offset_s;
	double root_dist_s; /* > 0 */
	double jitter_s;
	double variance; /* noise of offset_s, s^2 */
	double weight;   /* in the combination */
	uint8_t stratum;
	bool prefer, always;
	bool incumbent; /* is the system peer now */
	bool survived;  /* the last decision */
	bool silent; /* has missed its last polls: others go before as system peer */
	bool fresh;                /* its offset was not used before */
	enum select_status status; /* result */
};

struct selection {
	int peer;             /* index of the system peer, or -1 */
	unsigned truechimers; /* sources within the majority's intersection */
	unsigned survivors;
};

/**
 * Find the majority clique, thin it out, choose the system peer; sets the
 * status of each.  The order of the candidates does not matter.  Without a
 * majority, or with fewer than params->min_sane truechimers, peer is -1.
 *
 * RFC 5905 sections 11.2.1 to 11.2.3.  n: at most ESTIMATOR_MAX_SOURCES.
 */
struct selection select_sources(struct candidate *c, size_t n,
				const struct estimator_params *params);

struct combined {
	double offset_s;
	double variance; /* noise and disagreement of the survivors, s^2 */
	double noise_s; /* standard deviation of offset_s by measurement noise */
	double jitter_s; /* system jitter: the peer's and that of the selection */
};

/**
 * One offset out of the survivors by their weights; that of the system peer
 * alone when it is a preferred one.  Only fresh ones count, the system peer
 * must be one of them: a sample that came in twice would be believed twice.
 *
 * RFC 5905 section 11.2.3 and appendix A.5.5.5.
 */
struct combined combine_survivors(const struct candidate *c, size_t n,
				  const struct selection *sel);
