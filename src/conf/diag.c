/* SPDX-License-Identifier: BSD-2-Clause */
#include "conf/diag.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

/* How much of a long line is shown around the caret. */
#define SHOW_BEFORE 60
#define SHOW_MAX 100

/* The line with one printable character per octet, so that the caret fits. */
static char *printable(const char *raw, size_t len)
{
	char *copy;

	if (len == 0 || len > CONF_LINE_MAX)
		return NULL;
	copy = xcalloc(len + 1, 1);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)raw[i];

		if (c == '\t')
			copy[i] = ' ';
		else
			copy[i] = c >= 0x20 && c < 0x7f ? (char)c : '?';
	}
	return copy;
}

void diags_add(struct diags *d, enum diag_level level, const char *id,
	       const struct diag_place *place, const char *fix, const char *fmt,
	       ...)
{
	char text[512], clean[1024];
	struct diag *g;
	va_list ap;

	if (level == DIAG_ERROR)
		d->errors++;
	if (d->len == DIAGS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	/* What it quotes from the file must not reach a terminal raw. */
	text_escape(clean, sizeof clean, text, strlen(text));

	d->diag = array_grow(d->diag, d->len, &d->cap, sizeof *d->diag);
	g = &d->diag[d->len++];
	*g = (struct diag){
		.level = level,
		.id = id,
		.file = xstrdup(place->file),
		.line = place->line,
		.column = place->column,
		.width = place->width ? place->width : 1,
		.text = xstrdup(clean),
		.fix = fix ? xstrdup(fix) : NULL,
	};
	if (place->text)
		g->source = printable(place->text->raw, place->text->raw_len);
}

void diags_free(struct diags *d)
{
	for (size_t i = 0; i < d->len; i++) {
		free(d->diag[i].file);
		free(d->diag[i].text);
		free(d->diag[i].fix);
		free(d->diag[i].source);
	}
	free(d->diag);
	*d = (struct diags){0};
}

/* The line, or a window of a long one, and a caret under the finding. */
static void add_source(struct buf *out, const struct diag *d)
{
	unsigned at = d->column - 1;
	unsigned from = at > SHOW_BEFORE ? at - SHOW_BEFORE : 0;

	buf_printf(out, "    %.*s\n    %*s^", SHOW_MAX, d->source + from,
		   (int)(at - from), "");
	for (unsigned i = 1; i < d->width && at - from + i < SHOW_MAX; i++)
		buf_add(out, "~", 1);
	buf_add(out, "\n", 1);
}

void diag_add_text(struct buf *out, const struct diag *d)
{
	static const char *const level[] = {"error", "warning", "notice"};

	buf_printf(out, "%s", d->file);
	if (d->line)
		buf_printf(out, ":%u", d->line);
	if (d->line && d->column)
		buf_printf(out, ":%u", d->column);
	buf_printf(out, ": %s: %s [%s]\n", level[d->level], d->text, d->id);
	if (d->source && d->column)
		add_source(out, d);
	if (d->fix)
		buf_printf(out, "    %s\n", d->fix);
}

void diag_print(FILE *out, const struct diag *d)
{
	struct buf text = {0};

	diag_add_text(&text, d);
	fputs(buf_text(&text), out);
	buf_done(&text);
}
