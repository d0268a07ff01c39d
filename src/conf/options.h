/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>

#include "base/attr.h"
#include "conf/directives.h"
#include "conf/reader.h"

/** Read the options of d up to the end of the line into base, reporting every bad one. */
void options_read(struct reader *r, const struct directive *d, void *base);

/** Read one option only, and leave the rest of the line.  False after a finding. */
bool option_first(struct reader *r, const struct directive *d, void *base);

/** Read what follows the word of one option.  False after a finding. */
MUST_CHECK bool option_read(struct reader *r, const struct directive *d,
			    const struct option *o, void *base);

/** The notice that a row's effect asks for, once per row. */
void effect_notice(struct reader *r, const struct word *w, const void *row,
		   enum conf_effect effect, const char *help);

/** An unknown word where a directive has to be, with the best guess. */
void unknown_directive(struct reader *r, const struct word *w);
