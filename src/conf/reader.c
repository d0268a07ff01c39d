/* SPDX-License-Identifier: BSD-2-Clause */
#include "conf/reader.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/container.h"
#include "base/text.h"

const struct word *reader_peek(const struct reader *r)
{
	return r->next < r->line.n ? &r->line.word[r->next] : NULL;
}

const struct word *reader_take(struct reader *r)
{
	return r->next < r->line.n ? &r->line.word[r->next++] : NULL;
}

const struct word *reader_need(struct reader *r, const char *what)
{
	const struct word *w = reader_take(r);

	if (!w)
		reader_error(r, "missing-argument", NULL, NULL, "%s is missing",
			     what);
	return w;
}

void reader_end(struct reader *r)
{
	const struct word *w = reader_take(r);

	if (w)
		reader_error(r, "extra-argument", w, NULL,
			     "'%s' is one word too many", w->text);
	r->next = r->line.n;
}

struct conf_pos reader_pos(const struct reader *r, const struct word *w)
{
	return (struct conf_pos){r->frame->path, r->frame->line,
				 w ? w->column : 1};
}

void reader_say(struct reader *r, enum diag_level level, const char *id,
		const struct word *w, const char *fix, const char *fmt, ...)
{
	struct diag_place place = {r->frame->path, r->frame->line,
				   (unsigned)r->line.raw_len + 1, 1, &r->line};
	char text[512];
	va_list ap;

	if (w) {
		place.column = w->column;
		place.width = w->width;
	}
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	diags_add(r->diags, level, id, &place, fix, "%s", text);
}

bool reader_first(struct reader *r, const void *row)
{
	for (size_t i = 0; i < r->n_noticed; i++)
		if (r->noticed[i] == row)
			return false;
	r->noticed = array_grow(r->noticed, r->n_noticed, &r->cap_noticed,
				sizeof *r->noticed);
	r->noticed[r->n_noticed++] = row;
	return true;
}

static void bad_number(struct reader *r, const struct word *w, int why,
		       const char *kind, const char *name, double min,
		       double max)
{
	if (why == -ERANGE)
		reader_error(r, "out-of-range", w, NULL,
			     "'%s' is %s, outside %.10g to %.10g", name,
			     w->text, min, max);
	else
		reader_error(r, "not-a-number", w, NULL,
			     "'%s' needs %s from %.10g to %.10g, not '%s'",
			     name, kind, min, max, w->text);
}

bool reader_int(struct reader *r, const char *name, double min, double max,
		long *out)
{
	const struct word *w = reader_take(r);
	int err;

	if (!w) {
		reader_error(r, "missing-argument", NULL, NULL,
			     "the number of '%s' is missing", name);
		return false;
	}
	err = text_to_int(w->text, (long)min, (long)max, out);
	if (err < 0)
		bad_number(r, w, err, "a whole number", name, min, max);
	return err == 0;
}

bool reader_double(struct reader *r, const char *name, double min, double max,
		   double *out)
{
	const struct word *w = reader_take(r);
	int err;

	if (!w) {
		reader_error(r, "missing-argument", NULL, NULL,
			     "the number of '%s' is missing", name);
		return false;
	}
	err = text_to_double(w->text, min, max, out);
	if (err < 0)
		bad_number(r, w, err, "a number", name, min, max);
	return err == 0;
}

enum conf_family reader_family(struct reader *r)
{
	static const struct {
		const char *text;
		enum conf_family family;
	} flag[] = {{"-4", FAMILY_IPV4},
		    {"--ipv4", FAMILY_IPV4},
		    {"-6", FAMILY_IPV6},
		    {"--ipv6", FAMILY_IPV6}};
	const struct word *w = reader_peek(r);

	for (size_t i = 0; w && i < ARRAY_LEN(flag); i++)
		if (strcmp(w->text, flag[i].text) == 0) {
			r->next++;
			return flag[i].family;
		}
	return FAMILY_ANY;
}
