/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>

#include "base/attr.h"

/*
 * One line of ntp.conf as words.  Blanks separate words; # begins a comment
 * anywhere outside quotes; double quotes keep blanks and #, and within them a
 * backslash takes the next octet as it is.
 */

/* Octets of the longest line, its newline not counted. */
#define CONF_LINE_MAX 4096

struct word {
	const char *text;
	unsigned column; /* from 1 */
	unsigned width;  /* octets in the file, quotes included */
};

struct line {
	const char *raw; /* borrowed */
	size_t raw_len;
	size_t n;
	struct word word[CONF_LINE_MAX / 2 + 1];
	char text[2 * CONF_LINE_MAX]; /* behind word[].text */
};

/**
 * Split raw, a line without its newline, into line->word[].  One carriage
 * return at the end is dropped, so files with CRLF ends read the same.
 *
 * Returns: NULL, or what is wrong (static) with *column where; then line holds
 * the words before that place.
 */
MUST_CHECK const char *lexer_split(struct line *line, const char *raw,
				   size_t len, unsigned *column);
