/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct reader;
struct option;
struct directive;

/* What becomes of a word that is understood. */
enum conf_effect {
	EFFECT_WORKS,
	EFFECT_NONE_NEEDED, /* true here anyway, such as nopeer: no word about it */
	EFFECT_NOT_BUILT, /* one notice */
	EFFECT_MISSED,    /* not built, and relied upon: one warning */
	EFFECT_OBSOLETE,  /* one notice */
};

/* What follows an option's word, and what is stored. */
enum conf_arg {
	ARG_TRUE,   /* nothing; bool = true */
	ARG_FALSE,  /* nothing; bool = false */
	ARG_SWITCH, /* nothing; bool = the directive's param (enable, disable) */
	ARG_BIT,    /* nothing; param is ORed into an unsigned */
	ARG_SET,    /* nothing; unsigned (or enum) = param */
	ARG_FLAG,   /* 0 or 1: param is cleared or set in an unsigned */
	ARG_INT,    /* int */
	ARG_UINT,   /* unsigned, or uint32_t */
	ARG_PORT,   /* uint16_t */
	ARG_SECONDS, /* double */
	ARG_LOG2_S,  /* whole number n; double = 2^n s */
	ARG_PPM,     /* double, s/s */
	ARG_PERCENT, /* double, share of 1 */
	ARG_TEXT,    /* const char *, kept in the config; "" is NULL */
	ARG_REFID,   /* char[5] */
	ARG_CHOICE,  /* one of choices; unsigned (or enum) = its index */
	ARG_CUSTOM,  /* fn reads it */
};

/* Nothing is stored. */
#define NOWHERE ((size_t)-1)

struct option {
	const char *name; /* NULL ends a table */
	enum conf_arg arg;
	size_t at; /* offset in the object that the directive fills */
	double min, max;
	const char *help;
	enum conf_effect effect;
	unsigned param;
	size_t given; /* offset of a bool that becomes true; 0 for none */
	const char *const *choices; /* ends with NULL */
	bool (*fn)(struct reader *r, const struct option *o, void *base);
};

struct directive {
	const char *name; /* NULL ends the table */
	const char *args; /* as in a manual's synopsis */
	const char *help;
	void (*read)(struct reader *r, const struct directive *d);
	const struct option *options; /* may be NULL */
	unsigned param;
	enum conf_effect effect;
	struct option value; /* of those that take one value only */
};

/* The language, in alphabetical order. */
extern const struct directive directives[];

const struct directive *directive_find(const char *name);

/* One word of the language, for whoever lists or checks them all. */
struct conf_word {
	const char *directive;
	const char *option; /* NULL: the directive itself */
	const char *args, *help;
	enum conf_effect effect;
	bool has_range;
	double min, max;
};

/** Every directive, each followed by its options. */
void conf_words(void (*fn)(void *arg, const struct conf_word *w), void *arg);

/** The same as text. */
void conf_describe(FILE *out);
