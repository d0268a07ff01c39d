/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>

#include "base/attr.h"
#include "base/log.h"
#include "pool/settings/settings.h"

/* Where we are asked: addresses, and for each worker two sockets on each. */
#define LISTEN_MAX 32
#define LISTEN_WORKERS_MAX 64

struct listen_set {
	size_t n, workers;
	/* [worker * LISTEN_MAX + address] */
	int udp[LISTEN_WORKERS_MAX * LISTEN_MAX];
	int tcp[LISTEN_WORKERS_MAX * LISTEN_MAX];
};

/** Open all that dns-listen names; complains in the log.  0 or -errno. */
MUST_CHECK int listen_open(const struct pool_settings *s, struct log *log,
			   struct listen_set *out);

/** Close what is not this worker's. */
void listen_keep(const struct listen_set *l, unsigned worker);

/** What of answer-limit falls to one worker. */
unsigned listen_limit(const struct pool_settings *s);
