/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

#define LEAP_TABLE_MAX 128

/* A leap-seconds.list of NIST or IERS. */
struct leap_table {
	size_t n;
	struct {
		int64_t wall_ns;  /* from this UTC instant on ... */
		int tai_offset_s; /* ... TAI - UTC is this */
	} entry[LEAP_TABLE_MAX];
	int64_t updated_wall_ns, expires_wall_ns;
};

/**
 * Parse a leap-seconds.list and verify its SHA-1 line.  The file counts as a
 * whole or not at all (F-09).
 *
 * out: written on success.  error: one sentence on failure, with the line.
 * Returns: 0, or -EINVAL.
 */
MUST_CHECK int leap_table_parse(const char *text, size_t len,
				struct leap_table *out, char error[160]);

/** TAI - UTC at wall_ns; 0 before the first entry. */
int leap_table_tai(const struct leap_table *t, int64_t wall_ns);

/**
 * The leap second at the end of the UTC day of wall_ns: +1, -1, or 0.
 */
int leap_table_today(const struct leap_table *t, int64_t wall_ns);
