/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * Writing JSON as it comes, without a tree (RFC 8259).  Commas are its care;
 * name is the member's in an object and NULL in an array.  Texts are escaped,
 * octets that are no UTF-8 become U+FFFD, numbers that are not finite null.
 */
struct json {
	struct buf *out; /* borrowed */
	bool comma;      /* the next value needs one */
	unsigned depth;
};

static inline struct json json_init(struct buf *out)
{
	return (struct json){out, false, 0};
}

void json_object(struct json *j, const char *name); /* { */
void json_end_object(struct json *j);
void json_array(struct json *j, const char *name); /* [ */
void json_end_array(struct json *j);

void json_text(struct json *j, const char *name,
	       const char *value); /* NULL: null */
void json_text_n(struct json *j, const char *name, const char *value,
		 size_t len);
void json_int(struct json *j, const char *name, int64_t value);
void json_bool(struct json *j, const char *name, bool value);
void json_null(struct json *j, const char *name);

/** The shortest decimal that reads back as the same double. */
void json_real(struct json *j, const char *name, double value);

/** decimals digits after the point. */
void json_fixed(struct json *j, const char *name, double value, int decimals);
