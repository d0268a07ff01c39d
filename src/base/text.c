/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/text.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void text_add(struct text *t, const char *fmt, ...)
{
	size_t room = t->cap - t->len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->buf + t->len, room, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n >= room) {
		t->full = true;
		t->len = t->cap - 1;
		return;
	}
	t->len += (size_t)n;
}

int text_to_int(const char *s, long min, long max, long *out)
{
	const char *digits = *s == '-' || *s == '+' ? s + 1 : s;
	long v;

	if (*digits == '\0' || digits[strspn(digits, "0123456789")] != '\0')
		return -EINVAL;
	errno = 0;
	v = strtol(s, NULL, 10);
	if (errno == ERANGE || v < min || v > max)
		return -ERANGE;
	*out = v;
	return 0;
}

int text_to_double(const char *s, double min, double max, double *out)
{
	char *end;
	double v;

	if (*s == '\0' || s[strspn(s, "0123456789.eE+-")] != '\0')
		return -EINVAL;
	v = strtod(s, &end);
	if (end == s || *end || isnan(v))
		return -EINVAL;
	if (isinf(v) || v < min || v > max)
		return -ERANGE;
	*out = v;
	return 0;
}

void text_escape(char *dst, size_t cap, const char *src, size_t len)
{
	struct text t = text_init(dst, cap);

	for (size_t i = 0; i < len && !t.full; i++) {
		unsigned char c = (unsigned char)src[i];

		if (c >= 0x20 && c < 0x7f)
			text_add(&t, "%c", c);
		else
			text_add(&t, "\\x%02x", c);
	}
}
