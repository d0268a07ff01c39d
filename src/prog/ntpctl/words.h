/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "status/document.h"

/* The daemon's findings about its sources, in words. */

/** Is its time part of ours? */
bool source_is_used(const struct doc_source *s);

/** Why it is used or not: the daemon's own sentence, else the state's. */
const char *source_why(const struct doc_source *s);

/** Answered of the last eight polls, or of fewer when there were not more. */
void source_reach(const struct doc_source *s, unsigned *answered,
		  unsigned *asked);

/** How it is known to be who it says: "nts", "key", the driver's kind, "". */
const char *source_how(const struct doc_source *s);

/** Address of the colour that a state is shown in, or NULL. */
const char *source_colour(const struct doc_source *s);
