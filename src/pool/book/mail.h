/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"

/* A mail as it goes over the wire (RFC 5322, 2045, 2047). */
struct mail {
	const char *from, *to; /* addresses, "time@example.org" */
	const char *subject;   /* UTF-8 */
	const char *body;      /* UTF-8, lines end in \n */
	int64_t id;            /* makes the Message-ID */
	int64_t at_ms;
};

/**
 * One address of the plain kind: something@host, no blanks, no control
 * characters, no quotes, at most 254 octets.  All else is refused, so that no
 * address can add a header line or a recipient.
 */
bool mail_address_ok(const char *address);

/**
 * Append the message to out: CRLF, lines under 78 octets, body in
 * quoted-printable.
 *
 * Returns: 0, or -EINVAL when an address is not ok.
 */
MUST_CHECK int mail_compose(const struct mail *m, struct buf *out);
