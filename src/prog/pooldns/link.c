/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/pooldns/link.h"

#include <errno.h>
#include <stdalign.h>
#include <string.h>
#include <sys/socket.h>

#include "base/container.h"

/* Room for one descriptor. */
struct fd_control {
	alignas(struct cmsghdr) char octets[CMSG_SPACE(sizeof(int))];
};

int link_give(int link, unsigned char kind, int fd)
{
	struct fd_control control = {0};
	struct iovec iov = {&kind, 1};
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.octets,
		.msg_controllen = sizeof control.octets,
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(c), &fd, sizeof fd);
	return sendmsg(link, &msg, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno
								    : 0;
}

int link_take(int link, unsigned char *kind)
{
	struct fd_control control;
	struct iovec iov = {kind, 1};
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.octets,
		.msg_controllen = sizeof control.octets,
	};
	ssize_t n = recvmsg(link, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	struct cmsghdr *c;
	int fd;

	if (n < 0)
		return -errno;
	c = CMSG_FIRSTHDR(&msg);
	if (n == 0 || !c || c->cmsg_type != SCM_RIGHTS ||
	    c->cmsg_len != CMSG_LEN(sizeof fd))
		return -EPIPE;
	memcpy(&fd, CMSG_DATA(c), sizeof fd);
	return fd;
}

/* The level, then the text.  What does not fit into the socket is lost. */
static void write_line(struct log *log, enum log_level level, const char *text)
{
	struct link_log *l = CONTAINER_OF(log, struct link_log, log);
	unsigned char octet = (unsigned char)level;
	struct iovec iov[] = {{&octet, 1},
			      {(void *)(uintptr_t)text, strlen(text)}};
	struct msghdr msg = {.msg_iov = iov, .msg_iovlen = 2};

	(void)!sendmsg(l->link, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void link_log_init(struct link_log *l, int link, enum log_level threshold)
{
	*l = (struct link_log){{write_line, threshold}, link};
}

bool link_pass_lines(int link, struct log *log, unsigned number)
{
	char line[LINK_LINE_MAX + 2];

	for (;;) {
		ssize_t n = recv(link, line, sizeof line - 1, MSG_DONTWAIT);

		if (n <= 0)
			return n < 0 && (errno == EAGAIN || errno == EINTR);
		line[n] = '\0';
		if ((unsigned char)line[0] <= LOG_LEVEL_DEBUG)
			log_line(log, (enum log_level)line[0], "worker %u: %s",
				 number, line + 1);
	}
}
