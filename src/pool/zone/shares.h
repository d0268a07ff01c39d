/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * From netspeed to probability: how often each server of one list is to be in
 * an answer of k addresses.  Pure.
 */
struct share {
	uint32_t server; /* for the caller */
	double weight;
	/* Servers with the same number belong together; below n of the call. */
	uint32_t account, prefix;
	double p; /* written: 0 to 1 */
};

struct share_rule {
	/* p = min(1, scale * weight) with the smallest scale that makes the sum
	 * of all p reach sum, but no larger one than scale_max. */
	double sum, scale_max;
	/* What one account and one prefix may have of all p; 0: no cap */
	double account_max, prefix_max;
};

/** Write all p.  Returns their sum. */
double shares_find(struct share *share, size_t n,
		   const struct share_rule *rule);
