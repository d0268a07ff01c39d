/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntpq/words.h"

#include <stddef.h>

#include "base/container.h"

#define EVENT_COUNT(status) ((status) >> 4 & 15)
#define EVENT_CODE(status) ((status)&15)
#define SELECT_CODE(status) ((status) >> 8 & 7)

static const char *const select_names[] = {
	"reject",    "falsetick", "excess",   "outlier",
	"candidate", "backup",    "sys.peer", "pps.peer",
};

static const char *const peer_events[16] = {
	"",
	"mobilize",
	"demobilize",
	"unreachable",
	"reachable",
	"restart",
	"no_reply",
	"rate_exceeded",
	"access_denied",
	"leap_armed",
	"sys_peer",
	"clock_alarm",
	"bad_auth",
	"popcorn",
	"interleave_mode",
	"interleave_error",
};

char words_tally(uint16_t status)
{
	return " x.-+#*o"[SELECT_CODE(status)];
}

const char *words_select(uint16_t status)
{
	return select_names[SELECT_CODE(status)];
}

const char *words_peer_event(uint16_t status)
{
	return peer_events[EVENT_CODE(status)];
}

static void add_events(struct text *t, uint16_t status)
{
	unsigned n = EVENT_COUNT(status);

	if (n == 0)
		text_add(t, "no events");
	else
		text_add(t, "%u event%s", n, n == 1 ? "" : "s");
}

void words_sys(struct text *t, uint16_t status)
{
	static const char *const leaps[] = {"leap_none", "leap_add_sec",
					    "leap_del_sec", "leap_alarm"};
	static const char *const sources[] = {
		"sync_unspec",    "sync_pps",       "sync_lf_radio",
		"sync_hf_radio",  "sync_uhf_radio", "sync_local",
		"sync_ntp",       "sync_other",     "sync_wristwatch",
		"sync_telephone",
	};
	static const char *const sys_events[16] = {
		"unspecified",   "freq_not_set",
		"freq_set",      "spike_detect",
		"freq_mode",     "clock_sync",
		"restart",       "panic_stop",
		"no_sys_peer",   "leap_armed",
		"leap_disarmed", "leap_event",
		"clock_step",    "kern",
		"TAI...",        "stale leapsecond values",
	};
	unsigned source = status >> 8 & 63;

	text_add(t, "%s, %s, ", leaps[status >> 14],
		 source < ARRAY_LEN(sources) ? sources[source]
					     : "sync_unknown");
	add_events(t, status);
	text_add(t, ", %s", sys_events[EVENT_CODE(status)]);
}

void words_peer(struct text *t, uint16_t status)
{
	static const struct {
		uint16_t bit;
		const char *name;
	} flags[] = {
		{PEER_CONF, "conf"},      {PEER_AUTH_ENABLED, "authenb"},
		{PEER_AUTHENTIC, "auth"}, {PEER_REACH, "reach"},
		{PEER_BCAST, "bcast"},
	};

	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (status & flags[i].bit)
			text_add(t, "%s, ", flags[i].name);
	text_add(t, "sel_%s, ", words_select(status));
	add_events(t, status);
	if (*words_peer_event(status))
		text_add(t, ", %s", words_peer_event(status));
}

void words_clock(struct text *t, uint16_t status)
{
	static const char *const events[] = {
		"clk_unspec",     "clk_no_reply", "clk_bad_format", "clk_fault",
		"clk_bad_signal", "clk_bad_date", "clk_bad_time",
	};
	unsigned code = EVENT_CODE(status);

	add_events(t, status);
	text_add(t, ", %s",
		 code < ARRAY_LEN(events) ? events[code] : "clk_unknown");
}

void words_flash(struct text *t, unsigned flash)
{
	static const char *const bits[] = {
		"pkt_dup",      "pkt_bogus",    "pkt_unsync", "pkt_denied",
		"pkt_auth",     "pkt_stratum",  "pkt_header", "pkt_autokey",
		"pkt_crypto",   "peer_stratum", "peer_dist",  "peer_loop",
		"peer_unreach",
	};
	const char *separator = " ";

	text_add(t, "%02x", flash);
	for (size_t i = 0; i < ARRAY_LEN(bits); i++) {
		if (!(flash >> i & 1))
			continue;
		text_add(t, "%s%s", separator, bits[i]);
		separator = ", ";
	}
	if (flash == 0)
		text_add(t, " ok");
}
