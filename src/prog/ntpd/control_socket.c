/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntpd/control_socket.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CONTROL_NAME "control.sock"
#define CONTROL_MODE 0600

static const char *path_of(const struct setup *s, char path[PATH_MAX])
{
	const char *status = s->cfg->status_socket;
	const char *slash = strrchr(status, '/');

	snprintf(path, PATH_MAX, "%.*s%s",
		 slash ? (int)(slash - status) + 1 : 0, status, CONTROL_NAME);
	return path;
}

int control_socket_open(const struct setup *s, struct log *log)
{
	char path[PATH_MAX];
	int fd;

	if (!s->cfg->status_socket || s->opt->set_once)
		return -1;
	fd = os_local_socket_open(path_of(s, path), CONTROL_MODE, (gid_t)-1);
	if (fd >= 0)
		return fd;
	log_line(log, geteuid() == 0 ? LOG_LEVEL_WARN : LOG_LEVEL_INFO,
		 "control socket %s: %s; ntpctl can change nothing", path,
		 strerror(-fd));
	return -1;
}

void control_socket_unlink(const struct setup *s, int fd)
{
	char path[PATH_MAX];

	if (fd >= 0)
		(void)!unlink(path_of(s, path));
}

static void answer(void *owner, const char *line, struct buf *out)
{
	commands_run(((struct control_socket *)owner)->commands, line, out);
}

void control_socket_init(struct control_socket *s, int fd, struct os_loop *loop,
			 const struct command_inputs *in, const char *lines)
{
	s->commands = commands_new(in);
	commands_restore(s->commands, lines);
	local_service_init(&s->service, fd, loop, true, answer, s);
}

void control_socket_done(struct control_socket *s)
{
	local_service_done(&s->service);
	commands_free(s->commands);
}
