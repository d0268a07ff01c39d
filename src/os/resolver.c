/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/resolver.h"

#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/container.h"
#include "os/udp.h"

static bool is_v4_in_v6(const struct net_addr *addr)
{
	static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};

	return addr->family == AF_INET6 &&
	       memcmp(addr->ip, prefix, sizeof prefix) == 0;
}

bool resolve_usable(const struct net_addr *addr, bool loopback)
{
	if (net_addr_len(addr) == 0 || net_addr_is_any(addr) ||
	    net_addr_is_multicast(addr) || is_v4_in_v6(addr))
		return false;
	return loopback || !net_addr_is_loopback(addr);
}

bool resolve_has(const struct net_addr *addrs, size_t n,
		 const struct net_addr *addr)
{
	for (size_t i = 0; i < n; i++)
		if (net_addr_same_host(&addrs[i], addr))
			return true;
	return false;
}

static int literal(const struct net_addr *addr, int family,
		   struct net_addr *addrs)
{
	if (family != AF_UNSPEC && family != addr->family)
		return -ENOENT;
	if (!resolve_usable(addr, true))
		return -ENOENT;
	addrs[0] = *addr;
	return 1;
}

static int error_from_eai(int e)
{
	switch (e) {
	case EAI_NONAME:
	case EAI_NODATA:
	case EAI_ADDRFAMILY:
	case EAI_FAMILY:
		return -ENOENT;
	case EAI_AGAIN:
	case EAI_MEMORY:
		return -EAGAIN;
	default:
		return -EIO;
	}
}

static size_t take_usable(const struct addrinfo *list, bool loopback,
			  struct net_addr *addrs, size_t max)
{
	size_t n = 0;

	for (const struct addrinfo *a = list; a && n < max; a = a->ai_next) {
		struct sockaddr_storage sa = {0};
		struct net_addr addr;

		if (a->ai_addrlen > sizeof sa)
			continue;
		memcpy(&sa, a->ai_addr, a->ai_addrlen);
		addr = os_sockaddr_to(&sa);
		if (resolve_usable(&addr, loopback) &&
		    !resolve_has(addrs, n, &addr))
			addrs[n++] = addr;
	}
	return n;
}

int resolve_now(const char *name, int family, struct net_addr *addrs,
		size_t max)
{
	const struct addrinfo hints = {.ai_family = family,
				       .ai_socktype = SOCK_DGRAM};
	struct addrinfo *list;
	struct net_addr addr;
	size_t n;
	int e;

	if (net_addr_parse(name, &addr) == 0)
		return literal(&addr, family, addrs);
	e = getaddrinfo(name, NULL, &hints, &list);
	if (e != 0)
		return error_from_eai(e);
	n = take_usable(list, strcasecmp(name, "localhost") == 0, addrs, max);
	freeaddrinfo(list);
	return n > 0 ? (int)n : -ENOENT;
}

static void os_resolver_ask(struct resolver *base, struct resolve *q)
{
	struct os_resolver *r =
		CONTAINER_OF(base, struct os_resolver, resolver);
	struct resolve **end = &r->first;

	assert(q->id == 0);
	if (++r->next_id == 0)
		r->next_id = 1;
	q->id = r->next_id;
	q->next = NULL;
	while (*end)
		end = &(*end)->next;
	*end = q;
	if (!timer_is_armed(&r->timer))
		timer_arm(r->loop, &r->timer, loop_mono(r->loop));
}

static void os_resolver_cancel(struct resolver *base, struct resolve *q)
{
	struct os_resolver *r =
		CONTAINER_OF(base, struct os_resolver, resolver);

	for (struct resolve **p = &r->first; *p; p = &(*p)->next)
		if (*p == q) {
			*p = q->next;
			break;
		}
	q->id = 0;
}

/* One question per round, so that timers and packets are not kept waiting. */
static void answer_first(struct timer *t)
{
	struct os_resolver *r = CONTAINER_OF(t, struct os_resolver, timer);
	struct net_addr addrs[RESOLVE_MAX_ADDRS];
	struct resolve *q = r->first;
	int n;

	if (!q)
		return;
	r->first = q->next;
	q->id = 0;
	if (r->first)
		timer_arm(r->loop, t, loop_mono(r->loop));
	n = resolve_by(&r->servers, q->name, q->family, addrs,
		       ARRAY_LEN(addrs));
	q->done(q, addrs, n > 0 ? (size_t)n : 0, n > 0 ? 0 : n);
}

static const struct resolver_ops os_resolver_ops = {
	.ask = os_resolver_ask,
	.cancel = os_resolver_cancel,
};

void os_resolver_init(struct os_resolver *r, struct loop *loop)
{
	*r = (struct os_resolver){
		.resolver.ops = &os_resolver_ops,
		.loop = loop,
		.timer.fn = answer_first,
	};
}

void os_resolver_done(struct os_resolver *r)
{
	timer_disarm(r->loop, &r->timer);
	r->first = NULL;
}
