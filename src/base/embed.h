/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>

/*
 * Files that are part of the program: tools/embed makes a table of them when it
 * is built, a row with no name ends it.  A NUL that len does not count follows
 * the octets.
 */
struct embed {
	const char *name; /* without its folder */
	const unsigned char *data;
	size_t len;
};

/** NULL when the table has no such file. */
const struct embed *embed_find(const struct embed *table, const char *name);
