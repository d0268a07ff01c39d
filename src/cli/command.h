/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/attr.h"

/*
 * The commands of a tool (poolctl, ntpctl): one row each, of one word or two.
 * Help, completion, the count of the arguments and "did you mean" come from
 * the table; a test compares its names with the manual.
 */

struct ctl; /* what a command works with; each program completes it */

struct cli_option {
	char letter;       /* 0: there is only the long name */
	const char *name;  /* NULL ends the table */
	const char *value; /* what it is called in the usage; NULL: none */
	const char *help;
};

struct cli_command {
	const char *name;
	/* NAME, [NAME], [name=NAME] as in the synopsis; NAME... takes the rest */
	const char *args;
	int (*run)(struct ctl *c);
	const char *help;
	unsigned needs;                   /* the program's own meaning */
	const struct cli_option *options; /* may be NULL */
};

#define CLI_ARGS_MAX 16
#define CLI_REST_MAX 64

struct cli_value {
	char name[24];
	bool keyed;        /* given as name=value */
	bool optional;     /* need not be given */
	bool rest;         /* its words are in cli.rest */
	const char *value; /* NULL: not given */
};

struct cli {
	const char *program;
	const struct cli_command *commands;
	size_t n_commands;
	const struct cli_option *globals; /* of every command; may be NULL */
	/* cli_bind() fills these: */
	const struct cli_command *command;
	struct cli_value arg[CLI_ARGS_MAX];
	size_t n_arg;
	const struct cli_option *given[CLI_ARGS_MAX];
	const char *given_value[CLI_ARGS_MAX]; /* "" where it takes none */
	size_t n_given;
	const char *rest[CLI_REST_MAX];
	size_t n_rest;
};

/**
 * Read the options before the command.  Returns how many words they were, or
 * -EINVAL after a complaint.
 */
MUST_CHECK int cli_globals(struct cli *c, char *const *words, size_t n);

/**
 * Which command the words are, and how many of them are its name.  NULL after
 * a complaint with the best guess.
 */
const struct cli_command *cli_find(const struct cli *c, char *const *words,
				   size_t n, size_t *taken);

/** The words behind the name to arguments of c->command; false after a complaint. */
MUST_CHECK bool cli_bind(struct cli *c, char *const *words, size_t n);

/** The value of an argument of the command's row; NULL: not given. */
const char *cli_arg(const struct cli *c, const char *name);

/** The value of an option by its long name, "" when it takes none; NULL: not given. */
const char *cli_option(const struct cli *c, const char *name);

/** The rows whose name begins with topic, or all. */
void cli_help(const struct cli *c, FILE *out, const char *topic);

/** "usage: PROGRAM NAME ARGUMENTS", and what each option does. */
void cli_usage(const struct cli *c, FILE *out, const struct cli_command *cmd);

/**
 * What could come after the words, one a line, with help behind a tab where it
 * is wanted; the last word may be unfinished.
 */
void cli_complete(const struct cli *c, FILE *out, char *const *words, size_t n,
		  bool help);

/**
 * The script that makes a shell ask "PROGRAM --complete WORD...".
 * Returns: 0, or -EINVAL when shell is neither bash, zsh nor fish.
 */
MUST_CHECK int cli_completion_script(FILE *out, const char *program,
				     const char *shell);
