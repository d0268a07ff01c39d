/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/net_addr.h"

enum stamp_source { STAMP_USER, STAMP_KERNEL, STAMP_HARDWARE };

struct datagram {
	struct net_addr peer, local;
	const uint8_t *data; /* borrowed until the callback returns */
	size_t len;
	int64_t wall_ns; /* when it crossed the interface, on the served clock */
	enum stamp_source stamp;
};

/* What the owner of a socket wants to hear. */
struct udp_events {
	void (*received)(void *owner, const struct datagram *d);
	/* A better departure time of the last datagram sent; may be NULL, may never come. */
	void (*departed)(void *owner, int64_t wall_ns, enum stamp_source stamp);
	/* An ICMP error came back for a connected socket (-ECONNREFUSED, ...); may be NULL. */
	void (*refused)(void *owner, int error);
};

struct udp;

struct udp_ops {
	/*
	 * Send to the connected peer.  *wall_ns: departure time as well as it is
	 * known now; a better one may follow in departed.  0 or -errno; nothing is
	 * retried.
	 */
	int (*send)(struct udp *u, const uint8_t *data, size_t len,
		    int64_t *wall_ns);
	/* No event comes after this; u is freed. */
	void (*close)(struct udp *u);
};

/* Embedded first in os_udp and sim_udp. */
struct udp {
	const struct udp_ops *ops;
	struct net_addr local, peer; /* local.port is known once opened */
};

struct net;

struct net_ops {
	/*
	 * A new socket on a fresh ephemeral port, connected to peer (RFC 9109).
	 * events is borrowed for the life of the socket.  0 or -errno (-EMFILE,
	 * -ENETUNREACH, ...), none of them fatal.
	 */
	int (*connect_udp)(struct net *n, const struct net_addr *peer,
			   const struct udp_events *events, void *owner,
			   struct udp **out);
};

struct net {
	const struct net_ops *ops;
};

MUST_CHECK static inline int net_connect_udp(struct net *n,
					     const struct net_addr *peer,
					     const struct udp_events *events,
					     void *owner, struct udp **out)
{
	return n->ops->connect_udp(n, peer, events, owner, out);
}

MUST_CHECK static inline int udp_send(struct udp *u, const uint8_t *data,
				      size_t len, int64_t *wall_ns)
{
	return u->ops->send(u, data, len, wall_ns);
}

/** u may be NULL. */
static inline void udp_close(struct udp *u)
{
	if (u)
		u->ops->close(u);
}
