/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>
#include <stdio.h>

#include "ntpq/session.h"

/* Reports that are a list of labels and variables: sysinfo, kerninfo, ... */
struct report;

extern const struct report report_sysinfo, report_sysstats, report_kerninfo,
	report_monstats, report_iostats, report_timerstats, report_authinfo,
	report_pstats;

/** A variable that the server does not know is shown as "?". */
void report_print(struct session *s, const struct report *r, uint16_t assoc_id,
		  FILE *out);
