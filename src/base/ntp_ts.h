/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * NTP timestamp format (RFC 5905 section 6): seconds since 1900 modulo 2^32
 * in the upper half, fraction in the lower.  It wraps (first in February
 * 2036), so it is a struct: plain comparison and subtraction would be wrong.
 */
struct ntp_ts {
	uint64_t v;
};

/* Seconds from 1900 to 1970. */
#define NTP_UNIX_OFFSET UINT64_C(2208988800)

static inline bool ntp_ts_is_zero(struct ntp_ts t)
{
	return t.v == 0;
}

static inline bool ntp_ts_equal(struct ntp_ts a, struct ntp_ts b)
{
	return a.v == b.v;
}

/** unix_ns: nanoseconds since 1970 UTC, any era.  Rounds down to 2^-32 s. */
struct ntp_ts ntp_ts_from_ns(int64_t unix_ns);

/**
 * Nanoseconds since 1970 of the instant nearest to pivot_ns that t can mean,
 * so the answer is within 68 years of the pivot.
 */
int64_t ntp_ts_to_ns(struct ntp_ts t, int64_t pivot_ns);

/** a - b in seconds, right while they are less than 68 years apart. */
double ntp_ts_diff_s(struct ntp_ts a, struct ntp_ts b);
