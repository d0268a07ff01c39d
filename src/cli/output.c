/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/output.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"

#define CELL_MAX 1024

static void begin(struct output *o, bool is_list)
{
	o->is_list = is_list;
	o->json = json_init(&o->buf);
	o->n_column = o->at = o->n_cell = o->n_row = 0;
	o->paint = NULL;
	if (is_list)
		json_array(&o->json, NULL);
	else
		json_object(&o->json, NULL);
}

void output_list(struct output *o)
{
	begin(o, true);
}

void output_one(struct output *o)
{
	begin(o, false);
}

static void end_row(struct output *o)
{
	if (o->at > 0) {
		json_end_object(&o->json);
		o->paints = array_grow(o->paints, o->n_row, &o->cap_row,
				       sizeof *o->paints);
		o->paints[o->n_row++] = o->paint;
	}
	o->paint = NULL;
	assert(o->at == 0 || o->n_column == 0 || o->at == o->n_column ||
	       !o->is_list);
	if (o->n_column == 0)
		o->n_column = o->at;
	o->at = 0;
}

void output_row(struct output *o)
{
	end_row(o);
	json_object(&o->json, NULL);
}

/* Text for the terminal; what could steer it is spelt out. */
static void add_cell(struct output *o, const char *name, const char *value,
		     bool right)
{
	char shown[CELL_MAX];

	assert(o->at < OUTPUT_COLUMNS);
	show_plain(shown, sizeof shown, value);
	o->column[o->at] = name;
	o->right[o->at++] = right;
	o->cell = array_grow(o->cell, o->n_cell, &o->cap_cell, sizeof *o->cell);
	o->cell[o->n_cell++] = xstrdup(shown);
}

/* What is not known: a dash for people, nothing in CSV. */
static const char *none(const struct output *o)
{
	return o->form == OUTPUT_CSV ? "" : "-";
}

void output_text(struct output *o, const char *name, const char *value)
{
	json_text(&o->json, name, value);
	add_cell(o, name, *value ? value : none(o), false);
}

void output_int(struct output *o, const char *name, int64_t value)
{
	char text[32];

	snprintf(text, sizeof text, "%lld", (long long)value);
	json_int(&o->json, name, value);
	add_cell(o, name, text, true);
}

void output_bool(struct output *o, const char *name, bool value)
{
	json_bool(&o->json, name, value);
	add_cell(o, name, value ? "yes" : "no", false);
}

void output_real(struct output *o, const char *name, double value, int decimals)
{
	char text[400];

	snprintf(text, sizeof text, "%.*f", decimals, value);
	json_real(&o->json, name, value);
	add_cell(o, name, isfinite(value) ? text : none(o), true);
}

void output_error(struct output *o, const char *program, const char *name,
		  const char *text)
{
	if (o->form == OUTPUT_JSON) {
		output_one(o);
		output_text(o, "error", name);
		output_text(o, "text", text);
		output_end(o);
	} else {
		fprintf(stderr, "%s: %s [%s]\n", program, text, name);
	}
}

void output_seconds(struct output *o, const char *name, double value_s,
		    bool plus)
{
	char text[SHOW_LEN];

	if (o->form == OUTPUT_CSV) {
		output_real(o, name, value_s, 9);
		return;
	}
	json_real(&o->json, name, value_s);
	add_cell(o, name, show_seconds(text, value_s, plus), true);
}

void output_paint(struct output *o, const char *colour)
{
	o->paint = colour;
}

void output_time(struct output *o, const char *name, int64_t ms)
{
	char text[32];
	time_t s = (time_t)(ms / 1000);
	struct tm tm;

	snprintf(text, sizeof text, "%s", none(o));
	if (ms)
		json_int(&o->json, name, ms);
	else
		json_null(&o->json, name);
	if (ms && gmtime_r(&s, &tm))
		strftime(text, sizeof text, "%F %T", &tm);
	add_cell(o, name, text, false);
}

/* --- the table --------------------------------------------------------------- */

static int width_of(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

/* Without the unit. */
static int heading_len(const char *name)
{
	size_t len = strlen(name);

	if (len > 3 && strcmp(name + len - 3, "_ms") == 0)
		len -= 3;
	else if (len > 2 && strcmp(name + len - 2, "_s") == 0)
		len -= 2;
	return (int)len;
}

static void put_cell(FILE *to, const char *text, int len, int width, bool right,
		     bool last)
{
	int pad = width - (len < 0 ? width_of(text) : len);

	if (right)
		fprintf(to, "%*s", pad, "");
	if (len < 0)
		fputs(text, to);
	else
		fprintf(to, "%.*s", len, text);
	if (!last)
		fprintf(to, "%*s", (right ? 0 : pad) + 2, "");
}

static void put_table(struct output *o)
{
	int width[OUTPUT_COLUMNS];

	assert(o->n_column > 0);
	for (size_t k = 0; k < o->n_column; k++)
		width[k] = heading_len(o->column[k]);
	for (size_t i = 0; i < o->n_cell; i++)
		if (width_of(o->cell[i]) > width[i % o->n_column])
			width[i % o->n_column] = width_of(o->cell[i]);
	for (size_t k = 0; k < o->n_column; k++)
		put_cell(o->to, o->column[k], heading_len(o->column[k]),
			 width[k], o->right[k], k + 1 == o->n_column);
	fputc('\n', o->to);
	for (size_t i = 0; i < o->n_cell; i++) {
		size_t k = i % o->n_column;
		bool last = k + 1 == o->n_column;
		const char *paint = NULL;

		if (o->colour)
			paint = o->paints[i / o->n_column];
		if (paint && k == 0)
			fputs(paint, o->to);
		put_cell(o->to, o->cell[i], -1, width[k], o->right[k], last);
		if (last)
			fputs(paint ? CLI_PLAIN "\n" : "\n", o->to);
	}
}

static void put_one(struct output *o)
{
	int width = 0;

	for (size_t k = 0; k < o->n_cell; k++)
		if (heading_len(o->column[k]) > width)
			width = heading_len(o->column[k]);
	for (size_t k = 0; k < o->n_cell; k++)
		fprintf(o->to, "%-*.*s  %s\n", width, heading_len(o->column[k]),
			o->column[k], o->cell[k]);
}

/* --- CSV --------------------------------------------------------------------- */

static void put_field(FILE *to, const char *text, bool last)
{
	show_csv(to, text);
	fputc(last ? '\n' : ',', to);
}

static void put_csv(const struct output *o, size_t n_column)
{
	if (n_column == 0)
		return; /* an empty list */
	for (size_t k = 0; k < n_column; k++)
		put_field(o->to, o->column[k], k + 1 == n_column);
	for (size_t i = 0; i < o->n_cell; i++)
		put_field(o->to, o->cell[i], i % n_column + 1 == n_column);
}

void output_end(struct output *o)
{
	if (o->is_list) {
		end_row(o);
		json_end_array(&o->json);
	} else {
		json_end_object(&o->json);
	}
	if (o->form == OUTPUT_JSON)
		fprintf(o->to, "%s\n", buf_text(&o->buf));
	else if (o->form == OUTPUT_CSV)
		put_csv(o, o->is_list ? o->n_column : o->n_cell);
	else if (!o->is_list)
		put_one(o);
	else if (o->n_cell > 0)
		put_table(o);
	else
		fputs("none\n", o->to);
	for (size_t i = 0; i < o->n_cell; i++)
		free(o->cell[i]);
	free(o->cell);
	free(o->paints);
	o->cell = NULL;
	o->paints = NULL;
	o->n_cell = o->cap_cell = o->n_row = o->cap_row = 0;
	buf_done(&o->buf);
}
