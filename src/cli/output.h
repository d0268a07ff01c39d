/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/json.h"
#include "cli/show.h"

/*
 * What a command found, written once and shown as a table for people, or as
 * JSON or CSV (RFC 4180, with a heading) for programs: a list (an array of
 * objects) or one thing (an object).
 *
 *     output_list(o);
 *     while (…) {
 *             output_row(o);
 *             output_text(o, "name", …);
 *     }
 *     output_end(o);
 */
#define OUTPUT_COLUMNS 24

enum output_form { OUTPUT_TABLE, OUTPUT_JSON, OUTPUT_CSV };

struct output {
	enum output_form form;
	bool colour; /* of tables */
	FILE *to;
	/* the rest is output.c's */
	bool is_list;
	struct buf buf;
	struct json json;
	const char *column[OUTPUT_COLUMNS];
	bool right[OUTPUT_COLUMNS];
	const char *paint;   /* of the row that is being written, or NULL */
	const char **paints; /* heap, one a row */
	size_t n_row, cap_row;
	size_t n_column, at; /* at: column of the next cell */
	char **cell;         /* heap, n_column a row */
	size_t n_cell, cap_cell;
};

void output_list(struct output *o);
void output_row(struct output *o);
void output_one(struct output *o);
void output_end(struct output *o);

/* One cell each, in the same order in every row.  name: a literal; the ending
 * _ms, _s of a unit is left out of the heading. */
void output_text(struct output *o, const char *name, const char *value);
void output_int(struct output *o, const char *name, int64_t value);
void output_bool(struct output *o, const char *name, bool value);

/** NaN is "-" and null. */
void output_real(struct output *o, const char *name, double value,
		 int decimals);

/** Seconds: as they are for programs, "12.3 us" for people; NaN as above.
 * plus: with a sign. */
void output_seconds(struct output *o, const char *name, double value_s,
		    bool plus);

/** The row in this colour, where colours are wanted: one of CLI_RED, ...
 * It must not say anything that the words do not. */
void output_paint(struct output *o, const char *colour);

/** Milliseconds since 1970; 0, never, is "-" and null.  In UTC. */
void output_time(struct output *o, const char *name, int64_t ms);

/** A complaint: a line on standard error, or {"error": name, "text": …} where
 * JSON is wanted. */
void output_error(struct output *o, const char *program, const char *name,
		  const char *text);
