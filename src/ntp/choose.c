/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntp/choose.h"

#include "est/select.h"

static struct candidate candidate_of(const struct target *t)
{
	const struct sample *s = &t->sample[t->best];

	return (struct candidate){
		.offset_s = s->offset_s,
		.root_dist_s = target_root_dist_s(t),
		.jitter_s = s->disp_s,
		.variance = s->disp_s * s->disp_s,
		.weight = 1,
		.stratum = s->stratum,
	};
}

static bool is_better(const struct target *a, const struct target *b)
{
	uint8_t of_a = a->sample[a->best].stratum;
	uint8_t of_b = b->sample[b->best].stratum;

	if (of_a != of_b)
		return of_a < of_b;
	return target_root_dist_s(a) < target_root_dist_s(b);
}

static bool in_majority(const struct candidate *c)
{
	return c->status == SELECT_CANDIDATE || c->status == SELECT_SYS_PEER ||
	       c->status == SELECT_OUTLIER || c->status == SELECT_BACKUP;
}

const struct target *choose(const struct survey *s)
{
	const struct target *usable[TARGETS_MAX], *best = NULL;
	struct candidate c[TARGETS_MAX];
	struct estimator_params params;
	size_t n = 0;
	bool agreed;

	for (size_t i = 0; i < s->n_target; i++) {
		if (s->target[i].n == 0)
			continue;
		c[n] = candidate_of(&s->target[i]);
		usable[n++] = &s->target[i];
	}
	estimator_params_default(&params);
	agreed = n > 0 && select_sources(c, n, &params).peer >= 0;
	if (!agreed && n > 2)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if ((!agreed || in_majority(&c[i])) &&
		    (!best || is_better(usable[i], best)))
			best = usable[i];
	return best;
}
