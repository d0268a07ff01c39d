/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

static void put(struct json *j, const char *s)
{
	buf_add(j->out, s, strlen(s));
}

static void put_quoted(struct json *j, const char *value, size_t len)
{
	const unsigned char *s = (const unsigned char *)value;
	size_t plain = 0; /* octets at s that need no change */

	put(j, "\"");
	while (plain < len) {
		unsigned char c = s[plain];
		size_t n = utf8_len(s + plain, len - plain);

		if (n && c >= ' ' && c != '"' && c != '\\' && c != 0x7F) {
			plain += n;
			continue;
		}
		buf_add(j->out, s, plain);
		if (n == 0)
			put(j, "\xEF\xBF\xBD");
		else if (c == '"' || c == '\\')
			buf_printf(j->out, "\\%c", c);
		else
			buf_printf(j->out, "\\u%04x", c);
		s += plain + 1;
		len -= plain + 1;
		plain = 0;
	}
	buf_add(j->out, s, plain);
	put(j, "\"");
}

/* What comes before any value. */
static void lead(struct json *j, const char *name)
{
	if (j->comma)
		put(j, ",");
	j->comma = true;
	if (name) {
		put_quoted(j, name, strlen(name));
		put(j, ":");
	}
}

static void enter(struct json *j, const char *name, const char *bracket)
{
	lead(j, name);
	put(j, bracket);
	j->comma = false;
	j->depth++;
}

static void leave(struct json *j, const char *bracket)
{
	put(j, bracket);
	j->comma = true;
	j->depth--;
}

void json_object(struct json *j, const char *name)
{
	enter(j, name, "{");
}

void json_end_object(struct json *j)
{
	leave(j, "}");
}

void json_array(struct json *j, const char *name)
{
	enter(j, name, "[");
}

void json_end_array(struct json *j)
{
	leave(j, "]");
}

void json_text(struct json *j, const char *name, const char *value)
{
	if (value)
		json_text_n(j, name, value, strlen(value));
	else
		json_null(j, name);
}

void json_text_n(struct json *j, const char *name, const char *value,
		 size_t len)
{
	lead(j, name);
	put_quoted(j, value, len);
}

void json_int(struct json *j, const char *name, int64_t value)
{
	lead(j, name);
	buf_printf(j->out, "%" PRId64, value);
}

void json_bool(struct json *j, const char *name, bool value)
{
	lead(j, name);
	put(j, value ? "true" : "false");
}

void json_null(struct json *j, const char *name)
{
	lead(j, name);
	put(j, "null");
}

void json_real(struct json *j, const char *name, double value)
{
	char text[40];

	if (!isfinite(value)) {
		json_null(j, name);
		return;
	}
	lead(j, name);
	for (int digits = 1; digits <= 17; digits++) {
		snprintf(text, sizeof text, "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	/* 20, not 2e+01 */
	if (strchr(text, 'e') && fabs(value) >= 1 && fabs(value) < 1e15 &&
	    value == rint(value))
		snprintf(text, sizeof text, "%.0f", value);
	put(j, text);
}

void json_fixed(struct json *j, const char *name, double value, int decimals)
{
	if (!isfinite(value)) {
		json_null(j, name);
		return;
	}
	lead(j, name);
	buf_printf(j->out, "%.*f", decimals, value);
}
