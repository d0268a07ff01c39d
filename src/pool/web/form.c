/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/web/form.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The octet that "%XX" at s stands for, or -1. */
static int percent_octet(const char *s, size_t left)
{
	int high, low;

	if (left < 3)
		return -1;
	high = hex_digit(s[1]);
	low = hex_digit(s[2]);
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

int percent_decode(char *to, const char *from, size_t len, bool plus)
{
	size_t n = 0;

	if (len > INT_MAX)
		return -EINVAL;
	for (size_t i = 0; i < len; i++) {
		int c = (unsigned char)from[i];

		if (c == '%') {
			c = percent_octet(from + i, len - i);
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		if (c <= 0)
			return -EINVAL;
		to[n++] = (char)c;
	}
	to[n] = '\0';
	return (int)n;
}

/* A browser sends CR LF for the end of a line. */
static void mend_line_ends(char *s)
{
	char *to = s;

	for (; *s; s++)
		if (s[0] != '\r' || s[1] != '\n')
			*to++ = *s;
	*to = '\0';
}

/* Decode one name or value to *at, which moves behind it. */
static char *take(char **at, const char *from, size_t len, bool lines)
{
	char *to = *at;
	int n = percent_decode(to, from, len, true);

	if (n < 0 || !utf8_is_plain(to, (size_t)n, lines))
		return NULL;
	*at += n + 1;
	mend_line_ends(to);
	return to;
}

static int take_field(struct form *f, char **at, const char *s, size_t len)
{
	const char *equals = memchr(s, '=', len);
	size_t name_len = equals ? (size_t)(equals - s) : len;
	const char *value = equals ? equals + 1 : s + len;
	struct field field;

	if (f->n == FORM_FIELDS_MAX)
		return -E2BIG;
	field.name = take(at, s, name_len, false);
	field.value = take(at, value, (size_t)(s + len - value), true);
	if (!field.name || !field.value || form_find(f, field.name))
		return -EINVAL;
	f->field[f->n++] = field;
	return 0;
}

int form_parse(const char *text, size_t len, struct form *out)
{
	const char *end = text + len;
	char *at;
	int r = 0;

	out->n = 0;
	/* Each field becomes no longer than it was, and has two NULs. */
	out->text = at = xcalloc(len + 2 * (FORM_FIELDS_MAX + 1), 1);
	while (text < end && r == 0) {
		const char *amp = memchr(text, '&', (size_t)(end - text));
		const char *stop = amp ? amp : end;

		if (stop > text)
			r = take_field(out, &at, text, (size_t)(stop - text));
		text = stop + 1;
	}
	if (r < 0)
		form_done(out);
	return r;
}

void form_done(struct form *f)
{
	free(f->text);
	f->text = NULL;
	f->n = 0;
}

const char *form_find(const struct form *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->field[i].name, name) == 0)
			return f->field[i].value;
	return NULL;
}
