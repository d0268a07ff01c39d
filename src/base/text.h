/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

/*
 * A printf into a fixed buffer with a sticky overflow flag; always terminated.
 */
struct text {
	char *buf;
	size_t cap, len;
	bool full; /* something did not fit and was cut */
};

/** cap: at least 1. */
static inline struct text text_init(char *buf, size_t cap)
{
	buf[0] = '\0';
	return (struct text){buf, cap, 0, false};
}

void text_add(struct text *t, const char *fmt, ...) PRINTF_LIKE(2, 3);

/**
 * Strict number parsing: the whole string, decimal, nothing around it,
 * independent of the locale (no program here sets LC_NUMERIC).
 *
 * Returns: 0, -EINVAL when it is not a number, -ERANGE when it lies outside
 * min..max (NaN and infinities are -EINVAL).  *out is written on success only.
 */
MUST_CHECK int text_to_int(const char *s, long min, long max, long *out);
MUST_CHECK int text_to_double(const char *s, double min, double max,
			      double *out);

/** Copy src into dst as printable ASCII: anything else becomes \xNN, always terminated. */
void text_escape(char *dst, size_t cap, const char *src, size_t len);
