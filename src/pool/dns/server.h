/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "pool/dns/answer.h"
#include "pool/dns/rate.h"

/* Answering with all that lasts from one question to the next. */

/* Types of questions that are told apart; the last is all others. */
#define DNS_COUNTED_TYPES 8
#define DNS_COUNTED_RCODES 16

/** "A", "AAAA", ..., "other"; i below DNS_COUNTED_TYPES. */
const char *dns_counted_type(size_t i);

struct dns_counters {
	uint64_t udp, tcp; /* questions by transport */
	uint64_t verdict[DNS_QUERY_VERDICTS];
	uint64_t rcode[DNS_COUNTED_RCODES];
	uint64_t query[DNS_COUNTED_TYPES][DNS_COUNTED_RCODES];
	uint64_t cut; /* truncated for size */
	uint64_t rate_dropped, rate_truncated;
	uint64_t subnet, cookie_valid, edns;
	uint64_t addresses_v4, addresses_v6; /* questions for A and AAAA */
};

struct dns_server {
	struct dns_source source;
	struct rate_table *rate; /* NULL: no limit */
	struct dns_counters counters;
};

/**
 * One question, from the decoding to the counting.
 *
 * mono_ms: for rate limiting.  buf: DNS_TCP_MAX octets.
 * Returns: the length of the answer; 0: send nothing.
 */
size_t dns_server_handle(struct dns_server *s, const struct dns_asker *from,
			 uint32_t mono_ms, const uint8_t *data, size_t len,
			 uint8_t buf[DNS_TCP_MAX]);
