/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/server_socket.h"

#include <errno.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/container.h"
#include "os/stamp.h"
#include "os/udp.h"

#define CONTROL_LEN 256

/*
 * Room in the kernel for what comes in bursts, or while a worker is replaced:
 * some 1,400 requests (the usual buffer holds 280).
 */
#define RECEIVE_BUFFER (1 << 20)

struct slot {
	struct iovec iov;
	struct sockaddr_storage peer;
	alignas(struct cmsghdr) uint8_t control[CONTROL_LEN];
	uint8_t data[OS_BATCH_DATAGRAM];
};

struct os_batch {
	struct mmsghdr msgs[OS_BATCH_LEN];
	struct slot slots[OS_BATCH_LEN];
};

struct os_batch *os_batch_new(void)
{
	return xcalloc(1, sizeof(struct os_batch));
}

void os_batch_free(struct os_batch *b)
{
	free(b);
}

/* The kernel writes into the headers, so they are made anew each time. */
static void batch_prepare(struct os_batch *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct slot *s = &b->slots[i];

		s->iov = (struct iovec){s->data, sizeof s->data};
		b->msgs[i].msg_hdr = (struct msghdr){
			.msg_name = &s->peer,
			.msg_namelen = sizeof s->peer,
			.msg_iov = &s->iov,
			.msg_iovlen = 1,
			.msg_control = s->control,
			.msg_controllen = sizeof s->control,
		};
	}
}

static int set_flag(int fd, int level, int name)
{
	const int on = 1;

	return setsockopt(fd, level, name, &on, sizeof on) < 0 ? -errno : 0;
}

/* Beyond net.core.rmem_max needs CAP_NET_ADMIN; less is no failure. */
void os_widen_buffer(int fd)
{
	const int size = RECEIVE_BUFFER;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0)
		(void)!setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size,
				  sizeof size);
}

int os_tell_destination(int fd, int family)
{
	if (family == AF_INET6)
		return set_flag(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO);
	return set_flag(fd, IPPROTO_IP, IP_PKTINFO);
}

int os_bound_socket(const struct net_addr *addr, int type, bool share_port)
{
	struct sockaddr_storage sa;
	socklen_t len = os_sockaddr_from(addr, &sa);
	int fd = os_socket(addr->family, type);
	int r = 0;

	if (fd < 0)
		return fd;
	if (share_port)
		r = set_flag(fd, SOL_SOCKET, SO_REUSEPORT);
	if (r == 0 && type == SOCK_STREAM)
		r = set_flag(fd, SOL_SOCKET, SO_REUSEADDR);
	if (r == 0 && addr->family == AF_INET6)
		r = set_flag(fd, IPPROTO_IPV6, IPV6_V6ONLY);
	if (r == 0 && bind(fd, (const struct sockaddr *)&sa, len) < 0)
		r = -errno;
	if (r < 0) {
		close(fd);
		return r;
	}
	return fd;
}

int os_server_socket_open(const struct net_addr *addr, bool share_port,
			  unsigned dscp)
{
	int fd = os_bound_socket(addr, SOCK_DGRAM, share_port);
	int r;

	if (fd < 0)
		return fd;
	r = os_tell_destination(fd, addr->family);
	if (r < 0) {
		close(fd);
		return r;
	}
	os_widen_buffer(fd);
	os_udp_tune(fd, addr->family, dscp);
	stamp_enable(fd, STAMP_ARRIVALS);
	return fd;
}

/* The address that the peer asked; port and family are those of the socket. */
static void find_local(struct msghdr *msg, struct net_addr *local)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c;
	     c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo info;

			memcpy(&info, CMSG_DATA(c), sizeof info);
			memcpy(local->ip, &info.ipi_addr, 4);
		} else if (c->cmsg_level == IPPROTO_IPV6 &&
			   c->cmsg_type == IPV6_PKTINFO) {
			struct in6_pktinfo info;

			memcpy(&info, CMSG_DATA(c), sizeof info);
			memcpy(local->ip, &info.ipi6_addr, 16);
			if (IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr))
				local->scope = info.ipi6_ifindex;
		}
	}
}

static void take_one(struct os_server_socket *s, struct mmsghdr *m,
		     const struct stamp_map *map)
{
	struct slot *slot = CONTAINER_OF(m->msg_hdr.msg_iov, struct slot, iov);
	struct datagram d = {
		.peer = os_sockaddr_to(&slot->peer),
		.local = s->bound,
		.data = slot->data,
		.len = m->msg_len,
		.wall_ns = map->served_ns,
	};
	int64_t stamp;

	if (m->msg_hdr.msg_flags & MSG_TRUNC) {
		s->stats.truncated++;
		return;
	}
	s->stats.received++;
	find_local(&m->msg_hdr, &d.local);
	if (stamp_find(&m->msg_hdr, &stamp) &&
	    stamp_to_served(map, stamp, &d.wall_ns))
		d.stamp = STAMP_KERNEL;
	else
		s->stats.unstamped++;
	s->events->received(s->owner, s, &d);
}

static void server_socket_readable(struct os_watch *w)
{
	struct os_server_socket *s =
		CONTAINER_OF(w, struct os_server_socket, watch);
	struct os_batch *b = s->batch;
	struct stamp_map map;
	int n;

	batch_prepare(b, OS_BATCH_LEN);
	n = recvmmsg(w->fd, b->msgs, OS_BATCH_LEN, MSG_DONTWAIT, NULL);
	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR)
			s->stats.receive_failed++;
		return;
	}
	map = stamp_map_now(s->clock);
	for (int i = 0; i < n; i++)
		take_one(s, &b->msgs[i], &map);
}

int os_server_socket_init(struct os_server_socket *s, int fd,
			  struct os_loop *loop, struct os_batch *batch,
			  struct clock *clock,
			  const struct os_server_socket_events *events,
			  void *owner)
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof sa;

	if (getsockname(fd, (struct sockaddr *)&sa, &len) < 0)
		return -errno;
	*s = (struct os_server_socket){
		.watch = {.fd = fd, .readable = server_socket_readable},
		.loop = loop,
		.batch = batch,
		.clock = clock,
		.events = events,
		.owner = owner,
		.bound = os_sockaddr_to(&sa),
	};
	os_loop_watch(loop, &s->watch);
	return 0;
}

uint32_t os_server_socket_drops(const struct os_server_socket *s)
{
	uint32_t info[SK_MEMINFO_VARS] = {0};
	socklen_t len = sizeof info;

	if (getsockopt(s->watch.fd, SOL_SOCKET, SO_MEMINFO, info, &len) < 0)
		return 0;
	return info[SK_MEMINFO_DROPS];
}

void os_server_socket_done(struct os_server_socket *s)
{
	os_loop_unwatch(s->loop, &s->watch);
	close(s->watch.fd);
	s->watch.fd = -1;
}

/* Room for the larger of the two address informations. */
struct source_control {
	alignas(struct cmsghdr)
		uint8_t octets[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

static void put_control(struct msghdr *msg, struct source_control *control,
			int level, int type, const void *info, size_t len)
{
	struct cmsghdr *c;

	memset(control, 0, sizeof *control);
	msg->msg_control = control->octets;
	msg->msg_controllen = CMSG_SPACE(len);
	c = CMSG_FIRSTHDR(msg);
	c->cmsg_level = level;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(c), info, len);
}

static void put_source(struct msghdr *msg, struct source_control *control,
		       const struct net_addr *local)
{
	struct in_pktinfo v4 = {0};
	struct in6_pktinfo v6 = {.ipi6_ifindex = local->scope};

	if (net_addr_is_any(local) || net_addr_is_multicast(local))
		return;
	if (local->family == AF_INET) {
		memcpy(&v4.ipi_spec_dst, local->ip, 4);
		put_control(msg, control, IPPROTO_IP, IP_PKTINFO, &v4,
			    sizeof v4);
	} else if (local->family == AF_INET6) {
		memcpy(&v6.ipi6_addr, local->ip, 16);
		put_control(msg, control, IPPROTO_IPV6, IPV6_PKTINFO, &v6,
			    sizeof v6);
	}
}

static int count_failure(struct os_server_socket *s, int error)
{
	if (error == ENOBUFS || error == EAGAIN)
		s->stats.send_congested++;
	else
		s->stats.send_refused++;
	return -error;
}

int os_server_socket_send(struct os_server_socket *s,
			  const struct net_addr *peer,
			  const struct net_addr *local, const uint8_t *data,
			  size_t len)
{
	struct sockaddr_storage sa;
	struct source_control control;
	struct iovec iov = {(void *)(uintptr_t)data, len};
	struct msghdr msg = {
		.msg_name = &sa,
		.msg_namelen = os_sockaddr_from(peer, &sa),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	ssize_t n;

	if (len > OS_UDP_MAX_SEND)
		return count_failure(s, EMSGSIZE);
	put_source(&msg, &control, local);
	do
		n = sendmsg(s->watch.fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return count_failure(s, errno);
	s->stats.sent++;
	return 0;
}
