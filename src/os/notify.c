/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/notify.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int notify_send(const char *socket_name, const char *text)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	size_t len = socket_name ? strlen(socket_name) : 0;
	socklen_t sa_len;
	int fd, r = 1;

	if (len == 0)
		return 0;
	if ((*socket_name != '/' && *socket_name != '@') || len < 2)
		return -EINVAL;
	if (len >= sizeof sa.sun_path)
		return -ENAMETOOLONG;
	memcpy(sa.sun_path, socket_name, len);
	if (*socket_name == '@')
		sa.sun_path[0] = '\0'; /* the abstract name space */
	sa_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (sendto(fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT,
		   (const struct sockaddr *)&sa, sa_len) < 0)
		r = -errno;
	close(fd);
	return r;
}
