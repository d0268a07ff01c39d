/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>

#include "base/attr.h"
#include "base/log.h"
#include "base/net_addr.h"
#include "ctl/status_doc.h"
#include "prog/ntpd/setup.h"

/* Where clients reach us: addresses, and for each worker a socket on each. */
#define LISTEN_MAX 32
#define LISTEN_WORKERS_MAX 64

struct listen_set {
	size_t n;       /* addresses */
	size_t workers; /* sockets an address */
	struct net_addr addr[LISTEN_MAX];
	int fd[LISTEN_WORKERS_MAX * LISTEN_MAX]; /* [w * LISTEN_MAX + i] */
};

/** What the status document tells of a daemon that starts now. */
struct daemon_facts listen_facts(const struct listen_set *set, int64_t wall_ns,
				 int64_t mono_ns);

/**
 * Open every socket that the configuration asks for; the command line's -4 and
 * -6 count.  Complains in the log.
 *
 * Returns: 0, or -errno when clients could not reach us as asked: a port in
 * use, an address that is not ours.
 */
MUST_CHECK int listen_open(const struct setup *s, struct log *log,
			   struct listen_set *out);
