/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/pooldns/udp.h"

#include <netinet/in.h>
#include <stdalign.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/container.h"
#include "os/udp.h"
#include "prog/pooldns/responder.h"

/*
 * Datagrams come and go in batches: one system call each way.  An answer leaves
 * from the address that was asked: the control message that told it is sent
 * back with it, only without the interface.
 */
#define CONTROL_LEN 64

/* A busy socket is read so often before others have their turn. */
#define ROUNDS 4

struct udp_slot {
	struct iovec in, out;
	struct sockaddr_storage peer;
	alignas(struct cmsghdr) char control[CONTROL_LEN];
	uint8_t query[UDP_QUERY_MAX];
	uint8_t answer[DNS_TCP_MAX];
};

void udp_batch_init(struct udp_batch *b)
{
	b->in = xcalloc(UDP_BATCH, sizeof *b->in);
	b->out = xcalloc(UDP_BATCH, sizeof *b->out);
	b->slot = xcalloc(UDP_BATCH, sizeof *b->slot);
	for (int i = 0; i < UDP_BATCH; i++) {
		struct udp_slot *s = &b->slot[i];

		s->in = (struct iovec){s->query, sizeof s->query};
		b->in[i].msg_hdr.msg_iov = &s->in;
		b->in[i].msg_hdr.msg_iovlen = 1;
		b->in[i].msg_hdr.msg_name = &s->peer;
		b->in[i].msg_hdr.msg_control = s->control;
	}
}

/* The kernel wrote how long each was. */
static int receive(int fd, struct udp_batch *b)
{
	for (int i = 0; i < UDP_BATCH; i++) {
		b->in[i].msg_hdr.msg_namelen = sizeof b->slot[i].peer;
		b->in[i].msg_hdr.msg_controllen = CONTROL_LEN;
	}
	return recvmmsg(fd, b->in, UDP_BATCH, MSG_DONTWAIT, NULL);
}

/* Which way it goes is the routing table's to say, but for link-local ones. */
static void forget_interface(struct msghdr *msg)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c;
	     c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo *info = (void *)CMSG_DATA(c);

			info->ipi_ifindex = 0;
		} else if (c->cmsg_level == IPPROTO_IPV6 &&
			   c->cmsg_type == IPV6_PKTINFO) {
			struct in6_pktinfo *info = (void *)CMSG_DATA(c);

			if (!IN6_IS_ADDR_LINKLOCAL(&info->ipi6_addr))
				info->ipi6_ifindex = 0;
		}
	}
}

/* False: nothing is to be sent. */
static bool answer_one(struct responder *r, struct mmsghdr *in,
		       struct udp_slot *slot, struct msghdr *out)
{
	struct net_addr peer = os_sockaddr_to(&slot->peer);
	size_t len;

	if (in->msg_hdr.msg_flags & MSG_TRUNC || peer.port == 0)
		return false;
	len = responder_answer(r, &peer, false, slot->query, in->msg_len,
			       slot->answer);
	if (len == 0)
		return false;
	forget_interface(&in->msg_hdr);
	slot->out = (struct iovec){slot->answer, len};
	*out = in->msg_hdr;
	out->msg_iov = &slot->out;
	if (out->msg_controllen == 0)
		out->msg_control = NULL;
	return true;
}

/* What the kernel has no room for is lost, as on any network. */
static void send_all(int fd, struct udp_batch *b, unsigned n)
{
	unsigned done = 0;

	while (done < n) {
		int sent = sendmmsg(fd, b->out + done, n - done,
				    MSG_DONTWAIT | MSG_NOSIGNAL);

		/* The first could not go: the others may. */
		done += sent > 0 ? (unsigned)sent : 1;
	}
}

static void on_readable(struct os_watch *w)
{
	struct udp_service *s = CONTAINER_OF(w, struct udp_service, watch);
	struct udp_batch *b = s->batch;
	int n = UDP_BATCH;

	for (int round = 0; round < ROUNDS && n == UDP_BATCH; round++) {
		unsigned out = 0;

		n = receive(w->fd, b);
		if (n <= 0)
			return;
		responder_look(s->responder);
		for (int i = 0; i < n; i++)
			out += answer_one(s->responder, &b->in[i], &b->slot[i],
					  &b->out[out].msg_hdr);
		send_all(w->fd, b, out);
	}
}

void udp_service_start(struct udp_service *s, int fd, struct os_loop *loop,
		       struct responder *r, struct udp_batch *b)
{
	*s = (struct udp_service){
		.watch = {.fd = fd, .readable = on_readable},
		.responder = r,
		.batch = b,
	};
	os_loop_watch(loop, &s->watch);
}
