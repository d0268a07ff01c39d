/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdarg.h>
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
 * Append.  fmt: a literal.  %s, %.*s and %c are escaped: & < > " ' become
 * entities; what is no UTF-8, control characters and those that change the
 * direction of writing become U+FFFD.  Numbers are as in printf: d i u x f g
 * with + 0 width .precision l ll z; other conversions are not there (assert).
 * Attribute values stand in double quotes: "<a href=\"/zone/%s\">".
 */
void html_put(struct html *h, const char *fmt, ...) PRINTF_LIKE(2, 3);
void html_vput(struct html *h, const char *fmt, va_list args) PRINTF_LIKE(2, 0);

/** Append text as %s does. */
void html_escape(struct html *h, const char *s, size_t len);

/** Append octets that are markup already: the output of another html, an embedded file. */
void html_raw(struct html *h, const char *markup, size_t len);
