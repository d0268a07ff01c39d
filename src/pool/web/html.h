/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"

/*
 * A page as it grows.  html_put() escapes each %s argument, so pages cannot
 * forget; what is markup stands in the format itself, which is a literal.
 */
struct html {
	struct buf buf;
};

/**
 * Append.  fmt: a literal; %s is escaped (& < > " ' and control characters),
 * numbers are as in printf.  The compiler checks the arguments.
 */
void html_put(struct html *h, const char *fmt, ...) PRINTF_LIKE(2, 3);

/** Append octets that are markup already: the output of another html, an embedded file. */
void html_raw(struct html *h, const char *markup, size_t len);
