/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <curl/curl.h>
#include <stdbool.h>

#include "base/net_addr.h"

/*
 * Strangers choose where we call: the guard looks at the address that a
 * connection is really made to, after every name was looked up, so neither a
 * name that leads inside nor one that changes its mind gets past it.
 */
struct guard {
	bool private_addresses; /* of a private pool: these are fine too */
	/* written */
	bool refused;
	struct net_addr addr; /* with port, of the last connection */
};

/** HTTP only, no redirects, no proxy, no signals; connections pass the guard. */
void guard_set(CURL *curl, struct guard *g);

/** May we connect there?  Ports below 1024 must be those of HTTP. */
bool guard_allows(const struct guard *g, const struct net_addr *addr);
