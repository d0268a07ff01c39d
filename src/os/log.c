/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/container.h"
#include "base/text.h"

static const char *mark(enum log_level level)
{
	switch (level) {
	case LOG_LEVEL_ERROR:
		return "error: ";
	case LOG_LEVEL_WARN:
		return "warning: ";
	case LOG_LEVEL_DEBUG:
		return "debug: ";
	default:
		return "";
	}
}

static int syslog_priority(enum log_level level)
{
	static const int priorities[] = {LOG_ERR, LOG_WARNING, LOG_NOTICE,
					 LOG_INFO, LOG_DEBUG};

	return priorities[level];
}

static void disarm_controls(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*text = '?';
}

static void write_line(const struct os_log *l, enum log_level level,
		       const char *text)
{
	char buf[1200];
	struct text t = text_init(buf, sizeof buf - 1); /* and a newline */
	struct timespec now;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &tm);
	text_add(&t, "%04d-%02d-%02d %02d:%02d:%02d.%03ld %s[%ld]: %s%s",
		 tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
		 tm.tm_min, tm.tm_sec, now.tv_nsec / 1000000, l->ident,
		 (long)getpid(), mark(level), text);
	disarm_controls(buf);
	buf[t.len] = '\n';
	/* Nothing can be done about a log that cannot be written. */
	while (write(l->fd, buf, t.len + 1) < 0 && errno == EINTR)
		;
}

static void os_log_write(struct log *base, enum log_level level,
			 const char *text)
{
	const struct os_log *l = CONTAINER_OF(base, struct os_log, log);

	if (l->sink == OS_LOG_SYSLOG)
		syslog(syslog_priority(level), "%s%s", mark(level), text);
	else
		write_line(l, level, text);
}

void os_log_init(struct os_log *l, const char *ident)
{
	*l = (struct os_log){
		.log = {os_log_write, LOG_LEVEL_INFO},
		.sink = OS_LOG_FD,
		.fd = STDERR_FILENO,
		.ident = ident,
	};
	tzset(); /* reads its file now, not after a chroot */
}

static void leave_sink(struct os_log *l)
{
	if (l->sink == OS_LOG_SYSLOG)
		closelog();
	if (l->sink == OS_LOG_FILE)
		close(l->fd);
	free(l->path);
	l->path = NULL;
}

void os_log_done(struct os_log *l)
{
	leave_sink(l);
	os_log_init(l, l->ident);
}

static int open_log(const char *path)
{
	int fd = open(path,
		      O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK |
			      O_NOCTTY | O_CLOEXEC,
		      0640);

	return fd < 0 ? -errno : fd;
}

int os_log_to_file(struct os_log *l, const char *path)
{
	int fd = open_log(path);

	if (fd < 0)
		return fd;
	leave_sink(l);
	l->sink = OS_LOG_FILE;
	l->fd = fd;
	l->path = xstrdup(path);
	return 0;
}

void os_log_to_fd(struct os_log *l, int fd)
{
	leave_sink(l);
	l->sink = OS_LOG_FD;
	l->fd = fd;
}

void os_log_to_syslog(struct os_log *l)
{
	leave_sink(l);
	l->sink = OS_LOG_SYSLOG;
	openlog(l->ident, LOG_PID | LOG_NDELAY, LOG_DAEMON);
}

int os_log_reopen(struct os_log *l)
{
	int fd;

	if (l->sink != OS_LOG_FILE)
		return 0;
	fd = open_log(l->path);
	if (fd < 0)
		return fd;
	close(l->fd);
	l->fd = fd;
	return 0;
}
