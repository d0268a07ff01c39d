/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/**
 * Length of the UTF-8 sequence at s (RFC 3629), or 0 when it is none.
 * left: octets from s on, at least 1.
 */
size_t utf8_len(const unsigned char *s, size_t left);

/** The whole text is UTF-8. */
bool utf8_valid(const char *s, size_t len);

/** Is the character of len octets at s one that moves what stands around it:
 * a control character, or one that changes the direction of writing? */
bool utf8_is_control(const unsigned char *s, size_t len);

/** Nothing but UTF-8 without such characters; line ends are fine when lines is true. */
bool utf8_is_plain(const char *text, size_t len, bool lines);
