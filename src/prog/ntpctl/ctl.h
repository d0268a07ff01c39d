/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "cli/command.h"
#include "cli/output.h"
#include "status/document.h"

/* What the functions behind the commands work with. */

/* Exit statuses of all commands but check, which has Nagios' own. */
enum {
	CTL_OK,
	CTL_FAILED, /* the daemon refused, or it is not as it was asked for */
	CTL_USAGE,
	CTL_DOWN, /* the daemon cannot be asked */
};

struct ctl {
	struct cli cli;
	struct output out;
	const char *status_path;
	const char *from; /* a file with the document instead, or NULL */
	const char *control_path;
};

/** The value of an argument or an option of the command's row; NULL: not given. */
const char *ctl_arg(const struct ctl *c, const char *name);
const char *ctl_option(const struct ctl *c, const char *name);

/** Complain; returns CTL_FAILED. */
int ctl_fail(struct ctl *c, const char *name, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/** A number of that option; fallback when it is not given.  False after a complaint. */
MUST_CHECK bool ctl_real(struct ctl *c, const char *name, double min,
			 double max, double fallback, double *out);
MUST_CHECK bool ctl_int(struct ctl *c, const char *name, long min, long max,
			long fallback, long *out);

/** The words of a NAME... argument with spaces between; heap. */
char *ctl_rest(const struct ctl *c);

/**
 * The status document; doc_done() it.  CTL_OK, or the exit status after a
 * complaint that says what to do.
 */
MUST_CHECK int ctl_document(struct ctl *c, struct document *d);

/** The same without a word: 0, or -errno with why filled in for people. */
MUST_CHECK int ctl_try_document(const struct ctl *c, struct document *d,
				struct text *why);

/**
 * Have the daemon do something.  reply: what it said besides, or NULL.  CTL_OK,
 * or the exit status after a complaint.
 */
MUST_CHECK int ctl_control(struct ctl *c, const char *line, struct buf *reply);

/** Lines of the daemon, each made harmless. */
void ctl_put_lines(FILE *to, const char *text);

/** A change was made: "done: TEXT", or {"ok": true}. */
int ctl_done(struct ctl *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
