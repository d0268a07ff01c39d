/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/zone/shares.h"

#include <stdlib.h>

#include "base/alloc.h"

/* Sums of account or prefix, one of the two at a time. */
static void cap_groups(struct share *share, size_t n, double max, double *sum,
		       bool by_account)
{
	if (max <= 0)
		return;
	for (size_t i = 0; i < n; i++)
		sum[i] = 0;
	for (size_t i = 0; i < n; i++)
		sum[by_account ? share[i].account : share[i].prefix] +=
			share[i].p;
	for (size_t i = 0; i < n; i++) {
		double s = sum[by_account ? share[i].account : share[i].prefix];

		if (s > max)
			share[i].p *= max / s;
	}
}

static double apply(struct share *share, size_t n,
		    const struct share_rule *rule, double scale, double *room)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++) {
		double p = scale * share[i].weight;

		share[i].p = p < 1 ? p : 1;
	}
	cap_groups(share, n, rule->account_max, room, true);
	cap_groups(share, n, rule->prefix_max, room, false);
	for (size_t i = 0; i < n; i++)
		sum += share[i].p;
	return sum;
}

/* Of the largest scale, at which even the smallest server has p = 1. */
#define HALVINGS 60

double shares_find(struct share *share, size_t n, const struct share_rule *rule)
{
	double *room = xcalloc(n + 1, sizeof *room);
	double low = 0, high = rule->scale_max;
	double most = apply(share, n, rule, high, room);
	/* Where the sum cannot be reached, the smallest scale that comes as near:
	 * it keeps the proportions of whoever is not at a cap. */
	double sum = rule->sum < most ? rule->sum : most * (1 - 1e-12);

	for (int i = 0; i < HALVINGS && sum < most; i++) {
		double middle = low + (high - low) / 2;

		if (apply(share, n, rule, middle, room) < sum)
			low = middle;
		else
			high = middle;
	}
	sum = apply(share, n, rule, high, room);
	free(room);
	return sum;
}
