/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntpq/cook.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/container.h"
#include "base/net_addr.h"
#include "base/units.h"
#include "ntpq/words.h"

#define LINE_COLUMNS 72
#define VALUE_LEN 1024
#define FILTER_LEN 8

bool cook_parse_ts(const char *s, struct ntp_ts *out)
{
	char *end;
	unsigned long sec, frac;

	if (strncmp(s, "0x", 2) != 0 || strlen(s) != 2 + 8 + 1 + 8 ||
	    s[10] != '.' ||
	    s[2 + strspn(s + 2, "0123456789abcdefABCDEF")] != '.')
		return false;
	sec = strtoul(s + 2, NULL, 16);
	if (s[11 + strspn(s + 11, "0123456789abcdefABCDEF")] != '\0')
		return false;
	frac = strtoul(s + 11, &end, 16);
	out->v = (uint64_t)sec << 32 | (uint64_t)frac;
	return true;
}

bool cook_parse_unsigned(const char *s, unsigned long max, unsigned long *out)
{
	bool hex = s[0] == '0' && (s[1] == 'x' || s[1] == 'X');
	const char *digits = hex ? s + 2 : s;
	unsigned long v;

	if (!*digits || digits[strspn(digits, hex ? "0123456789abcdefABCDEF"
						  : "0123456789")])
		return false;
	errno = 0;
	v = strtoul(digits, NULL, hex ? 16 : 10);
	if (errno || v > max)
		return false;
	*out = v;
	return true;
}

bool cook_refclock_name(const char *addr, char *buf, size_t cap)
{
	/* The numbers of the classic driver table that are still met. */
	static const char *const names[] = {
		[1] = "LOCAL",       [4] = "WWVB_SPEC",     [5] = "TRUETIME",
		[6] = "IRIG_AUDIO",  [7] = "CHU_AUDIO",     [8] = "GENERIC",
		[10] = "GPS_AS2201", [11] = "GPS_ARBITER",  [18] = "ACTS_MODEM",
		[20] = "GPS_NMEA",   [22] = "PPS",          [26] = "GPS_HP",
		[28] = "SHM",        [29] = "GPS_PALISADE", [30] = "GPS_ONCORE",
		[40] = "JJY",        [46] = "GPSD_JSON",
	};
	struct net_addr a;
	unsigned type;

	if (net_addr_parse(addr, &a) < 0 || a.family != AF_INET ||
	    a.ip[0] != 127 || a.ip[1] != 127)
		return false;
	type = a.ip[2];
	if (type < ARRAY_LEN(names) && names[type])
		snprintf(buf, cap, "%s(%u)", names[type], a.ip[3]);
	else
		snprintf(buf, cap, "REFCLK(%u,%u)", type, a.ip[3]);
	return true;
}

/* "eeae464b.07962c25  Mon, Nov 23 2026  4:57:47.029", local time */
static bool cook_ts(struct text *t, const char *value, int64_t now_ns)
{
	static const char days[][4] = {"Sun", "Mon", "Tue", "Wed",
				       "Thu", "Fri", "Sat"};
	static const char months[][4] = {"Jan", "Feb", "Mar", "Apr",
					 "May", "Jun", "Jul", "Aug",
					 "Sep", "Oct", "Nov", "Dec"};
	struct ntp_ts ts;
	int64_t ns;
	time_t s;
	struct tm tm;

	if (!cook_parse_ts(value, &ts))
		return false;
	ns = ntp_ts_to_ns(ts, now_ns);
	s = (time_t)(ns / NS_PER_S);
	if (!localtime_r(&s, &tm))
		return false;
	text_add(t,
		 "%08" PRIx32 ".%08" PRIx32
		 "  %s, %s %2d %4d %2d:%02d:%02d.%03u",
		 (uint32_t)(ts.v >> 32), (uint32_t)ts.v, days[tm.tm_wday],
		 months[tm.tm_mon], tm.tm_mday, tm.tm_year + 1900, tm.tm_hour,
		 tm.tm_min, tm.tm_sec,
		 (unsigned)((ts.v & UINT32_MAX) * 1000 >> 32));
	return true;
}

static bool cook_leap(struct text *t, const char *value, int64_t now_ns)
{
	unsigned long v;

	(void)now_ns;
	if (!cook_parse_unsigned(value, 3, &v))
		return false;
	text_add(t, "%lu%lu", v >> 1, v & 1);
	return true;
}

static bool cook_reach(struct text *t, const char *value, int64_t now_ns)
{
	unsigned long v;

	(void)now_ns;
	if (!cook_parse_unsigned(value, 255, &v))
		return false;
	text_add(t, "%03lo", v);
	return true;
}

static bool cook_flash(struct text *t, const char *value, int64_t now_ns)
{
	unsigned long v;

	(void)now_ns;
	if (!cook_parse_unsigned(value, 0xffff, &v))
		return false;
	words_flash(t, (unsigned)v);
	return true;
}

static bool cook_addr(struct text *t, const char *value, int64_t now_ns)
{
	char name[32];

	(void)now_ns;
	if (!cook_refclock_name(value, name, sizeof name))
		return false;
	text_add(t, "%s", name);
	return true;
}

/*
 * Eight numbers in columns.  ntpsec 1.2.2 sends what was in its buffer before
 * them as well, so the last eight are the right ones.
 */
static bool cook_filter(struct text *t, const char *value, int64_t now_ns)
{
	const char *words[FILTER_LEN];
	size_t lens[FILTER_LEN], n = 0;

	(void)now_ns;
	for (const char *p = value; *(p += strspn(p, " \t")); n++) {
		words[n % FILTER_LEN] = p;
		lens[n % FILTER_LEN] = strcspn(p, " \t");
		p += lens[n % FILTER_LEN];
	}
	for (size_t i = n > FILTER_LEN ? n - FILTER_LEN : 0; i < n; i++) {
		size_t len = lens[i % FILTER_LEN];
		char shown[4 * 7 + 1];

		text_escape(shown, sizeof shown, words[i % FILTER_LEN],
			    len > 7 ? 7 : len);
		text_add(t, "%8s", shown);
	}
	return n > 0;
}

/* Each gives false where the value is not what its name promises. */
static const struct cooked {
	const char *name;
	bool (*cook)(struct text *t, const char *value, int64_t now_ns);
} cooked[] = {
	{"leap", cook_leap},        {"reach", cook_reach},
	{"flash", cook_flash},      {"reftime", cook_ts},
	{"clock", cook_ts},         {"org", cook_ts},
	{"rec", cook_ts},           {"xmt", cook_ts},
	{"srcadr", cook_addr},      {"dstadr", cook_addr},
	{"filtdelay", cook_filter}, {"filtoffset", cook_filter},
	{"filtdisp", cook_filter},
};

static const struct cooked *find_cooked(const struct item *it)
{
	for (size_t i = 0; i < ARRAY_LEN(cooked); i++)
		if (item_is(it, cooked[i].name))
			return &cooked[i];
	return NULL;
}

void cook_value(struct text *t, const struct item *it, int64_t now_ns)
{
	const struct cooked *c = find_cooked(it);
	char plain[VALUE_LEN], shown[4 * VALUE_LEN];
	size_t len = it->value_len < VALUE_LEN ? it->value_len : VALUE_LEN - 1;

	if (c && c->cook(t, item_text(it, plain, sizeof plain), now_ns))
		return;
	text_escape(shown, sizeof shown, it->value, len);
	text_add(t, "%s", shown);
}

/* Everything but newlines escaped. */
void cook_raw(FILE *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char shown[8];

		if (text[i] == '\n') {
			putc('\n', out);
		} else if (text[i] != '\r') {
			text_escape(shown, sizeof shown, text + i, 1);
			fputs(shown, out);
		}
	}
}

static void add_item(struct text *t, const struct item *it, bool filter,
		     int64_t now_ns)
{
	char name[4 * 64];

	text_escape(name, sizeof name, it->name,
		    it->name_len < 64 ? it->name_len : 64);
	/* Filters stand below each other. */
	text_add(t, "%s%s%*s", name, it->value_len || filter ? "=" : "",
		 filter ? 10 - (int)it->name_len : 0, "");
	cook_value(t, it, now_ns);
}

void cook_items(FILE *out, const char *text, size_t len, int64_t now_ns)
{
	struct items it = items_of(text, len);
	struct item item;
	char buf[4 * VALUE_LEN + 512];
	size_t column = 0;
	bool filter = false, any = false;

	while (items_next(&it, &item)) {
		struct text t = text_init(buf, sizeof buf);
		bool after_filter = filter;
		const struct cooked *c = find_cooked(&item);

		filter = c && c->cook == cook_filter;
		add_item(&t, &item, filter, now_ns);
		if (any && (filter || after_filter ||
			    column + 2 + t.len > LINE_COLUMNS)) {
			fputs(",\n", out);
			column = 0;
		} else if (any) {
			fputs(", ", out);
			column += 2;
		}
		fputs(buf, out);
		column += t.len;
		any = true;
	}
	if (any)
		putc('\n', out);
}
