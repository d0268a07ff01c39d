/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>

/* Numbers as pages show them, with their units.  All return buf; NaN is a dash. */

#define FIGURE_LEN 40

/** A signed difference in a unit that fits: "+0.12 ms", "−1.20 s". */
char *figure_offset(double s, char buf[FIGURE_LEN]);

/** A length of time, as above without a sign. */
char *figure_time(double s, char buf[FIGURE_LEN]);

/** "+19.6", "−33.0" */
char *figure_score(double score, char buf[FIGURE_LEN]);

/** "10 Mbit/s"; 0 is "monitoring only" */
char *figure_netspeed(int64_t kbit, char buf[FIGURE_LEN]);

/** "3 servers": singular for one, else with an s. */
char *figure_count(int64_t n, const char *what, char buf[FIGURE_LEN]);
