/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/attr.h"
#include "base/buf.h"
#include "conf/config.h"

/* Where the texts come from: the disk, a bundle handed over by the supervisor, or a test. */
struct conf_files {
	/* *text: malloc()ed, *len octets, the caller frees.  0 or -errno. */
	int (*read)(struct conf_files *f, const char *path, char **text,
		    size_t *len);
	/* The names (not paths) of the *.conf files in dir, sorted; *names and each name malloc()ed.
	 * 0 with *n = 0 when there is no such folder. */
	int (*list)(struct conf_files *f, const char *dir, char ***names,
		    size_t *n);
};

enum diag_level { DIAG_ERROR, DIAG_WARNING, DIAG_NOTICE };

/* One finding about a configuration. */
struct diag {
	enum diag_level level;
	const char *id; /* stable, e.g. "burst-to-stranger"; static */
	char *file;
	unsigned line, column; /* from 1; 0: the file as a whole */
	unsigned width;        /* characters the caret underlines, at least 1 */
	char *text;            /* what is wrong */
	char *fix;    /* what to do: "did you mean 'iburst'?"; may be NULL */
	char *source; /* the line itself, made printable; may be NULL */
};

struct diags {
	struct diag *diag;
	size_t len, cap;
	unsigned errors;
};

void diags_free(struct diags *d);

/**
 * FILE:LINE:COLUMN: error: TEXT [ID]; then the line, a caret and the fix.
 */
void diag_add_text(struct buf *out, const struct diag *d);
void diag_print(FILE *out, const struct diag *d);

/**
 * Read path and all it includes, and then the files *.conf of the folder of
 * the same name with ".d" (ntp.conf.d), in one pass that collects every
 * finding.  No side effects.  Limits: 4,096 octets a line, 4 MiB a file, 256
 * files, includes 5 deep, 1,024 sources, 1,000 findings kept.
 *
 * out: a complete config when there is no error; free with config_free().
 *
 * Returns: 0, or -EINVAL with d->errors > 0 and *out untouched (also when the
 * file cannot be read: that is a finding like the others).
 */
MUST_CHECK int conf_read(const char *path, struct conf_files *files,
			 struct config **out, struct diags *d);
