/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/ipc.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/uio.h>

static_assert(offsetof(struct ipc_message, body) == sizeof(struct ipc_header),
	      "header and body are contiguous");

int ipc_pair(int fd[2])
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC,
		       0, fd) < 0)
		return -errno;
	return 0;
}

int ipc_send(int fd, const struct ipc_header *h, const void *body)
{
	struct ipc_header head = *h;
	/* sendmsg() does not write through it; the type cannot say so. */
	union {
		const void *in;
		void *out;
	} b = {.in = body};
	struct iovec iov[2] = {{&head, sizeof head}, {b.out, h->len}};
	struct msghdr m = {.msg_iov = iov, .msg_iovlen = h->len ? 2 : 1};
	ssize_t n;

	assert(h->len <= IPC_MAX_BODY);
	head.magic = IPC_MAGIC;
	do
		n = sendmsg(fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

int ipc_check(const struct ipc_message *msg, size_t len,
	      const struct ipc_kind *kinds, size_t n)
{
	if (len < sizeof msg->h || msg->h.magic != IPC_MAGIC ||
	    len != sizeof msg->h + msg->h.len)
		return -EPROTO;
	for (size_t i = 0; i < n; i++)
		if (kinds[i].type == msg->h.type &&
		    msg->h.len >= kinds[i].min_len &&
		    msg->h.len <= kinds[i].max_len)
			return 0;
	return -EPROTO;
}

int ipc_recv(int fd, struct ipc_message *msg)
{
	struct iovec iov = {msg, sizeof *msg};
	/* No room for control messages: descriptors sent to us are closed by
	 * the kernel and show as MSG_CTRUNC. */
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
	ssize_t len;

	do
		len = recvmsg(fd, &m, MSG_DONTWAIT);
	while (len < 0 && errno == EINTR);
	if (len < 0)
		return errno == ECONNRESET ? 0 : -errno;
	if (m.msg_flags & (MSG_TRUNC | MSG_CTRUNC))
		return -EPROTO;
	return (int)len;
}
