/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>

/* The rows behind pool.conf, for its reader and for whoever lists or checks them. */

enum setting_kind {
	SETTING_TEXT,   /* char * */
	SETTING_PATH,   /* char *, begins with a slash */
	SETTING_NAME,   /* char *, a domain name */
	SETTING_LISTEN, /* char *, ADDRESS:PORT or [ADDRESS]:PORT */
	SETTING_URL,    /* char *, http:// or https://, no slash at the end */
	SETTING_CHOICE, /* char *, one of choices */
	SETTING_COUNT,  /* unsigned within min to max */
	SETTING_REAL,   /* double within min to max */
	SETTING_BOOL,   /* yes or no */
	SETTING_LIST,   /* char **, ends with NULL; each line adds its words */
};

struct setting_row {
	const char *name; /* NULL ends the table */
	enum setting_kind kind;
	size_t at; /* in struct pool_settings */
	double min, max;
	const char *fallback; /* as in the file; NULL: none */
	const char *choices;  /* with a blank between them */
};

extern const struct setting_row setting_rows[];
