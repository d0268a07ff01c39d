/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/attr.h"
#include "base/log.h"

enum os_log_sink { OS_LOG_FD, OS_LOG_FILE, OS_LOG_SYSLOG };

/*
 * Where log lines go.  In files and on descriptors a line is
 *
 *     2026-11-23 16:20:01.123 ntpd[4711]: warning: text
 *
 * in local time, as people compare it with their other logs; errors, warnings
 * and debug lines are marked, notice and info are not.  Octets that could move
 * a terminal's cursor become '?'.  A line is written by one write(2), so
 * processes that share a file do not mix theirs.
 */
struct os_log {
	struct log log;
	enum os_log_sink sink;
	int fd;
	char *path;        /* OS_LOG_FILE */
	const char *ident; /* borrowed: "ntpd" */
};

/** Lines go to standard error until told otherwise; threshold is info. */
void os_log_init(struct os_log *l, const char *ident);
void os_log_done(struct os_log *l);

/** Append to a file, created 0640.  On error the present sink stays.  0 or -errno. */
MUST_CHECK int os_log_to_file(struct os_log *l, const char *path);

/** fd is borrowed. */
void os_log_to_fd(struct os_log *l, int fd);

/** Facility daemon; connects at once, so that a later chroot does not matter. */
void os_log_to_syslog(struct os_log *l);

/** Open the file again after it was rotated; keeps the old one on error.  0 or -errno. */
int os_log_reopen(struct os_log *l);
