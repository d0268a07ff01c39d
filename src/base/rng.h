/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>

/*
 * Seeded random numbers for simulations and tests (xoshiro256**, public domain
 * by Blackman and Vigna).  Nothing that a stranger must not guess comes from
 * here: that is io/entropy.h.
 */
struct rng {
	uint64_t s[4];
};

void rng_seed(struct rng *r, uint64_t seed);
uint64_t rng_u64(struct rng *r);
double rng_uniform(struct rng *r);     /* 0 <= x < 1 */
double rng_normal(struct rng *r);      /* mean 0, standard deviation 1 */
double rng_exponential(struct rng *r); /* mean 1 */
