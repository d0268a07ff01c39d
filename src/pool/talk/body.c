/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/talk/body.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/utf8.h"

struct body body_open(const char *text, size_t len, struct text *why)
{
	struct body b = {.why = why};
	json_error_t error;

	b.root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
	if (!b.root) {
		b.bad = true;
		text_add(why, "line %d column %d: ", error.line, error.column);
		/* It quotes what was sent. */
		text_escape(why->buf + why->len, why->cap - why->len,
			    error.text, strlen(error.text));
		why->len += strlen(why->buf + why->len);
	} else if (!json_is_object(b.root)) {
		body_fail(&b, "body", "has to be an object");
	}
	return b;
}

int body_close(struct body *b)
{
	json_decref(b->root);
	b->root = NULL;
	return b->bad ? -EBADMSG : 0;
}

void body_fail(struct body *b, const char *name, const char *what)
{
	if (!b->bad)
		text_add(b->why, "%s: %s", name, what);
	b->bad = true;
}

static const json_t *member(struct body *b, const json_t *obj, const char *name)
{
	const json_t *v = b->bad ? NULL : json_object_get(obj, name);

	if (!v)
		body_fail(b, name, "is missing");
	return v;
}

int64_t body_int(struct body *b, const json_t *obj, const char *name,
		 int64_t min, int64_t max)
{
	const json_t *v = member(b, obj, name);
	int64_t i;

	if (!v)
		return 0;
	i = json_integer_value(v);
	if (json_is_integer(v) && i >= min && i <= max)
		return i;
	body_fail(b, name, "has to be a whole number within its range");
	return 0;
}

bool body_bool(struct body *b, const json_t *obj, const char *name)
{
	const json_t *v = member(b, obj, name);

	if (v && !json_is_boolean(v))
		body_fail(b, name, "has to be true or false");
	return json_is_true(v);
}

static double real_of(struct body *b, const json_t *v, const char *name,
		      double min, double max)
{
	double d;

	if (!v)
		return (double)NAN;
	d = json_number_value(v);
	if (json_is_number(v) && d >= min && d <= max)
		return d;
	body_fail(b, name, "has to be a number within its range");
	return (double)NAN;
}

double body_real(struct body *b, const json_t *obj, const char *name,
		 double min, double max)
{
	return real_of(b, member(b, obj, name), name, min, max);
}

double body_real_or_null(struct body *b, const json_t *obj, const char *name,
			 double min, double max)
{
	const json_t *v = member(b, obj, name);

	return real_of(b, json_is_null(v) ? NULL : v, name, min, max);
}

void body_text(struct body *b, const json_t *obj, const char *name, char *out,
	       size_t cap)
{
	const json_t *v = member(b, obj, name);
	const char *s = json_string_value(v);
	size_t len = json_string_length(v);

	out[0] = '\0';
	if (!v)
		return;
	if (!s)
		body_fail(b, name, "has to be a text");
	else if (len >= cap)
		body_fail(b, name, "is too long");
	else if (!utf8_is_plain(s, len, false))
		body_fail(b, name, "has characters that are not for reading");
	else
		memcpy(out, s, len + 1);
}

const json_t *body_object(struct body *b, const json_t *obj, const char *name)
{
	const json_t *v = member(b, obj, name);

	if (v && !json_is_object(v))
		body_fail(b, name, "has to be an object");
	return b->bad ? NULL : v;
}

const json_t *body_array(struct body *b, const json_t *obj, const char *name,
			 size_t max)
{
	const json_t *v = member(b, obj, name);

	if (v && !json_is_array(v))
		body_fail(b, name, "has to be an array");
	else if (json_array_size(v) > max)
		body_fail(b, name, "is too long");
	return b->bad ? NULL : v;
}
