/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "pool/score/score.h"

struct edge {
	double at_s;
	int opens; /* +1 where an interval starts, -1 where it ends */
};

static int compare_edges(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	if (x->at_s < y->at_s || x->at_s > y->at_s)
		return x->at_s < y->at_s ? -1 : 1;
	return y->opens -
	       x->opens; /* intervals that touch have a point in common */
}

static bool is_usable(const struct time_interval *t)
{
	return isfinite(t->offset_s) && isfinite(t->root_dist_s) &&
	       t->root_dist_s >= 0;
}

static size_t collect_edges(const struct time_interval *servers, size_t n,
			    struct edge *edges)
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		const struct time_interval *t = &servers[i];

		if (!is_usable(t))
			continue;
		edges[len++] = (struct edge){t->offset_s - t->root_dist_s, 1};
		edges[len++] = (struct edge){t->offset_s + t->root_dist_s, -1};
	}
	return len;
}

/* From the first to the last point that more than half of the intervals hold. */
static bool find_majority(const struct edge *edges, size_t n_edges,
			  double *lo_s, double *hi_s)
{
	size_t held = 0, needed = n_edges / 4 + 1;
	bool found = false;

	for (size_t i = 0; i < n_edges; i++) {
		if (edges[i].opens > 0) {
			if (++held == needed && !found) {
				*lo_s = edges[i].at_s;
				found = true;
			}
		} else if (held-- == needed) {
			*hi_s = edges[i].at_s;
		}
	}
	return found;
}

void score_falsetickers(struct time_interval *servers, size_t n)
{
	struct edge *edges = xcalloc(2 * n + 1, sizeof *edges);
	size_t n_edges = collect_edges(servers, n, edges);
	double lo_s = 0, hi_s = 0;
	bool found;

	qsort(edges, n_edges, sizeof *edges, compare_edges);
	found = find_majority(edges, n_edges, &lo_s, &hi_s);
	free(edges);
	for (size_t i = 0; i < n; i++) {
		struct time_interval *t = &servers[i];

		t->falseticker = found && is_usable(t) &&
				 (t->offset_s + t->root_dist_s < lo_s ||
				  t->offset_s - t->root_dist_s > hi_s);
	}
}
