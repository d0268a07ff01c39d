/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>

/*
 * "Did you mean": offer all words that would have been right, then ask for the
 * nearest.  Capitals do not count as a difference.
 */
struct suggestion {
	const char *word; /* as written */
	const char *best; /* NULL while none is near enough */
	unsigned distance;
};

static inline struct suggestion suggestion(const char *word)
{
	return (struct suggestion){word, NULL, 0};
}

/** candidate: kept, not copied. */
void suggest_offer(struct suggestion *s, const char *candidate);

/**
 * Letters to insert, delete, replace, or swap with a neighbour to make b of a
 * (optimal string alignment); 99 when one has more than 32 letters.
 */
unsigned edit_distance(const char *a, const char *b);
