/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool/dns/zone.h"
#include "pool/zone/location.h"
#include "wire/dns_message.h"

/*
 * The whole of DNS for the pool as one function of what is served, the
 * question, the asker and one random number.
 */

#define DNS_TCP_MAX 4096 /* the longest answer we ever give */

struct dns_asker {
	struct net_addr addr; /* IPv4 as IPv4 */
	bool tcp;
	uint64_t random;
	int64_t now_s; /* since 1970 UTC; for cookies */
};

struct dns_source {
	const struct dns_zone *zone; /* NULL: SERVFAIL */
	const struct location_map
		*country; /* of country_db_map(); may be empty */
	uint64_t cookie_key[2];
	const char *nsid;   /* NULL: none */
	const char *status; /* what _status tells, at most 255 octets */
};

/* What became of a question. */
struct dns_outcome {
	size_t len; /* of the answer; 0: none is due */
	enum dns_rcode rcode;
	bool cut;          /* TC is set */
	bool known_client; /* it has shown a cookie of ours */
	/* Where the answer came from, for counting and rate limiting: the same
	 * for all names that do not exist. */
	int zone; /* index, or -1 */
};

/**
 * Answer one datagram or one message of a stream.
 *
 * buf: DNS_TCP_MAX octets; the answer is within what the asker takes.
 * q: as decoded, for whoever counts.
 */
struct dns_outcome dns_answer(const struct dns_source *src,
			      const struct dns_asker *from, const uint8_t *data,
			      size_t len, struct dns_query *q,
			      enum dns_query_verdict *verdict,
			      uint8_t buf[DNS_TCP_MAX]);

/** The same answer without its records, with TC; to be sent in its place. */
size_t dns_cut(uint8_t *buf, const struct dns_query *q);
