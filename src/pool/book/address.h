/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/net_addr.h"

/* What strangers type as the place of a server, or of a webhook. */

/**
 * A host name as RFC 1123 has it: at most 253 octets, labels of letters, digits
 * and hyphens, at least two of them, the last one with a letter, so that nothing
 * that a resolver takes for an address passes.
 */
bool address_is_name(const char *name);

/**
 * Split what was typed into host and port: "192.0.2.1", "192.0.2.1:1123",
 * "2001:db8::1", "[2001:db8::1]:1123", "ntp.example.org:123", with blanks
 * around it.  The host gets lower case and loses a dot at the end.
 *
 * port: 0 when none was typed.
 * Returns: 0 or -EINVAL.
 */
MUST_CHECK int address_split(const char *typed, char *host, size_t cap,
			     uint16_t *port);
