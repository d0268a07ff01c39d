/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "conf/config.h"
#include "conf/diag.h"
#include "conf/lexer.h"

/* What a directive's function works with: the line in hand and the config so far. */

/* The file being read, and through up the ones that include it. */
struct conf_frame {
	const char *path;
	unsigned line;
	struct conf_frame *up;
};

struct reader {
	struct config *cfg;
	struct diags *diags;
	struct conf_files *files;
	struct conf_frame *frame;
	unsigned n_files;
	struct line line;
	size_t next; /* the word to be taken next */
	/* Table rows that have had their one notice. */
	const void **noticed;
	size_t n_noticed, cap_noticed;
	/* fudge lines, until all reference clocks are known */
	struct conf_source *fudge;
	size_t n_fudge, cap_fudge;
};

/** The next word of the line, or NULL at its end. */
const struct word *reader_peek(const struct reader *r);
const struct word *reader_take(struct reader *r);

/** The next word; when there is none, a finding that says what is missing, and NULL. */
const struct word *reader_need(struct reader *r, const char *what);

/** A finding when words are left over. */
void reader_end(struct reader *r);

/** Where the line in hand is, for a finding that comes later. */
struct conf_pos reader_pos(const struct reader *r, const struct word *w);

/** w: the culprit, or NULL for the end of the line.  fix may be NULL. */
void reader_say(struct reader *r, enum diag_level level, const char *id,
		const struct word *w, const char *fix, const char *fmt, ...)
	PRINTF_LIKE(6, 7);

#define reader_error(r, id, w, fix, ...) \
	reader_say(r, DIAG_ERROR, id, w, fix, __VA_ARGS__)

/** True the first time it is asked about row. */
bool reader_first(struct reader *r, const void *row);

/**
 * The next word as a number within min to max; name: whose value it is.
 * False after a finding.
 */
MUST_CHECK bool reader_int(struct reader *r, const char *name, double min,
			   double max, long *out);
MUST_CHECK bool reader_double(struct reader *r, const char *name, double min,
			      double max, double *out);

/** Take -4, -6, --ipv4 or --ipv6 if it comes next. */
enum conf_family reader_family(struct reader *r);
