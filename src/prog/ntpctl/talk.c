/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntpctl/talk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "os/state_file.h"

#define SILENCE_MAX_S 5
#define TEXT_MAX ((size_t)64 << 20)

/* Up to the end. */
static int read_all(int fd, struct buf *out)
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

static int dial(const char *path)
{
	const struct timeval patience = {.tv_sec = SILENCE_MAX_S};
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

int talk_read_status(const char *path, struct buf *out)
{
	int fd = dial(path), r;

	if (fd < 0)
		return fd;
	r = read_all(fd, out);
	close(fd);
	return r;
}

/* "ok\n…" or "error TEXT\n…" */
static int split_reply(const struct buf *reply, struct buf *out, char *error,
		       size_t cap)
{
	const char *text = buf_text(reply);
	size_t first = strcspn(text, "\n");

	error[0] = '\0';
	if (first == 2 && strncmp(text, "ok", 2) == 0)
		;
	else if (strncmp(text, "error ", 6) == 0)
		snprintf(error, cap, "%.*s", (int)(first - 6), text + 6);
	else
		return -EPROTO;
	if (text[first])
		buf_add(out, text + first + 1, reply->len - first - 1);
	return 0;
}

int talk_control(const char *path, const char *line, struct buf *out,
		 char *error, size_t error_cap)
{
	struct buf reply = {0};
	int fd = dial(path), r;

	if (fd < 0)
		return fd;
	r = file_write_all(fd, line, strlen(line));
	if (r == 0)
		r = file_write_all(fd, "\n", 1);
	/* Who refuses early has said why, and hung up. */
	if (r == 0 || r == -EPIPE)
		r = read_all(fd, &reply);
	if (r == 0)
		r = split_reply(&reply, out, error, error_cap);
	close(fd);
	buf_done(&reply);
	return r;
}

int talk_read_file(const char *path, struct buf *out)
{
	int fd = STDIN_FILENO, r;

	if (strcmp(path, "-") != 0)
		fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = read_all(fd, out);
	if (fd != STDIN_FILENO)
		close(fd);
	return r;
}
