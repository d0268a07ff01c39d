/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/web/figure.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#define MINUS "\xE2\x88\x92"
#define DASH "\xE2\x80\x93"

static const char *sign_of(double v)
{
	return v < 0 ? MINUS : "+";
}

char *figure_time(double s, char buf[FIGURE_LEN])
{
	if (isnan(s))
		snprintf(buf, FIGURE_LEN, DASH);
	else if (fabs(s) >= 0.9995)
		snprintf(buf, FIGURE_LEN, "%.2f s", fabs(s));
	else if (fabs(s) >= 0.00995)
		snprintf(buf, FIGURE_LEN, "%.1f ms", fabs(s) * 1e3);
	else
		snprintf(buf, FIGURE_LEN, "%.2f ms", fabs(s) * 1e3);
	return buf;
}

char *figure_offset(double s, char buf[FIGURE_LEN])
{
	char size[FIGURE_LEN];

	figure_time(s, size);
	snprintf(buf, FIGURE_LEN, "%s%.30s", isnan(s) ? "" : sign_of(s), size);
	return buf;
}

char *figure_score(double score, char buf[FIGURE_LEN])
{
	if (isnan(score))
		snprintf(buf, FIGURE_LEN, DASH);
	else if (fabs(score) < 0.05)
		snprintf(buf, FIGURE_LEN, "0.0");
	else
		snprintf(buf, FIGURE_LEN, "%s%.1f", sign_of(score),
			 fabs(score));
	return buf;
}

char *figure_netspeed(int64_t kbit, char buf[FIGURE_LEN])
{
	if (kbit <= 0)
		snprintf(buf, FIGURE_LEN, "monitoring only");
	else if (kbit < 1000)
		snprintf(buf, FIGURE_LEN, "%" PRId64 " kbit/s", kbit);
	else if (kbit < 1000000)
		snprintf(buf, FIGURE_LEN, "%g Mbit/s", (double)kbit / 1e3);
	else
		snprintf(buf, FIGURE_LEN, "%g Gbit/s", (double)kbit / 1e6);
	return buf;
}

char *figure_count(int64_t n, const char *what, char buf[FIGURE_LEN])
{
	snprintf(buf, FIGURE_LEN, "%" PRId64 " %s%s", n, what,
		 n == 1 ? "" : "s");
	return buf;
}
