/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "conf/lexer.h"
#include "conf/read.h"

/* Findings beyond this are counted, not kept. */
#define DIAGS_MAX 1000

/* Where a finding is; column 0 stands for the whole line, line 0 for the file. */
struct diag_place {
	const char *file;
	unsigned line, column, width;
	const struct line *text; /* the line itself, or NULL */
};

/**
 * Add a finding.  id: static.  fix: copied, may be NULL.
 */
void diags_add(struct diags *d, enum diag_level level, const char *id,
	       const struct diag_place *place, const char *fix, const char *fmt,
	       ...) PRINTF_LIKE(6, 7);
