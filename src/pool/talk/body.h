/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/*
 * Reading a body member by member with a sticky error: read all, ask once at
 * the end.  After an error everything reads as 0, NaN or "".
 */
struct body {
	json_t *root;
	struct text *why; /* the first thing that was wrong */
	bool bad;
};

/** Parse; what is no JSON object makes it bad. */
struct body body_open(const char *text, size_t len, struct text *why);

/** Returns: 0, or -EBADMSG when anything was wrong.  Frees the tree. */
int body_close(struct body *b);

void body_fail(struct body *b, const char *name, const char *what);

/* Members of an object of the tree; obj may be NULL after an error. */
int64_t body_int(struct body *b, const json_t *obj, const char *name,
		 int64_t min, int64_t max);
bool body_bool(struct body *b, const json_t *obj, const char *name);
double body_real(struct body *b, const json_t *obj, const char *name,
		 double min, double max);

/** null is NaN. */
double body_real_or_null(struct body *b, const json_t *obj, const char *name,
			 double min, double max);

/** No control characters, shorter than cap. */
void body_text(struct body *b, const json_t *obj, const char *name, char *out,
	       size_t cap);
const json_t *body_object(struct body *b, const json_t *obj, const char *name);

/** An array of at most max elements. */
const json_t *body_array(struct body *b, const json_t *obj, const char *name,
			 size_t max);
