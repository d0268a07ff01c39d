/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/show.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "base/utf8.h"

/* Three figures, and never fewer than the whole part has. */
static int decimals_of(double size)
{
	return size < 9.995 ? 2 : size < 99.95 ? 1 : 0;
}

const char *show_seconds(char buf[SHOW_LEN], double value_s, bool plus)
{
	static const struct {
		double unit_s;
		const char *name;
	} units[] = {{1, "s"}, {1e-3, "ms"}, {1e-6, "us"}, {1e-9, "ns"}};
	double size = fabs(value_s);
	size_t i = 0;

	if (!isfinite(value_s)) {
		snprintf(buf, SHOW_LEN, "-");
		return buf;
	}
	while (i + 1 < sizeof units / sizeof *units && size > 0 &&
	       size < 0.9995 * units[i].unit_s)
		i++;
	if (i == 0) /* whole seconds off: the milliseconds still matter */
		snprintf(buf, SHOW_LEN, plus ? "%+.*f s" : "%.*f s",
			 size > 0 && size < 1e6 ? 3 : 0, value_s);
	else
		snprintf(buf, SHOW_LEN, plus ? "%+.*f %s" : "%.*f %s",
			 decimals_of(size / units[i].unit_s),
			 value_s / units[i].unit_s, units[i].name);
	return buf;
}

const char *show_age(char buf[SHOW_LEN], double age_s)
{
	if (!isfinite(age_s))
		snprintf(buf, SHOW_LEN, "-");
	else if (age_s < 100)
		snprintf(buf, SHOW_LEN, "%.0f s", age_s);
	else if (age_s < 6000)
		snprintf(buf, SHOW_LEN, "%.0f m", age_s / 60);
	else if (age_s < 48 * 3600)
		snprintf(buf, SHOW_LEN, "%.0f h", age_s / 3600);
	else
		snprintf(buf, SHOW_LEN, "%.0f d", age_s / 86400);
	return buf;
}

bool show_colours(FILE *to)
{
	const char *unwanted = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(fileno(to)) && !(unwanted && *unwanted) && term &&
	       strcmp(term, "dumb") != 0;
}

void show_plain(char *dst, size_t cap, const char *text)
{
	size_t len = strlen(text);

	if (utf8_is_plain(text, len, false))
		snprintf(dst, cap, "%s", text);
	else
		text_escape(dst, cap, text, len);
}

void show_csv(FILE *to, const char *text)
{
	if (!text[strcspn(text, ",\"")]) {
		fputs(text, to);
	} else {
		fputc('"', to);
		for (; *text; text++)
			fprintf(to, "%.*s%c", *text == '"', "\"", *text);
		fputc('"', to);
	}
}
