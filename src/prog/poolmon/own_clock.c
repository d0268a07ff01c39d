/* SPDX-License-Identifier: BSD-2-Clause */
#include "own_clock.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/units.h"
#include "os/resolver.h"
#include "survey.h"

#define BASE_MAX 16

size_t own_clock_may_fail(size_t n)
{
	return n - (n + 2) / 2;
}

/* A name that cannot be looked up fails like a server that is silent. */
static size_t find(char *const *base, struct net_addr addr[BASE_MAX], size_t *n)
{
	char host[RESOLVE_MAX_NAME + 1];
	size_t found = 0;

	for (*n = 0; base && base[*n] && *n < BASE_MAX; (*n)++) {
		uint16_t port = NTP_PORT;

		if (net_addr_split_port(base[*n], host, sizeof host, &port) <
			    0 ||
		    resolve_now(host, AF_UNSPEC, &addr[found], 1) < 1)
			continue;
		addr[found++].port = port;
	}
	return found;
}

static bool agrees(const struct probe *p)
{
	return p->error == 0 && p->m.has_offset && p->m.leap != 3 &&
	       fabs(p->m.offset_s) <= OWN_CLOCK_LIMIT_S;
}

static int compare_reals(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double median_offset(const struct survey *s)
{
	double offset_s[BASE_MAX];
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		if (s->probe[i].error == 0 && s->probe[i].m.has_offset)
			offset_s[n++] = s->probe[i].m.offset_s;
	if (n == 0)
		return (double)NAN;
	qsort(offset_s, n, sizeof *offset_s, compare_reals);
	return offset_s[(n - 1) / 2];
}

int own_clock_check(struct os_host *host, char *const *base,
		    struct talk_clock *out)
{
	const struct probe_plan plan = {
		.samples = 2, .gap_s = 0.2, .timeout_s = 1};
	struct net_addr addr[BASE_MAX] = {0};
	struct survey s;
	size_t n, found = find(base, addr, &n), good = 0;
	int r = survey_run(&s, host, addr, found, &plan);

	for (size_t i = 0; i < found; i++)
		good += agrees(&s.probe[i]);
	*out = (struct talk_clock){.offset_s = median_offset(&s)};
	out->ok = n > 0 && n - good <= own_clock_may_fail(n);
	if (!out->ok)
		snprintf(out->why, sizeof out->why,
			 "agrees with %zu of %zu base servers within 10 ms",
			 good, n);
	survey_done(&s);
	return r == -EINTR ? r : 0;
}
