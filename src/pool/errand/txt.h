/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/* TXT records, asked of the machine's own resolver. */
#define TXT_ANSWER_MAX 65535
#define TXT_RECORDS_MAX 64 /* of an answer; the rest is not looked at */

/**
 * Does one of the TXT records of name say exactly this?
 *
 * want: shorter than 256 octets.
 * Returns: 1, 0 when none does, -ENOENT when there is no such name or record,
 * -EAGAIN when nobody could answer.
 */
MUST_CHECK int txt_has(const char *name, const char *want);

/** The same of an answer as it came over the wire (RFC 1035); false for rubbish. */
bool txt_answer_has(const uint8_t *message, size_t len, const char *want);
