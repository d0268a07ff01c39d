/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/ntp_ts.h"

#include "base/units.h"

struct ntp_ts ntp_ts_from_ns(int64_t unix_ns)
{
	int64_t sec = unix_ns / NS_PER_S;
	int64_t ns = unix_ns % NS_PER_S;
	uint64_t frac;

	if (ns < 0) {
		ns += NS_PER_S;
		sec--;
	}
	frac = ((uint64_t)ns << 32) / (uint64_t)NS_PER_S;
	return (struct ntp_ts){(((uint64_t)sec + NTP_UNIX_OFFSET) << 32) |
			       frac};
}

/* Signed distance in units of 2^-32 s, exact modulo one era. */
static int64_t ts_distance(struct ntp_ts a, struct ntp_ts b)
{
	return (int64_t)(a.v - b.v);
}

int64_t ntp_ts_to_ns(struct ntp_ts t, int64_t pivot_ns)
{
	int64_t d = ts_distance(t, ntp_ts_from_ns(pivot_ns));
	int64_t sec = d >> 32;
	uint64_t frac = (uint64_t)d & UINT32_MAX;
	int64_t ns;

	/* The pivot was rounded down; make the round trip of its own stamp exact. */
	ns = (int64_t)((frac * (uint64_t)NS_PER_S + (UINT64_C(1) << 31)) >> 32);
	return pivot_ns + sec * NS_PER_S + ns;
}

double ntp_ts_diff_s(struct ntp_ts a, struct ntp_ts b)
{
	return (double)ts_distance(a, b) * 0x1p-32;
}
