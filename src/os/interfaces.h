/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/net_addr.h"

/* One address of one interface. */
struct interface {
	char name[IF_NAMESIZE];
	struct net_addr addr; /* port 0; scope is set for link-local ones */
	unsigned prefix_len;
	bool up, loopback;
};

/**
 * Every IPv4 and IPv6 address of this machine, in the kernel's order.
 *
 * *list: heap, the caller frees; NULL when there are none.
 * Returns: their number, or -errno.
 */
MUST_CHECK int interfaces_list(struct interface **list);
