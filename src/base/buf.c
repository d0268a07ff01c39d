/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

void buf_done(struct buf *b)
{
	free(b->data);
	*b = (struct buf){0};
}

/* Room for len more octets and the NUL. */
static char *buf_room(struct buf *b, size_t len)
{
	size_t want = b->len + len + 1;

	if (want > b->cap) {
		size_t cap = b->cap * 2 > want ? b->cap * 2 : want;

		b->data = xreallocarray(b->data, cap, 1);
		b->cap = cap;
	}
	return b->data + b->len;
}

void buf_add(struct buf *b, const void *data, size_t len)
{
	char *to = buf_room(b, len);

	if (len)
		memcpy(to, data, len);
	to[len] = '\0';
	b->len += len;
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list args, again;
	int len;

	va_start(args, fmt);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, args);
	if (len > 0) {
		vsnprintf(buf_room(b, (size_t)len), (size_t)len + 1, fmt,
			  again);
		b->len += (size_t)len;
	}
	va_end(again);
	va_end(args);
}

const char *buf_text(const struct buf *b)
{
	return b->data ? b->data : "";
}
