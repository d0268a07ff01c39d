/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdarg.h>
#include <stdint.h>

#include "base/attr.h"

/*
 * A log is an object that is passed in, so that every engine of a simulation
 * has its own.  The subject comes first, numbers have units, no full stop:
 * log_warn(log, "source %s: falseticker, offset %+.6f s", ...).
 */
enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARN,
	LOG_LEVEL_NOTICE,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

struct log {
	/* text is one line without newline, borrowed for the call. */
	void (*write)(struct log *log, enum log_level level, const char *text);
	enum log_level threshold; /* lines above it are not formatted at all */
};

/** Lines of at most 1,024 octets; longer ones are cut.  log may be NULL: nothing is written. */
void log_line(struct log *log, enum log_level level, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

#define log_error(log, ...) log_line(log, LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warn(log, ...) log_line(log, LOG_LEVEL_WARN, __VA_ARGS__)
#define log_notice(log, ...) log_line(log, LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_info(log, ...) log_line(log, LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(log, ...) log_line(log, LOG_LEVEL_DEBUG, __VA_ARGS__)

/*
 * For what a stranger can cause: at most one line per interval and class, and
 * that line says how many were suppressed.
 */
struct log_limit {
	int64_t next_ns;
	unsigned suppressed;
};

#define LOG_LIMIT_INTERVAL_NS INT64_C(10000000000)

/** mono_ns: the caller's monotonic time. */
void log_limited(struct log *log, struct log_limit *limit, int64_t mono_ns,
		 enum log_level level, const char *fmt, ...) PRINTF_LIKE(5, 6);

/** "error", "warning", "notice", "info", "debug". */
const char *log_level_name(enum log_level level);
