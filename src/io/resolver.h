/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>

#include "base/net_addr.h"

#define RESOLVE_MAX_ADDRS 16
#define RESOLVE_MAX_NAME 255

struct resolver;
struct resolve;

/* error: 0 with n >= 1 addresses (port 0), or -errno: -ENOENT no such name,
 * -EAGAIN try again later, -EIO anything else.  addrs is borrowed. */
typedef void (*resolve_fn)(struct resolve *q, const struct net_addr *addrs,
			   size_t n, int error);

/* One question.  Embed it; zero it; fill name, family, done. */
struct resolve {
	char name[RESOLVE_MAX_NAME + 1];
	int family; /* AF_INET, AF_INET6 or AF_UNSPEC */
	resolve_fn done;
	unsigned id; /* the resolver's own; 0 while no answer is awaited */
	struct resolve *next;
};

struct resolver_ops {
	/* done is called later, never from inside; one answer per call. */
	void (*ask)(struct resolver *r, struct resolve *q);
	/* done is not called after this; fine when nothing is awaited. */
	void (*cancel)(struct resolver *r, struct resolve *q);
};

struct resolver {
	const struct resolver_ops *ops;
};

static inline void resolver_ask(struct resolver *r, struct resolve *q)
{
	r->ops->ask(r, q);
}

static inline void resolver_cancel(struct resolver *r, struct resolve *q)
{
	r->ops->cancel(r, q);
}
