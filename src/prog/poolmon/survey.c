/* SPDX-License-Identifier: BSD-2-Clause */
#include "survey.h"

#include <errno.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/container.h"

/* Its place in the array leads a probe back to the survey. */
struct member {
	struct probe probe;
	struct survey *survey;
};

static void on_done(struct probe *p)
{
	struct survey *s = CONTAINER_OF(p, struct member, probe)->survey;

	if (--s->left == 0)
		loop_stop(s->host->host.loop);
}

int survey_run(struct survey *s, struct os_host *host,
	       const struct net_addr *addr, size_t n,
	       const struct probe_plan *plan)
{
	struct member *m = xcalloc(n + 1, sizeof *m);
	int r = 0;

	*s = (struct survey){.host = host, .n = n, .left = n};
	s->probe = xcalloc(n + 1, sizeof *s->probe);
	for (size_t i = 0; i < n; i++) {
		m[i].survey = s;
		m[i].probe.done = on_done;
		probe_start(&m[i].probe, &host->host, &addr[i], plan);
	}
	host->host.loop->stop = false;
	if (n > 0)
		r = loop_run(host->host.loop);
	for (size_t i = 0; i < n; i++) {
		probe_stop(&m[i].probe);
		s->probe[i] = m[i].probe;
	}
	free(m);
	if (r == 0 && s->left > 0)
		r = -EINTR;
	return r;
}

void survey_done(struct survey *s)
{
	free(s->probe);
	s->probe = NULL;
}
