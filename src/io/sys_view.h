/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>

#include "base/ntp_ts.h"

enum ntp_leap { LEAP_NONE, LEAP_INSERT, LEAP_DELETE, LEAP_UNSYNC };

/*
 * What this server tells the world, replaced as one value.  It ages by itself,
 * so that a server whose engine has died becomes honest without being told.
 */
struct sys_view {
	uint8_t leap;    /* enum ntp_leap */
	uint8_t stratum; /* 1 to 15, or 16 when not synchronised */
	int8_t precision_log2;
	uint32_t refid; /* as on the wire, host byte order */
	double root_delay_s;
	double root_disp_s;      /* at at_mono_ns */
	double root_disp_growth; /* s/s */
	struct ntp_ts reference; /* when the clock was last set or corrected */
	int64_t at_mono_ns;      /* CLOCK_MONOTONIC */
	int64_t expires_mono_ns; /* from then on: leap 3, stratum 16 */
};
