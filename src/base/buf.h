/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdarg.h>
#include <stddef.h>

#include "base/attr.h"

/*
 * Octets that grow, for pages and documents.  Zeroed it is empty; what it
 * holds is always followed by a NUL that len does not count, once something
 * was added.  Memory that is out ends the program (base/alloc.h).
 */
struct buf {
	char *data; /* NULL while nothing was added */
	size_t len, cap;
};

/** Free what it holds; it is empty afterwards, and may be used again. */
void buf_done(struct buf *b);

void buf_add(struct buf *b, const void *data, size_t len);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);

/** The text, "" when empty; valid until the next change. */
const char *buf_text(const struct buf *b);
