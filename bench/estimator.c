/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * What a sample costs the estimator, by the number of sources, and how large an
 * estimator is.  No clock is touched: the samples are made up.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/container.h"
#include "base/rng.h"
#include "base/units.h"
#include "est/estimator.h"

#define SAMPLES 20000

static int64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

static struct estimator *with_sources(int n)
{
	const struct estimator_source_params source = {.min_poll_log2 = 6,
						       .max_poll_log2 = 10};
	struct estimator_params p;
	struct estimator *e;

	estimator_params_default(&p);
	e = estimator_new(&p, 0);
	for (int i = 0; i < n; i++)
		if (estimator_add(e, &source) != i)
			exit(EXIT_FAILURE);
	return e;
}

/* A tenth of a millisecond of queues; the clock obeys, within its limits. */
static double us_per_sample(struct estimator *e, int n)
{
	int64_t begun_ns = cpu_ns(), t_ns = 0, step_ns = 64 * NS_PER_S / n;
	struct clock_cmd cmd;
	struct rng r;

	rng_seed(&r, 1);
	for (int i = 0; i < SAMPLES; i++) {
		double there = 1e-4 * rng_exponential(&r);
		double back = 1e-4 * rng_exponential(&r);
		struct sample s = {
			.mono_ns = t_ns += step_ns,
			.offset_s = (there - back) / 2,
			.delay_s = 1e-3 + there + back,
			.disp_s = 1e-6,
			.stratum = 1,
		};

		cmd = estimator_sample(e, i % n, &s);
		estimator_applied(e, &cmd, true, t_ns);
	}
	return (double)(cpu_ns() - begun_ns) / 1e3 / SAMPLES;
}

int main(void)
{
	static const int sources[] = {1, 4, 8, 16};

	printf("sources  us per sample  KiB\n");
	for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
		struct estimator *e = with_sources(sources[i]);

		printf("%7d  %13.1f  %3zu\n", sources[i],
		       us_per_sample(e, sources[i]),
		       malloc_usable_size(e) / 1024);
		estimator_free(e);
	}
	return 0;
}
