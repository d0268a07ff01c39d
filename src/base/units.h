/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>

#define NS_PER_S INT64_C(1000000000)
#define NS_PER_MS INT64_C(1000000)

/* PHI of RFC 5905: the rate at which an unattended clock is assumed to drift. */
#define NTP_PHI 15e-6
#define NTP_PORT 123
#define NTP_STRATUM_UNSYNC 16

static inline double s_from_ns(int64_t ns)
{
	return (double)ns * 1e-9;
}

/* Saturates at about 292 years, so any finite or infinite s is safe; NaN is 0. */
int64_t ns_from_s(double s);
