/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* How numbers and foreign words come to a terminal. */

#define CLI_RED "\033[31m"
#define CLI_GREEN "\033[32m"
#define CLI_YELLOW "\033[33m"
#define CLI_BOLD "\033[1m"
#define CLI_PLAIN "\033[0m"

/* Room for any number with its unit. */
#define SHOW_LEN 32

/**
 * Seconds in the unit that reads best, with about three figures: "4.3 us",
 * "-1.204 s"; "-" when it is not finite.
 *
 * plus: a number above zero gets its sign.  Returns: buf.
 */
const char *show_seconds(char buf[SHOW_LEN], double value_s, bool plus);

/** How long: "14 s", "5 m", "3 h", "2 d"; "-" when it is not finite. */
const char *show_age(char buf[SHOW_LEN], double age_s);

/** Does the stream take colours: a terminal, and NO_COLOR is not set? */
bool show_colours(FILE *to);

/** Copy text for a terminal: what could steer it is spelt out. */
void show_plain(char *dst, size_t cap, const char *text);

/** One field of CSV, in quotes where it needs them (RFC 4180). */
void show_csv(FILE *to, const char *text);
