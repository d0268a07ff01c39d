/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/net_addr.h"

/*
 * Names asked of name servers that somebody chose, in place of the machine's:
 * no /etc/hosts, no search list.
 */
struct name_servers {
	const struct net_addr *addr; /* with ports; borrowed */
	size_t n;                    /* 0: those of the machine */
	bool loopback; /* their answers may be addresses of this machine */
};

/* Each server is asked twice for each kind of address; with three of them that
 * stays below RESOLVER_IPC_TIMEOUT_NS. */
#define NAME_SERVER_TIMEOUT_MS 2000
#define NAME_SERVER_ROUNDS 2

/**
 * resolve_now() (os/resolver.h), asking these servers; NULL, or none of them:
 * the machine's.  Literals and "localhost" never go over the wire.
 *
 * An answer counts when it comes from who was asked and repeats number and
 * question; one that was cut is used as far as it goes, for any few addresses
 * will do.  RFC 1035 section 4.
 *
 * Returns: as resolve_now() does; -EAGAIN when nobody answered.
 */
MUST_CHECK int resolve_by(const struct name_servers *servers, const char *name,
			  int family, struct net_addr *addrs, size_t max);
