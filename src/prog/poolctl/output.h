/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/json.h"

/*
 * What a command found, written once and shown as a table for people or as
 * JSON for programs: a list (an array of objects) or one thing (an object).
 *
 *     output_list(o);
 *     while (…) {
 *             output_row(o);
 *             output_text(o, "name", …);
 *     }
 *     output_end(o);
 */
#define OUTPUT_COLUMNS 24

struct output {
	bool as_json;
	FILE *to;
	/* the rest is output.c's */
	bool is_list;
	struct buf buf;
	struct json json;
	const char *column[OUTPUT_COLUMNS];
	bool right[OUTPUT_COLUMNS];
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

/** Milliseconds since 1970; 0, never, is "-" and null.  In UTC. */
void output_time(struct output *o, const char *name, int64_t ms);
