/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/net_addr.h"
#include "wire/dns_message.h"

/* DNS cookies that every server with the same key understands (RFC 9018). */

/**
 * Both halves of the cookie for an answer.
 * now_s: since 1970 UTC.  out: DNS_COOKIE_LEN octets.
 */
void dns_cookie_make(const uint64_t key[2], const struct net_addr *client,
		     const uint8_t client_cookie[DNS_CLIENT_COOKIE_LEN],
		     int64_t now_s, uint8_t out[DNS_COOKIE_LEN]);

/** Is the one in the question ours, for this client, and not too old? */
bool dns_cookie_is_valid(const uint64_t key[2], const struct net_addr *client,
			 const struct dns_query *q, int64_t now_s);
