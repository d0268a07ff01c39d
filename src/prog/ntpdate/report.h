/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/attr.h"
#include "ntp/survey.h"

/* The classic program's lines, which scripts read. */
struct report {
	bool to_syslog;
};

void report_open(struct report *r, bool to_syslog);

/** "23 Nov 05:00:32 ntpdate[20457]: TEXT" on stdout, or syslog. */
void report_say(const struct report *r, const char *fmt, ...) PRINTF_LIKE(2, 3);

/** The same on stderr. */
void report_error(const struct report *r, const char *fmt, ...)
	PRINTF_LIKE(2, 3);

/** "server ADDRESS, stratum N, offset S, delay S" */
void report_server(const struct target *t);

/** The block of -d about one server. */
void report_details(const struct target *t);

/** "transmit(ADDRESS)", for survey.trace */
void report_trace(const struct target *t, const char *what);
