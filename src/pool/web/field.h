/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/book/verdict.h"
#include "pool/web/request.h"

/* Parts of forms: a label above, the field, a hint below. */

/* Of the field for a code of an app, or a recovery code. */
#define CODE_ATTR                                       \
	"required maxlength=\"40\" inputmode=\"text\" " \
	"autocomplete=\"one-time-code\" spellcheck=\"false\""

/** attributes: a literal, markup as it is: "required maxlength=\"60\"". */
void field_input(struct response *rs, const char *type, const char *name,
		 const char *label, const char *value, const char *attributes);
void field_area(struct response *rs, const char *name, const char *label,
		const char *value, const char *attributes);
void field_check(struct response *rs, const char *name, const char *label,
		 bool checked);
void field_hidden(struct response *rs, const char *name, const char *value);
void field_hint(struct response *rs, const char *fmt, ...) PRINTF_LIKE(2, 3);

/** <select>: begin, options, end. */
void field_select(struct response *rs, const char *name, const char *label);
void field_option(struct response *rs, const char *value, bool selected,
		  const char *fmt, ...) PRINTF_LIKE(4, 5);
void field_select_end(struct response *rs);

/** The button and the end of the form.  style: "", "second" or "danger". */
void field_submit(struct response *rs, const char *style, const char *label);

/** What went wrong, above a form; nothing for BOOK_OK. */
void field_verdict(struct response *rs, enum book_verdict v);

/** The status that a verdict has over HTTP. */
int verdict_status(enum book_verdict v);

/**
 * The end of a POST that changed something: back to where when it was done,
 * else a page with the reason.
 */
void verdict_answer(const struct request *rq, struct response *rs,
		    enum book_verdict v, const char *where, ...)
	PRINTF_LIKE(4, 5);
