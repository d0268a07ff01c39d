/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/ntp_ts.h"
#include "base/text.h"
#include "ntpq/items.h"

/*
 * How values look on a screen.  Everything printed here has been through the
 * escaping that keeps a server's octets from the terminal (M-13).
 */

/** Print text with what is not printable ASCII as \xNN; newlines pass, CR does not. */
void cook_raw(FILE *out, const char *text, size_t len);

/**
 * Print the items of a response in the classic layout: ", " between them, at
 * most 72 columns a line, filters on lines of their own.
 *
 * now_ns: wall time, to tell the era of timestamps.
 */
void cook_items(FILE *out, const char *text, size_t len, int64_t now_ns);

/** Write one value as cook_items() would, into t. */
void cook_value(struct text *t, const struct item *it, int64_t now_ns);

/** "0x%08x.%08x" to a timestamp; false when it is not one. */
bool cook_parse_ts(const char *s, struct ntp_ts *out);

/** A number in C notation, decimal or 0x; false when it is none or out of range. */
bool cook_parse_unsigned(const char *s, unsigned long max, unsigned long *out);

/** "LOCAL(0)" for 127.127.1.0; false when addr is not a clock's address. */
bool cook_refclock_name(const char *addr, char *buf, size_t cap);
