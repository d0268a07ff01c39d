/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/web/when.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "base/container.h"

char *when_format(int64_t at_ms, const char *format, char buf[WHEN_LEN])
{
	time_t s = (time_t)(at_ms / 1000);
	struct tm tm;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	if (!gmtime_r(&s, &tm) || strftime(buf, WHEN_LEN, format, &tm) == 0)
		snprintf(buf, WHEN_LEN, "?");
#pragma GCC diagnostic pop
	return buf;
}

char *when_minute(int64_t at_ms, char buf[WHEN_LEN])
{
	return when_format(at_ms, "%Y-%m-%d %H:%M UTC", buf);
}

char *when_day(int64_t at_ms, char buf[WHEN_LEN])
{
	return when_format(at_ms, "%Y-%m-%d", buf);
}

char *when_iso(int64_t at_ms, char buf[WHEN_LEN])
{
	return when_format(at_ms, "%Y-%m-%dT%H:%M:%SZ", buf);
}

char *when_ago(int64_t at_ms, int64_t now_ms, char buf[WHEN_LEN])
{
	static const struct {
		int64_t ms;
		const char *name;
	} units[] = {
		{INT64_C(86400000), "day"},
		{3600000, "hour"},
		{60000, "minute"},
		{1000, "second"},
	};
	int64_t age = now_ms - at_ms;
	int64_t size = age < 0 ? -age : age;

	if (at_ms == 0) {
		snprintf(buf, WHEN_LEN, "never");
		return buf;
	}
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		int64_t n = size / units[i].ms;

		/* Two days are "2 days", but 30 hours are hours. */
		if (n < (i + 1 < ARRAY_LEN(units) ? 2 : 1))
			continue;
		snprintf(buf, WHEN_LEN, "%s%" PRId64 " %s%s%s",
			 age < 0 ? "in " : "", n, units[i].name,
			 n == 1 ? "" : "s", age < 0 ? "" : " ago");
		return buf;
	}
	snprintf(buf, WHEN_LEN, "just now");
	return buf;
}
