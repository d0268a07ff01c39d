/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <signal.h>

#include "os/host.h"
#include "pool/probe/probe.h"

/* Several probes at once, until the last has ended or a signal came. */
struct survey {
	struct os_host *host;
	struct probe *probe; /* one for each address, in the same order */
	size_t n, left;
};

/**
 * Returns: 0 with s->probe filled, -EINTR when a signal came first, or -errno.
 * survey_done() frees it in any case.
 */
MUST_CHECK int survey_run(struct survey *s, struct os_host *host,
			  const struct net_addr *addr, size_t n,
			  const struct probe_plan *plan);
void survey_done(struct survey *s);
