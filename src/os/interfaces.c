/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/interfaces.h"

#include <errno.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "os/udp.h"

/* Of getifaddrs()'s pointers only the family says how much may be read. */
static struct net_addr copy_addr(const struct sockaddr *sa)
{
	struct sockaddr_storage copy = {0};

	if (sa && sa->sa_family == AF_INET)
		memcpy(&copy, sa, sizeof(struct sockaddr_in));
	else if (sa && sa->sa_family == AF_INET6)
		memcpy(&copy, sa, sizeof(struct sockaddr_in6));
	return os_sockaddr_to(&copy);
}

static unsigned prefix_len(const struct net_addr *mask)
{
	unsigned bits = 0;

	while (bits < net_addr_len(mask) * 8 &&
	       mask->ip[bits / 8] & (0x80 >> bits % 8))
		bits++;
	return bits;
}

int interfaces_list(struct interface **list)
{
	struct interface *array = NULL;
	size_t n = 0, cap = 0;
	struct ifaddrs *all;

	if (getifaddrs(&all) < 0)
		return -errno;
	for (const struct ifaddrs *a = all; a; a = a->ifa_next) {
		struct interface i = {.addr = copy_addr(a->ifa_addr)};
		struct net_addr mask = copy_addr(a->ifa_netmask);

		if (i.addr.family == AF_UNSPEC)
			continue;
		i.addr.port = 0;
		snprintf(i.name, sizeof i.name, "%s", a->ifa_name);
		i.prefix_len = prefix_len(&mask);
		i.up = a->ifa_flags & IFF_UP;
		i.loopback = a->ifa_flags & IFF_LOOPBACK;
		array = array_grow(array, n, &cap, sizeof *array);
		array[n++] = i;
	}
	freeifaddrs(all);
	*list = array;
	return (int)n;
}
