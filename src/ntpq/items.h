/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Walks over the "name=value, name="a, b", ..." text of a response. */
struct items {
	const char *p, *end;
};

/* Borrowed from the text, not terminated; a string value is with its quotes. */
struct item {
	const char *name, *value;
	size_t name_len, value_len;
};

static inline struct items items_of(const char *text, size_t len)
{
	return (struct items){text, text + len};
}

/** The next item; a value is empty where there is none.  False at the end. */
bool items_next(struct items *it, struct item *out);

bool item_is(const struct item *it, const char *name);

/** The value without quotes, cut to fit and terminated; returns buf. */
char *item_text(const struct item *it, char *buf, size_t cap);
