/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>

/* One measurement of one source. */
struct sample {
	int64_t mono_ns; /* when the reply arrived */
	double offset_s; /* server minus local: positive means we are behind */
	double delay_s;  /* round trip, >= the clocks' precision */
	double disp_s; /* error bound of offset besides delay / 2: precisions, PHI * age of T1 */
	/* What the server said of itself. */
	double root_delay_s, root_disp_s;
	uint8_t stratum; /* 1 to 15 */
	uint8_t leap;    /* enum ntp_leap, not LEAP_UNSYNC */
};

/* Four timestamps as ns since 1970, on the clocks of client (1, 4) and server (2, 3). */
struct exchange {
	int64_t t1_ns, t2_ns, t3_ns, t4_ns;
};

/**
 * Offset theta and delay delta of RFC 5905 section 8:
 *
 *     theta = ((T2 - T1) + (T3 - T4)) / 2     delta = (T4 - T1) - (T3 - T2)
 *
 * Differences are taken in integers first.  delay_s is at least
 * min_delay_s; disp_s = precisions + PHI * (T4 - T1).  Only offset_s, delay_s
 * and disp_s are set.
 */
void sample_from_exchange(const struct exchange *x, double precision_s,
			  double min_delay_s, struct sample *out);
