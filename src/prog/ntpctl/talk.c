/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntpctl/talk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "os/state_file.h"
#include "status/fetch.h"

#define SILENCE_MAX_S 5

int talk_read_status(const char *path, struct buf *out)
{
	return status_fetch(path, SILENCE_MAX_S, out);
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
	int fd = status_dial(path, SILENCE_MAX_S), r;

	if (fd < 0)
		return fd;
	r = file_write_all(fd, line, strlen(line));
	if (r == 0)
		r = file_write_all(fd, "\n", 1);
	/* Who refuses early has said why, and hung up. */
	if (r == 0 || r == -EPIPE)
		r = status_read_to_end(fd, &reply);
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
	r = status_read_to_end(fd, out);
	if (fd != STDIN_FILENO)
		close(fd);
	return r;
}
