/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/udp.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/errqueue.h>

#include "base/alloc.h"
#include "base/container.h"
#include "os/stamp.h"

/* Room for a stamp and an error, and what simulated worlds ask for. */
#define CONTROL_LEN 512
/* The longest reply that a client of ours can want. */
#define RECEIVE_LEN 2048

struct os_udp {
	struct udp udp;
	struct os_net *net;
	struct os_watch watch;
	const struct udp_events *events;
	void *owner;
	uint64_t sent, departed; /* datagrams; stamps of them, in order */
};

/* One message from the kernel, with the room it needs. */
struct message {
	struct msghdr hdr;
	struct iovec iov;
	uint8_t data[RECEIVE_LEN];
	alignas(struct cmsghdr) uint8_t control[CONTROL_LEN];
};

static ssize_t message_receive(struct message *m, int fd, int flags)
{
	ssize_t n;

	m->iov = (struct iovec){m->data, sizeof m->data};
	m->hdr = (struct msghdr){
		.msg_iov = &m->iov,
		.msg_iovlen = 1,
		.msg_control = m->control,
		.msg_controllen = sizeof m->control,
	};
	do
		n = recvmsg(fd, &m->hdr, flags | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

int os_socket(int family, int type)
{
	int fd = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd >= 0 || errno != EINVAL)
		return fd >= 0 ? fd : -errno;
	fd = socket(family, type, 0);
	if (fd < 0)
		return -errno;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	return fd;
}

/*
 * A forged "fragmentation needed" must not shrink our packets (V5, E-22): only
 * the interface's own limit counts.  Refusals do not matter, so the results
 * are not looked at.
 */
void os_udp_tune(int fd, int family, unsigned dscp)
{
	const int class = (int)(dscp << 2);
	const int v4 = IP_PMTUDISC_INTERFACE, v6 = IPV6_PMTUDISC_INTERFACE;

	if (family == AF_INET) {
		setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &v4, sizeof v4);
		setsockopt(fd, IPPROTO_IP, IP_TOS, &class, sizeof class);
	} else {
		setsockopt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &v6, sizeof v6);
		setsockopt(fd, IPPROTO_IPV6, IPV6_TCLASS, &class, sizeof class);
	}
}

socklen_t os_sockaddr_from(const struct net_addr *addr,
			   struct sockaddr_storage *out)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET,
				 .sin_port = htons(addr->port)};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6,
				  .sin6_port = htons(addr->port),
				  .sin6_scope_id = addr->scope};

	memset(out, 0, sizeof *out);
	if (addr->family == AF_INET) {
		memcpy(&v4.sin_addr, addr->ip, 4);
		memcpy(out, &v4, sizeof v4);
		return sizeof v4;
	}
	memcpy(&v6.sin6_addr, addr->ip, 16);
	memcpy(out, &v6, sizeof v6);
	return sizeof v6;
}

struct net_addr os_sockaddr_to(const struct sockaddr_storage *sa)
{
	struct net_addr addr = {.family = AF_UNSPEC};
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (sa->ss_family == AF_INET) {
		memcpy(&v4, sa, sizeof v4);
		addr.family = AF_INET;
		addr.port = ntohs(v4.sin_port);
		memcpy(addr.ip, &v4.sin_addr, 4);
	} else if (sa->ss_family == AF_INET6) {
		memcpy(&v6, sa, sizeof v6);
		addr.family = AF_INET6;
		addr.port = ntohs(v6.sin6_port);
		addr.scope = v6.sin6_scope_id;
		memcpy(addr.ip, &v6.sin6_addr, 16);
	}
	return addr;
}

static struct os_udp *os_udp_of(struct os_watch *w)
{
	return CONTAINER_OF(w, struct os_udp, watch);
}

static int os_udp_send(struct udp *udp, const uint8_t *data, size_t len,
		       int64_t *wall_ns)
{
	struct os_udp *u = CONTAINER_OF(udp, struct os_udp, udp);
	struct iovec iov = {(void *)(uintptr_t)data, len};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	int64_t before = clock_now(u->net->clock);
	ssize_t n;

	do
		n = sendmsg(u->watch.fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		u->net->stats.send_failed++;
		return -errno;
	}
	u->sent++;
	u->net->stats.sent++;
	*wall_ns = before;
	return 0;
}

static void os_udp_close(struct udp *udp)
{
	struct os_udp *u = CONTAINER_OF(udp, struct os_udp, udp);

	os_loop_unwatch(u->net->loop, &u->watch);
	close(u->watch.fd);
	free(u);
}

/* The owner may close u from inside its callbacks: call them last. */
static void tell_refused(struct os_udp *u, int error)
{
	u->net->stats.refused++;
	if (u->events->refused)
		u->events->refused(u->owner, error);
}

static void os_udp_readable(struct os_watch *w)
{
	struct os_udp *u = os_udp_of(w);
	struct message m;
	struct datagram d = {.peer = u->udp.peer, .local = u->udp.local};
	ssize_t n = message_receive(&m, w->fd, 0);
	struct stamp_map map;
	int64_t stamp;

	if (n == -EAGAIN)
		return;
	if (n < 0) {
		tell_refused(u, (int)n);
		return;
	}
	if (m.hdr.msg_flags & MSG_TRUNC) {
		u->net->stats.truncated++;
		return;
	}
	u->net->stats.received++;
	map = stamp_map_now(u->net->clock);
	d.data = m.data;
	d.len = (size_t)n;
	d.wall_ns = map.served_ns;
	if (stamp_find(&m.hdr, &stamp) &&
	    stamp_to_served(&map, stamp, &d.wall_ns))
		d.stamp = STAMP_KERNEL;
	u->events->received(u->owner, &d);
}

/*
 * Stamps come back in the order of sending, one each, so the stamp of the last
 * datagram is the one that completes the count.  (The kernel's own numbers
 * start at 0 in one world and at 1 in another.)
 */
static void take_departure(struct os_udp *u, struct msghdr *msg)
{
	struct stamp_map map;
	int64_t stamp, wall;

	if (!stamp_find(msg, &stamp))
		return;
	u->net->stats.departures++;
	if (++u->departed != u->sent || !u->events->departed)
		return;
	map = stamp_map_now(u->net->clock);
	if (stamp_to_served(&map, stamp, &wall))
		u->events->departed(u->owner, wall, STAMP_KERNEL);
}

/*
 * One message of the error queue per round; when the queue is empty it was an
 * ICMP error, and reading that clears the condition (E-17).
 */
static void os_udp_error(struct os_watch *w)
{
	struct os_udp *u = os_udp_of(w);
	struct message m;
	int error = 0;
	socklen_t len = sizeof error;

	if (message_receive(&m, w->fd, MSG_ERRQUEUE) >= 0) {
		take_departure(u, &m.hdr);
		return;
	}
	if (getsockopt(w->fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 && error)
		tell_refused(u, -error);
	else
		os_udp_readable(w);
}

static const struct udp_ops os_udp_ops = {
	.send = os_udp_send,
	.close = os_udp_close,
};

/* 0 or -errno (-EADDRNOTAVAIL: not an address of this machine). */
static int leave_from(int fd, const struct net_addr *source)
{
	struct sockaddr_storage sa;
	socklen_t len;

	if (source->family == AF_UNSPEC)
		return 0;
	len = os_sockaddr_from(source, &sa);
	return bind(fd, (const struct sockaddr *)&sa, len) < 0 ? -errno : 0;
}

static int open_connected(struct os_net *n, const struct net_addr *peer,
			  struct net_addr *local)
{
	struct sockaddr_storage sa;
	socklen_t len = os_sockaddr_from(peer, &sa);
	int fd = os_socket(peer->family, SOCK_DGRAM);
	int r;

	if (fd < 0)
		return fd;
	os_udp_tune(fd, peer->family, n->dscp);
	stamp_enable(fd, STAMP_ARRIVALS | STAMP_DEPARTURES);
	r = leave_from(fd,
		       peer->family == AF_INET6 ? &n->source6 : &n->source4);
	if (r < 0)
		goto fail_close;
	if (connect(fd, (const struct sockaddr *)&sa, len) < 0)
		goto fail;
	len = sizeof sa;
	if (getsockname(fd, (struct sockaddr *)&sa, &len) < 0)
		goto fail;
	*local = os_sockaddr_to(&sa);
	return fd;

fail:
	r = -errno;
fail_close:
	close(fd);
	return r;
}

static int os_net_connect_udp(struct net *net, const struct net_addr *peer,
			      const struct udp_events *events, void *owner,
			      struct udp **out)
{
	struct os_net *n = CONTAINER_OF(net, struct os_net, net);
	struct net_addr local;
	int fd = open_connected(n, peer, &local);
	struct os_udp *u;

	if (fd < 0) {
		n->stats.open_failed++;
		return fd;
	}
	n->stats.opened++;
	u = xcalloc(1, sizeof *u);
	u->udp = (struct udp){&os_udp_ops, local, *peer};
	u->net = n;
	u->events = events;
	u->owner = owner;
	u->watch = (struct os_watch){
		.fd = fd, .readable = os_udp_readable, .error = os_udp_error};
	os_loop_watch(n->loop, &u->watch);
	*out = &u->udp;
	return 0;
}

static const struct net_ops os_net_ops = {.connect_udp = os_net_connect_udp};

void os_net_init(struct os_net *n, struct os_loop *loop, struct clock *clock,
		 unsigned dscp)
{
	*n = (struct os_net){
		.net.ops = &os_net_ops,
		.loop = loop,
		.clock = clock,
		.dscp = dscp,
		.keeper_fd = os_socket(AF_INET, SOCK_DGRAM),
	};
	if (n->keeper_fd >= 0)
		stamp_enable(n->keeper_fd, STAMP_ARRIVALS);
}

void os_net_done(struct os_net *n)
{
	if (n->keeper_fd >= 0)
		close(n->keeper_fd);
	n->keeper_fd = -1;
}
