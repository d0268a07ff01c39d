/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>

struct explanation {
	const char *id, *kind, *text;
	const char *fix; /* NULL: there is nothing to do */
};

extern const struct explanation explanations[];
extern const size_t explanations_len;

/** NULL when there is nothing of that name; capitals do not matter. */
const struct explanation *explain_find(const char *id);
