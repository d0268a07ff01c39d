/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "base/attr.h"
#include "status/document.h"

/*
 * A plugin by the rules of Nagios and its heirs: one line, "TEXT|perfdata", and
 * the exit status.
 */
enum check_status { CHECK_OK, CHECK_WARNING, CHECK_CRITICAL, CHECK_UNKNOWN };

/* What is alarming: outside min to max, or with inside set, between them. */
struct check_range {
	double min, max;
	bool inside;
	const char *text; /* as it was written, for the perfdata */
};

/**
 * "10" (beyond +-10: an offset has two sides), "MIN:MAX", "MIN:", "~:MAX", and
 * any with "@" before it for the opposite.  0 or -EINVAL.
 */
MUST_CHECK int check_range_parse(const char *text, struct check_range *out);

/** Is the value alarming?  NaN always is. */
bool check_is_outside(const struct check_range *r, double value);

struct check_limits {
	struct check_range warning, critical; /* of the offset, in seconds */
};

/** Judge what the daemon says of itself; prints the line. */
enum check_status check_document(const struct document *d,
				 const struct check_limits *limits, FILE *out);

/** What a plugin says, and returns, when its command line is wrong; why is on
 * standard error. */
int check_misused(FILE *out);
