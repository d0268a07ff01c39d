/* SPDX-License-Identifier: BSD-2-Clause */
#include "status/fetch.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define TEXT_MAX ((size_t)64 << 20)

int status_read_to_end(int fd, struct buf *out)
{
	char part[16384];
	ssize_t n;

	while ((n = read(fd, part, sizeof part)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? -ETIMEDOUT : -errno;
		if (out->len + (size_t)n > TEXT_MAX)
			return -EFBIG;
		buf_add(out, part, (size_t)n);
	}
	return 0;
}

int status_dial(const char *path, int silence_s)
{
	const struct timeval patience = {.tv_sec = silence_s};
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int fd, r;

	if (strlen(path) >= sizeof to.sun_path)
		return -ENAMETOOLONG;
	memcpy(to.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
		       sizeof patience) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
		       sizeof patience) < 0 ||
	    connect(fd, (const struct sockaddr *)&to, sizeof to) < 0) {
		r = errno == EAGAIN ? -ETIMEDOUT : -errno;
		close(fd);
		return r;
	}
	return fd;
}

int status_fetch(const char *path, int silence_s, struct buf *out)
{
	int fd = status_dial(path, silence_s), r;

	if (fd < 0)
		return fd;
	r = status_read_to_end(fd, out);
	close(fd);
	return r;
}
