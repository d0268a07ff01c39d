/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"

/*
 * Configurations of other daemons as an ntp.conf.  A dialect is a function that
 * goes through the text line by line; what it cannot say in our words it
 * loses, with a reason, and the result ends with the list of that.
 */
struct conversion {
	struct buf out;  /* lines of an ntp.conf */
	struct buf lost; /* comments */
	unsigned line;   /* of the text that is read */
	unsigned n_lost;
	bool serves; /* somebody may ask it for the time */
	bool has_source;
};

/** One line of ntp.conf. */
void convert_put(struct conversion *v, const char *fmt, ...) PRINTF_LIKE(2, 3);

/** The line being read, or a word of it, has no equal. */
void convert_lose(struct conversion *v, const char *what, const char *reason);

#define CONVERT_WORDS_MAX 64

/* The words of a line, cut out of a copy. */
struct convert_words {
	char copy[4096];
	char *word[CONVERT_WORDS_MAX + 1]; /* ends with NULL */
	size_t n;
};

/**
 * Take the next line apart.  comments: the characters that begin one.
 *
 * Returns false at the end of the text; a line without words has n == 0.  Too
 * many words, or too long a line, are lost as a whole.
 */
MUST_CHECK bool convert_next(struct conversion *v, const char **text,
			     const char *comments, struct convert_words *w);

void convert_chrony(struct conversion *v, const char *text);
void convert_ntpsec(struct conversion *v, const char *text);
void convert_openntpd(struct conversion *v, const char *text);
void convert_timesyncd(struct conversion *v, const char *text);

/**
 * The whole way.  Each line of the result passes our own parser: one that does
 * not is made a comment.
 *
 * from: "chrony", "ntpsec", "openntpd" or "timesyncd".  name: of the file, for
 * a comment.  *n_lost: how much has no equal.
 *
 * Returns: 0, or -EINVAL: no such dialect.
 */
MUST_CHECK int convert(const char *from, const char *name, const char *text,
		       struct buf *out, unsigned *n_lost);
