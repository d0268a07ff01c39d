/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/net_addr.h"
#include "crypt/keys.h"
#include "est/sample.h"
#include "wire/ntp_packet.h"

/* What a datagram from a server is worth.  Only REPLY_OK makes a sample; only
 * the verdicts from REPLY_OK on are answers to our own request. */
enum reply_verdict {
	REPLY_BAD_FORMAT, /* length, version, mode or what follows the header */
	REPLY_BOGUS,      /* origin is not our nonce, or nothing is asked */
	REPLY_DUPLICATE,  /* origin is a nonce that was answered already */
	REPLY_BAD_AUTH,   /* no MAC, another key's, or a wrong one */
	REPLY_OK,
	REPLY_RATE,      /* kiss: ask less often */
	REPLY_DENY,      /* kiss: DENY or RSTR, do not ask for a while */
	REPLY_KISS,      /* any other kiss code: no effect */
	REPLY_UNSYNCED,  /* leap 3, or a stratum outside 1 to 15 */
	REPLY_BAD_TIMES, /* receive or transmit missing or in the wrong order */
	REPLY_LOOP,      /* the server follows us */
	REPLY_VERDICTS,
};

/** "ok", "bogus", ...: for counters and logs. */
const char *reply_verdict_name(enum reply_verdict v);

/* What we know of the request that a reply must fit. */
struct reply_expect {
	bool outstanding;       /* a request waits for its reply */
	struct ntp_ts nonce;    /* its transmit field */
	struct ntp_ts answered; /* the last nonce that was answered, or zero */
	const struct key
		*key; /* the reply must carry its MAC; NULL: none wanted */
	struct net_addr local;      /* our address, as the server sees it */
	const struct net_addr *own; /* our other addresses */
	size_t n_own;
};

/**
 * Judge a datagram that arrived on the socket of a request.
 *
 * pkt: written whenever the verdict is not REPLY_BAD_FORMAT.
 *
 * The order of the checks is that of RFC 5905 section 9.2 with the nonce first:
 * nothing in a packet that is not the answer to our request has any effect.
 */
enum reply_verdict reply_check(const struct reply_expect *x,
			       const uint8_t *data, size_t len,
			       struct ntp_packet *pkt);

/**
 * The sample that a good reply makes.
 *
 * t1_ns, t4_ns: departure and arrival on our clock, ns since 1970.
 * precision_s: of our clock.  mono_ns: arrival.
 */
void reply_sample(const struct ntp_packet *pkt, int64_t t1_ns, int64_t t4_ns,
		  double precision_s, int64_t mono_ns, struct sample *out);
