/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

/* Names and values of a query string or of a form's body. */
struct field {
	const char *name, *value; /* UTF-8, decoded, no NUL inside */
};

#define FORM_FIELDS_MAX 100

struct form {
	struct field field[FORM_FIELDS_MAX];
	size_t n;
	char *text; /* behind the fields */
};

/**
 * Take application/x-www-form-urlencoded apart (WHATWG URL, section 5).
 *
 * Strict, because whatever is read in two ways is an attack: a bad percent
 * code, NUL, what is no UTF-8, a control character other than a line end, or a
 * name that comes twice makes the whole of it -EINVAL; more than
 * FORM_FIELDS_MAX fields -E2BIG.  Line ends in values become \n.
 *
 * out: written always; form_done() is due only after success.
 */
MUST_CHECK int form_parse(const char *text, size_t len, struct form *out);

void form_done(struct form *f);

/** Value of the field, or NULL. */
const char *form_find(const struct form *f, const char *name);

/**
 * Undo percent codes (and '+' as a blank when plus is set), in place or not:
 * to has room for len + 1 octets.  Returns the length, or -EINVAL for a bad
 * code or NUL.
 */
MUST_CHECK int percent_decode(char *to, const char *from, size_t len,
			      bool plus);
