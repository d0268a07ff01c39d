/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>

#include "base/attr.h"
#include "base/net_addr.h"
#include "io/loop.h"
#include "io/resolver.h"
#include "os/name_server.h"

/**
 * Look a name up, blocking until there is an answer.
 *
 * Literals are answered without asking anybody.  Addresses that no server can
 * have are left out: 0.0.0.0, ::, multicast, IPv4 in IPv6, and loopback unless
 * name is "localhost" or a literal (D-02).  Duplicates are left out too.
 *
 * family: AF_INET, AF_INET6 or AF_UNSPEC.  addrs: room for max >= 1; ports 0.
 *
 * Returns: 1 to max, or -ENOENT (no such name, nothing usable), -EAGAIN (ask
 * again later) or -EIO.
 */
MUST_CHECK int resolve_now(const char *name, int family, struct net_addr *addrs,
			   size_t max);

/** Can a server be asked at this address?  loopback: is that one allowed? */
bool resolve_usable(const struct net_addr *addr, bool loopback);

/** Is this host among the n? */
bool resolve_has(const struct net_addr *addrs, size_t n,
		 const struct net_addr *addr);

/*
 * struct resolver for a program of one process: each question blocks the loop
 * while it is answered.
 */
struct os_resolver {
	struct resolver resolver;
	struct loop *loop;
	struct name_servers servers; /* none from init on: the machine's */
	struct resolve *first;
	struct timer timer;
	unsigned next_id;
};

/** loop is borrowed for the life of r. */
void os_resolver_init(struct os_resolver *r, struct loop *loop);
void os_resolver_done(struct os_resolver *r);
