/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntpq/reports.h"

#include <string.h>

#include "base/container.h"
#include "base/text.h"
#include "ntpq/cook.h"
#include "ntpq/items.h"
#include "ntpq/words.h"

#define MAX_ROWS 20
#define VALUE_LEN 512

/* With ":" for a label the value goes to the end of the line before. */
struct row {
	const char *label, *name;
};

struct report {
	int label_width;
	bool status;               /* starts with the status word */
	struct row rows[MAX_ROWS]; /* ends with an empty one */
};

/* clang-format off */
const struct report report_sysinfo = {20, true, {
	{"system peer:", "peeradr"},
	{"system peer mode:", "peermode"},
	{"leap indicator:", "leap"},
	{"stratum:", "stratum"},
	{"log2 precision:", "precision"},
	{"root delay:", "rootdelay"},
	{"root dispersion:", "rootdisp"},
	{"reference ID:", "refid"},
	{"reference time:", "reftime"},
	{"system jitter:", "sys_jitter"},
	{"clock jitter:", "clk_jitter"},
	{"clock wander:", "clk_wander"},
	{"broadcast delay:", "bcastdelay"},
	{"symm. auth. delay:", "authdelay"},
}};

const struct report report_sysstats = {24, false, {
	{"uptime:", "ss_uptime"},
	{"sysstats reset:", "ss_reset"},
	{"packets received:", "ss_received"},
	{"current version:", "ss_thisver"},
	{"older version:", "ss_oldver"},
	{"bad length or format:", "ss_badformat"},
	{"authentication failed:", "ss_badauth"},
	{"declined:", "ss_declined"},
	{"restricted:", "ss_restricted"},
	{"rate limited:", "ss_limited"},
	{"KoD responses:", "ss_kodsent"},
	{"processed for time:", "ss_processed"},
}};

const struct report report_kerninfo = {23, true, {
	{"pll offset:", "koffset"},
	{"pll frequency:", "kfreq"},
	{"maximum error:", "kmaxerr"},
	{"estimated error:", "kesterr"},
	{"kernel status:", "kstflags"},
	{"pll time constant:", "ktimeconst"},
	{"precision:", "kprecis"},
	{"frequency tolerance:", "kfreqtol"},
	{"pps frequency:", "kppsfreq"},
	{"pps stability:", "kppsstab"},
	{"pps jitter:", "kppsjitter"},
	{"calibration interval", "kppscalibdur"},
	{"calibration cycles:", "kppscalibs"},
	{"jitter exceeded:", "kppsjitexc"},
	{"stability exceeded:", "kppsstbexc"},
	{"calibration errors:", "kppscaliberrs"},
}};

const struct report report_monstats = {22, false, {
	{"enabled:", "mru_enabled"},
	{"addresses:", "mru_depth"},
	{"peak addresses:", "mru_deepest"},
	{"maximum addresses:", "mru_maxdepth"},
	{"reclaim above count:", "mru_mindepth"},
	{"reclaim older than:", "mru_maxage"},
	{"kilobytes:", "mru_mem"},
	{"maximum kilobytes:", "mru_maxmem"},
}};

const struct report report_iostats = {24, false, {
	{"time since reset:", "iostats_reset"},
	{"receive buffers:", "total_rbuf"},
	{"free receive buffers:", "free_rbuf"},
	{"used receive buffers:", "used_rbuf"},
	{"low water refills:", "rbuf_lowater"},
	{"dropped packets:", "io_dropped"},
	{"ignored packets:", "io_ignored"},
	{"received packets:", "io_received"},
	{"packets sent:", "io_sent"},
	{"packet send failures:", "io_sendfailed"},
	{"input wakeups:", "io_wakeups"},
	{"useful input wakeups:", "io_goodwakeups"},
}};

const struct report report_timerstats = {21, false, {
	{"time since reset:", "timerstats_reset"},
	{"timer overruns:", "timer_overruns"},
	{"calls to transmit:", "timer_xmts"},
}};

const struct report report_authinfo = {19, false, {
	{"time since reset:", "authreset"},
	{"stored keys:", "authkeys"},
	{"free keys:", "authfreek"},
	{"key lookups:", "authklookups"},
	{"keys not found:", "authknotfound"},
	{"uncached keys:", "authkuncached"},
	{"expired keys:", "authkexpired"},
	{"encryptions:", "authencrypts"},
	{"decryptions:", "authdecrypts"},
}};

const struct report report_pstats = {23, true, {
	{"remote host:", "srcadr"},
	{":", "srcport"},
	{"local address:", "dstadr"},
	{":", "dstport"},
	{"time last received:", "timerec"},
	{"time until next send:", "timer"},
	{"reachability change:", "timereach"},
	{"packets sent:", "sent"},
	{"packets received:", "received"},
	{"bad authentication:", "badauth"},
	{"bogus origin:", "bogusorg"},
	{"duplicate:", "oldpkt"},
	{"bad dispersion:", "seldisp"},
	{"bad reference time:", "selbroken"},
	{"candidate order:", "candidate"},
}};
/* clang-format on */

struct values {
	uint16_t status; /* of the last answer that held values */
	char value[MAX_ROWS][VALUE_LEN];
};

static void show_mode(char *value)
{
	static const char *const modes[] = {
		"unspec", "sym_active", "sym_passive", "client",
		"server", "broadcast",  "control",     "private",
	};
	unsigned long mode;

	if (cook_parse_unsigned(value, 7, &mode))
		snprintf(value, VALUE_LEN, "%s", modes[mode]);
}

/* Keep one item, shown as everywhere else but without quotes. */
static void take_item(const struct report *r, const struct item *it,
		      int64_t now_ns, struct values *v)
{
	char plain[VALUE_LEN];
	struct item bare = *it;

	bare.value = item_text(it, plain, sizeof plain);
	bare.value_len = strlen(plain);
	for (size_t i = 0; i < MAX_ROWS && r->rows[i].label; i++) {
		struct text t;

		if (!item_is(it, r->rows[i].name))
			continue;
		t = text_init(v->value[i], VALUE_LEN);
		cook_value(&t, &bare, now_ns);
		if (item_is(it, "peermode"))
			show_mode(v->value[i]);
	}
}

static void take_reply(struct session *s, const struct report *r,
		       struct values *v)
{
	struct items items = items_of(s->reply.data, s->reply.len);
	struct item it;

	v->status = s->reply.status;
	while (items_next(&items, &it))
		take_item(r, &it, session_now_ns(), v);
}

static void list_of_names(const struct report *r, struct text *list)
{
	for (size_t i = 0; i < MAX_ROWS && r->rows[i].label; i++)
		text_add(list, "%s%s", i ? "," : "", r->rows[i].name);
}

/*
 * All at once, or, where the server does not know every name and so tells
 * nothing, one by one.
 */
static bool ask_values(struct session *s, const struct report *r, uint16_t id,
		       struct values *v)
{
	char buf[CONTROL_MAX_DATA];
	struct text list = text_init(buf, sizeof buf);
	enum ask_result result;

	list_of_names(r, &list);
	result = session_try(s, CONTROL_READVAR, id, buf);
	if (result == ASK_OK) {
		take_reply(s, r, v);
		return true;
	}
	if (result != ASK_REFUSED || s->reply.error != CONTROL_ERR_UNKNOWNVAR) {
		session_tell(s, result, id);
		return false;
	}
	for (size_t i = 0; i < MAX_ROWS && r->rows[i].label; i++) {
		result = session_try(s, CONTROL_READVAR, id, r->rows[i].name);
		if (result == ASK_OK)
			take_reply(s, r, v);
		else if (result != ASK_REFUSED)
			return false;
	}
	return true;
}

void report_print(struct session *s, const struct report *r, uint16_t assoc_id,
		  FILE *out)
{
	struct values v = {0};
	char words[256];
	struct text t = text_init(words, sizeof words);

	if (!ask_values(s, r, assoc_id, &v))
		return;
	if (assoc_id)
		words_peer(&t, v.status);
	else
		words_sys(&t, v.status);
	if (r->status)
		fprintf(out, "associd=%u status=%04x %s,\n", assoc_id, v.status,
			words);
	for (size_t i = 0; i < MAX_ROWS && r->rows[i].label; i++) {
		const char *label = r->rows[i].label;
		bool joined = strcmp(label, ":") == 0;

		fprintf(out, "%s%-*s%s", i && !joined ? "\n" : "",
			joined ? 1 : r->label_width, label,
			*v.value[i] ? v.value[i] : "?");
	}
	putc('\n', out);
}
