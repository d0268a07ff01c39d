/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>
#include <stdio.h>

#include "ntpq/session.h"

/*
 * The commands: one row each.  Help, completion, abbreviation and the message
 * about unknown commands come from the table.
 */
struct command {
	const char *name, *usage;
	/* args: ends with NULL, without the name. */
	void (*run)(struct session *s, char **args, FILE *out);
	const char *help;
};

extern const struct command commands[];
extern const size_t commands_len;

#define COMMAND_MAX_ARGS 32

/**
 * Split line into words and run it: a command's full name or an unambiguous
 * beginning of one, arguments, perhaps "> file".  An empty line is fine.
 *
 * line: is written to.
 */
void command_run(struct session *s, char *line, FILE *out);
