/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log.h"

#include <stdio.h>
#include <string.h>

#define LINE_MAX_LEN 1024

const char *log_level_name(enum log_level level)
{
	static const char *const names[] = {"error", "warning", "notice",
					    "info", "debug"};

	return names[level];
}

void log_line(struct log *log, enum log_level level, const char *fmt, ...)
{
	char line[LINE_MAX_LEN];
	va_list ap;

	if (!log || level > log->threshold)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	log->write(log, level, line);
}

void log_limited(struct log *log, struct log_limit *limit, int64_t mono_ns,
		 enum log_level level, const char *fmt, ...)
{
	char line[LINE_MAX_LEN];
	va_list ap;

	if (!log || level > log->threshold)
		return;
	if (mono_ns < limit->next_ns) {
		limit->suppressed++;
		return;
	}
	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	if (limit->suppressed)
		log_line(log, level, "%s (and %u more like it)", line,
			 limit->suppressed);
	else
		log->write(log, level, line);
	limit->next_ns = mono_ns + LOG_LIMIT_INTERVAL_NS;
	limit->suppressed = 0;
}
