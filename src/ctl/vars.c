/* SPDX-License-Identifier: BSD-2-Clause */
#include "ctl/vars.h"

#include <inttypes.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/container.h"
#include "base/net_addr.h"
#include "base/units.h"

/* Dispersion of a source that was never measured (RFC 5905: MAXDISP), s. */
#define MAX_DISP_S 16.0
/* What ntpd has always called the poll of a server that has not told. */
#define UNKNOWN_POLL_LOG2 10

/* --- text ------------------------------------------------------------------ */

/* A string from outside between quotes: what would end it early is replaced. */
static void add_quoted(struct text *t, const char *s)
{
	text_add(t, "\"");
	for (; *s; s++) {
		bool plain = *s >= ' ' && *s <= '~' && *s != '"';

		text_add(t, "%c", plain ? *s : '?');
	}
	text_add(t, "\"");
}

static void add_ts(struct text *t, struct ntp_ts ts)
{
	text_add(t, "0x%08" PRIx32 ".%08" PRIx32, (uint32_t)(ts.v >> 32),
		 (uint32_t)ts.v);
}

/*
 * A refid is four characters where the stratum says that no server is meant,
 * else an address.  The characters come from the network: no separators.
 */
static void add_refid(struct text *t, uint32_t refid, unsigned stratum)
{
	if (stratum >= 2 && stratum < NTP_STRATUM_UNSYNC) {
		text_add(t, "%u.%u.%u.%u", refid >> 24, refid >> 16 & 255,
			 refid >> 8 & 255, refid & 255);
		return;
	}
	for (int shift = 24; shift >= 0; shift -= 8) {
		char c = (char)(refid >> shift & 255);

		if (c == '\0')
			break;
		text_add(t, "%c",
			 c > ' ' && c <= '~' && !strchr("\",=", c) ? c : '?');
	}
}

static void add_utc_minute(struct text *t, int64_t wall_ns)
{
	time_t s = (time_t)(wall_ns / NS_PER_S);
	struct tm tm;
	char buf[32];

	if (wall_ns == 0 || !gmtime_r(&s, &tm) ||
	    strftime(buf, sizeof buf, "%Y%m%d%H%M", &tm) == 0)
		return;
	text_add(t, "%s", buf);
}

static void add_addr(struct text *t, const struct net_addr *a)
{
	char buf[NET_ADDR_TEXT_LEN];

	text_add(t, "%s",
		 a->family == AF_UNSPEC ? "0.0.0.0" : net_addr_format(a, buf));
}

/* --- system ---------------------------------------------------------------- */

static void sys_rootdist(struct text *t, const struct var_facts *f)
{
	const struct sys_view *v = &f->sys->view;
	double dist_s = v->root_delay_s / 2 + v->root_disp_s;

	text_add(t, "%.3f", dist_s * 1e3);
}

static void sys_refid(struct text *t, const struct var_facts *f)
{
	bool local = f->sys_peer && f->sys_peer->kind == ASSOC_LOCAL_CLOCK;

	add_refid(t, f->sys->view.refid, local ? 1 : f->sys->view.stratum);
}

static void sys_clock(struct text *t, const struct var_facts *f)
{
	add_ts(t, ntp_ts_from_ns(f->sys->wall_ns));
}

static void sys_processor(struct text *t, const struct var_facts *f)
{
	add_quoted(t, f->processor);
}

static void sys_system(struct text *t, const struct var_facts *f)
{
	add_quoted(t, f->system);
}

static void sys_version(struct text *t, const struct var_facts *f)
{
	add_quoted(t, f->version);
}

static void sys_leapsec(struct text *t, const struct var_facts *f)
{
	add_utc_minute(t, f->sys->leap_wall_ns);
}

static void sys_expire(struct text *t, const struct var_facts *f)
{
	add_utc_minute(t, f->sys->leap_expire_wall_ns);
}

static void sys_peeradr(struct text *t, const struct var_facts *f)
{
	char buf[NET_ADDR_TEXT_LEN] = "0.0.0.0:0";

	if (f->sys_peer)
		net_addr_format_port(&f->sys_peer->addr, buf);
	add_quoted(t, buf);
}

static void sys_peermode(struct text *t, const struct var_facts *f)
{
	text_add(t, "%u", f->sys_peer ? f->sys_peer->hmode : 0);
}

/* Nothing is added to what was measured: these two are 0 for good. */
static void zero_ms(struct text *t, const struct var_facts *f)
{
	(void)f;
	text_add(t, "0.000");
}

static void zero(struct text *t, const struct var_facts *f)
{
	(void)f;
	text_add(t, "0");
}

static void sys_numctlreq(struct text *t, const struct var_facts *f)
{
	text_add(t, "%" PRIu64, f->control_requests);
}

static void add_verdicts(struct text *t, const struct var_facts *f,
			 const enum server_verdict *v, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += f->stats->by_verdict[v[i]];
	text_add(t, "%" PRIu64, sum);
}

#define COUNT_VERDICTS(t, f, ...)                                      \
	add_verdicts(t, f, (const enum server_verdict[]){__VA_ARGS__}, \
		     ARRAY_LEN(((const enum server_verdict[]){__VA_ARGS__})))

static void ss_oldver(struct text *t, const struct var_facts *f)
{
	uint64_t sum = 0;

	for (size_t version = 1; version < 4; version++)
		sum += f->stats->by_version[version];
	text_add(t, "%" PRIu64, sum);
}

static void ss_badformat(struct text *t, const struct var_facts *f)
{
	COUNT_VERDICTS(t, f, SERVER_SHORT, SERVER_BAD_FORMAT);
}

static void ss_declined(struct text *t, const struct var_facts *f)
{
	COUNT_VERDICTS(t, f, SERVER_BAD_MODE, SERVER_BAD_SOURCE, SERVER_FLAKE);
}

static void ss_limited(struct text *t, const struct var_facts *f)
{
	COUNT_VERDICTS(t, f, SERVER_LIMITED, SERVER_KISS);
}

static void io_sent(struct text *t, const struct var_facts *f)
{
	COUNT_VERDICTS(t, f, SERVER_REPLY, SERVER_KISS);
}

static void auth_keys(struct text *t, const struct var_facts *f)
{
	text_add(t, "%u", f->n_keys);
}

/* The clock is slewed by its frequency alone, so the kernel's loop holds no offset. */
static void k_freq(struct text *t, const struct var_facts *f)
{
	text_add(t, "%g", f->sys->est.freq * 1e6);
}

static void k_maxerr(struct text *t, const struct var_facts *f)
{
	text_add(t, "%g", f->sys->clock.max_error_s * 1e3);
}

static void k_esterr(struct text *t, const struct var_facts *f)
{
	text_add(t, "%g", f->sys->clock.est_error_s * 1e3);
}

static void k_stflags(struct text *t, const struct var_facts *f)
{
	const struct clock_status *c = &f->sys->clock;

	text_add(t, "\"%s%s\"",
		 c->leap > 0   ? "ins "
		 : c->leap < 0 ? "del "
			       : "",
		 c->synchronised ? "sync" : "unsync");
}

static void k_precis(struct text *t, const struct var_facts *f)
{
	(void)f;
	text_add(t, "0.001"); /* ms: the kernel counts its errors in us */
}

static void k_freqtol(struct text *t, const struct var_facts *f)
{
	(void)f;
	text_add(t, "500");
}

/* --- peer ------------------------------------------------------------------ */

static unsigned shown_stratum(const struct assoc_report *a)
{
	return a->stratum == 0 && a->kind != ASSOC_LOCAL_CLOCK
		       ? NTP_STRATUM_UNSYNC
		       : a->stratum;
}

static void peer_flag(struct text *t, const struct var_facts *f, unsigned flag)
{
	text_add(t, "%d", (f->assoc->state_flags & flag) != 0);
}

static void peer_config(struct text *t, const struct var_facts *f)
{
	peer_flag(t, f, ASSOC_CONFIGURED);
}

static void peer_authenable(struct text *t, const struct var_facts *f)
{
	peer_flag(t, f, ASSOC_AUTH_ENABLED);
}

static void peer_authentic(struct text *t, const struct var_facts *f)
{
	peer_flag(t, f, ASSOC_AUTHENTIC);
}

/* The one in use, or the one configured: a clock uses none. */
static struct net_addr shown_addr(const struct assoc_report *a)
{
	struct net_addr addr = a->addr;

	if (addr.family == AF_UNSPEC && a->name)
		(void)!net_addr_parse(a->name, &addr);
	return addr;
}

static void peer_srcadr(struct text *t, const struct var_facts *f)
{
	struct net_addr addr = shown_addr(f->assoc);

	add_addr(t, &addr);
}

static void peer_dstadr(struct text *t, const struct var_facts *f)
{
	add_addr(t, &f->assoc->local);
}

/*
 * Debian's ntpq tells a reference clock by the bracket, the classic by its
 * address 127.127.t.u; so a clock has both.  A server has it when it was
 * configured by name.
 */
static void peer_srchost(struct text *t, const struct var_facts *f)
{
	const struct assoc_report *a = f->assoc;
	struct net_addr literal;

	if (a->kind == ASSOC_LOCAL_CLOCK)
		text_add(t, "\"LOCAL(%u)\"", shown_addr(a).ip[3]);
	else if (a->name && net_addr_parse(a->name, &literal) < 0)
		add_quoted(t, a->name);
}

static void peer_stratum(struct text *t, const struct var_facts *f)
{
	text_add(t, "%u", shown_stratum(f->assoc));
}

static bool was_heard(const struct assoc_report *a)
{
	return !ntp_ts_is_zero(a->receive);
}

/* ntpq shows the smaller of both polls, so an unknown one must not be small. */
static void peer_ppoll(struct text *t, const struct var_facts *f)
{
	const struct assoc_report *a = f->assoc;
	int poll = a->peer_poll_log2;

	if (!was_heard(a))
		poll = a->host_poll_log2 > UNKNOWN_POLL_LOG2
			       ? a->host_poll_log2
			       : UNKNOWN_POLL_LOG2;
	text_add(t, "%d", poll);
}

static void peer_refid(struct text *t, const struct var_facts *f)
{
	const struct assoc_report *a = f->assoc;

	if (a->kind == ASSOC_LOCAL_CLOCK)
		add_refid(t, a->refid, 1); /* never an address */
	else if (a->refid)
		add_refid(t, a->refid, shown_stratum(a));
	else if (a->kind == ASSOC_POOL_NAME)
		text_add(t, "POOL");
	else
		text_add(t, a->addr.family == AF_UNSPEC ? "DNS" : "INIT");
}

/* The departure of our last request.  Not its transmit field, which is random
 * and what a forger would have to guess. */
static void peer_xmt(struct text *t, const struct var_facts *f)
{
	int64_t polled = f->assoc->last_poll_mono_ns;
	struct ntp_ts ts = {0};

	if (polled != INT64_MIN)
		ts = ntp_ts_from_ns(f->sys->wall_ns -
				    (f->sys->mono_ns - polled));
	add_ts(t, ts);
}

static void peer_dispersion(struct text *t, const struct var_facts *f)
{
	const struct source_report *e = &f->assoc->est;

	text_add(t, "%.6f", (e->have_sample ? e->disp_s : MAX_DISP_S) * 1e3);
}

static void add_filter(struct text *t, const double *values_s, size_t n,
		       double rest_s)
{
	for (size_t i = 0; i < SOURCE_FILTER_LEN; i++)
		text_add(t, " %.2f", (i < n ? values_s[i] : rest_s) * 1e3);
}

static void peer_filtdelay(struct text *t, const struct var_facts *f)
{
	add_filter(t, f->assoc->est.filt_delay_s, f->assoc->est.n, 0);
}

static void peer_filtoffset(struct text *t, const struct var_facts *f)
{
	add_filter(t, f->assoc->est.filt_offset_s, f->assoc->est.n, 0);
}

static void peer_filtdisp(struct text *t, const struct var_facts *f)
{
	add_filter(t, f->assoc->est.filt_disp_s, f->assoc->est.n, MAX_DISP_S);
}

static void peer_mode(struct text *t, const struct var_facts *f)
{
	if (f->assoc->kind == ASSOC_LOCAL_CLOCK)
		text_add(t, "0");
}

static void peer_ntscookies(struct text *t, const struct var_facts *f)
{
	(void)f;
	text_add(t, "-1"); /* not an NTS association */
}

static void peer_timer(struct text *t, const struct var_facts *f)
{
	int64_t ns = f->assoc->next_poll_mono_ns - f->sys->mono_ns;

	text_add(t, "%" PRId64, ns > 0 ? ns / NS_PER_S : 0);
}

static void peer_timerec(struct text *t, const struct var_facts *f)
{
	int64_t last = f->assoc->last_reply_mono_ns;

	text_add(t, "%" PRId64,
		 last == INT64_MIN ? f->sys->uptime_s
				   : (f->sys->mono_ns - last) / NS_PER_S);
}

/* --- clock ----------------------------------------------------------------- */

static void clock_name(struct text *t, const struct var_facts *f)
{
	(void)f;
	text_add(t, "\"LOCAL\"");
}

static void clock_timecode(struct text *t, const struct var_facts *f)
{
	(void)f;
	text_add(t, "\"\"");
}

static void clock_device(struct text *t, const struct var_facts *f)
{
	(void)f;
	text_add(t, "\"Undisciplined local clock\"");
}

/* --- lists of names -------------------------------------------------------- */

static void add_names(struct text *t, enum var_scope scope)
{
	const char *separator = "\"";

	for (size_t i = 0; i < vars_len; i++) {
		if (vars[i].scope != scope)
			continue;
		text_add(t, "%s%s", separator, vars[i].name);
		separator = ",";
	}
	text_add(t, "\"");
}

static void sys_var_list(struct text *t, const struct var_facts *f)
{
	(void)f;
	add_names(t, VAR_SYS);
}

static void peer_var_list(struct text *t, const struct var_facts *f)
{
	(void)f;
	add_names(t, VAR_PEER);
}

static void clock_var_list(struct text *t, const struct var_facts *f)
{
	(void)f;
	add_names(t, VAR_CLOCK);
}

/* --- the table ------------------------------------------------------------- */

#define FIELD(from, type, member)                      \
	.field = {from, offsetof(struct type, member), \
		  sizeof(((struct type *)0)->member)}
#define SYS(member) FIELD(FROM_SYS, sys_report, member)
#define ASSOC(member) FIELD(FROM_ASSOC, assoc_report, member)
#define STATS(member) FIELD(FROM_STATS, server_stats, member)
#define FN(function) .fn = function

/* clang-format off */
const struct var vars[] = {
	/* The order is that of answers; ntp-wait needs leap not to be last. */
	{"leap",         VAR_SYS, false, SHOW_U8,  SYS(view.leap)},
	{"stratum",      VAR_SYS, false, SHOW_U8,  SYS(view.stratum)},
	{"precision",    VAR_SYS, false, SHOW_I8,  SYS(view.precision_log2)},
	{"rootdelay",    VAR_SYS, false, SHOW_MS3, SYS(view.root_delay_s)},
	{"rootdisp",     VAR_SYS, false, SHOW_MS3, SYS(view.root_disp_s)},
	{"rootdist",     VAR_SYS, false, SHOW_FN,  FN(sys_rootdist)},
	{"refid",        VAR_SYS, false, SHOW_FN,  FN(sys_refid)},
	{"reftime",      VAR_SYS, false, SHOW_TS,  SYS(view.reference)},
	{"tc",           VAR_SYS, false, SHOW_INT, SYS(est.time_const_log2)},
	{"peer",         VAR_SYS, false, SHOW_U16, SYS(peer_id)},
	{"offset",       VAR_SYS, false, SHOW_MS,  SYS(est.offset_s)},
	{"frequency",    VAR_SYS, false, SHOW_PPM, SYS(est.freq)},
	{"sys_jitter",   VAR_SYS, false, SHOW_MS,  SYS(est.jitter_s)},
	{"clk_jitter",   VAR_SYS, false, SHOW_MS,  SYS(est.clk_jitter_s)},
	{"clock",        VAR_SYS, false, SHOW_FN,  FN(sys_clock)},
	{"processor",    VAR_SYS, false, SHOW_FN,  FN(sys_processor)},
	{"system",       VAR_SYS, false, SHOW_FN,  FN(sys_system)},
	{"version",      VAR_SYS, false, SHOW_FN,  FN(sys_version)},
	{"clk_wander",   VAR_SYS, false, SHOW_PPM, SYS(est.wander)},
	{"tai",          VAR_SYS, false, SHOW_INT, SYS(tai_offset_s)},
	{"leapsec",      VAR_SYS, false, SHOW_FN,  FN(sys_leapsec)},
	{"expire",       VAR_SYS, false, SHOW_FN,  FN(sys_expire)},
	{"mintc",        VAR_SYS, false, SHOW_INT, SYS(min_poll_log2)},

	{"sys_var_list", VAR_SYS, true, SHOW_FN, FN(sys_var_list)},
	{"peeradr",      VAR_SYS, true, SHOW_FN, FN(sys_peeradr)},
	{"peermode",     VAR_SYS, true, SHOW_FN, FN(sys_peermode)},
	{"authdelay",    VAR_SYS, true, SHOW_FN, FN(zero_ms)},
	{"bcastdelay",   VAR_SYS, true, SHOW_FN, FN(zero_ms)},

	/* sysstats: nothing resets a counter, so "since the reset" (_r) is the same. */
	{"ss_uptime",       VAR_SYS, true, SHOW_I64, SYS(uptime_s)},
	{"ss_numctlreq",    VAR_SYS, true, SHOW_FN,  FN(sys_numctlreq)},
	{"ss_reset",        VAR_SYS, true, SHOW_I64, SYS(uptime_s)},
	{"ss_reset_r",      VAR_SYS, true, SHOW_I64, SYS(uptime_s)},
	{"ss_received",     VAR_SYS, true, SHOW_U64, STATS(received)},
	{"ss_received_r",   VAR_SYS, true, SHOW_U64, STATS(received)},
	{"ss_thisver",      VAR_SYS, true, SHOW_U64, STATS(by_version[4])},
	{"ss_thisver_r",    VAR_SYS, true, SHOW_U64, STATS(by_version[4])},
	{"ss_oldver",       VAR_SYS, true, SHOW_FN,  FN(ss_oldver)},
	{"ss_oldver_r",     VAR_SYS, true, SHOW_FN,  FN(ss_oldver)},
	{"ss_ver1",         VAR_SYS, true, SHOW_U64, STATS(by_version[1])},
	{"ss_ver1_r",       VAR_SYS, true, SHOW_U64, STATS(by_version[1])},
	{"ss_badformat",    VAR_SYS, true, SHOW_FN,  FN(ss_badformat)},
	{"ss_badformat_r",  VAR_SYS, true, SHOW_FN,  FN(ss_badformat)},
	{"ss_badauth",      VAR_SYS, true, SHOW_U64, STATS(by_verdict[SERVER_BAD_AUTH])},
	{"ss_badauth_r",    VAR_SYS, true, SHOW_U64, STATS(by_verdict[SERVER_BAD_AUTH])},
	{"ss_declined",     VAR_SYS, true, SHOW_FN,  FN(ss_declined)},
	{"ss_declined_r",   VAR_SYS, true, SHOW_FN,  FN(ss_declined)},
	{"ss_restricted",   VAR_SYS, true, SHOW_U64, STATS(by_verdict[SERVER_DENIED])},
	{"ss_restricted_r", VAR_SYS, true, SHOW_U64, STATS(by_verdict[SERVER_DENIED])},
	{"ss_limited",      VAR_SYS, true, SHOW_FN,  FN(ss_limited)},
	{"ss_limited_r",    VAR_SYS, true, SHOW_FN,  FN(ss_limited)},
	{"ss_kodsent",      VAR_SYS, true, SHOW_U64, STATS(by_verdict[SERVER_KISS])},
	{"ss_kodsent_r",    VAR_SYS, true, SHOW_U64, STATS(by_verdict[SERVER_KISS])},
	{"ss_processed",    VAR_SYS, true, SHOW_U64, STATS(by_verdict[SERVER_REPLY])},
	{"ss_processed_r",  VAR_SYS, true, SHOW_U64, STATS(by_verdict[SERVER_REPLY])},

	/* kerninfo: errors in ms, frequencies in ppm; no kernel PPS is used. */
	{"koffset",       VAR_SYS, true, SHOW_FN,  FN(zero)},
	{"kfreq",         VAR_SYS, true, SHOW_FN,  FN(k_freq)},
	{"kmaxerr",       VAR_SYS, true, SHOW_FN,  FN(k_maxerr)},
	{"kesterr",       VAR_SYS, true, SHOW_FN,  FN(k_esterr)},
	{"kstflags",      VAR_SYS, true, SHOW_FN,  FN(k_stflags)},
	{"ktimeconst",    VAR_SYS, true, SHOW_INT, SYS(est.time_const_log2)},
	{"kprecis",       VAR_SYS, true, SHOW_FN,  FN(k_precis)},
	{"kfreqtol",      VAR_SYS, true, SHOW_FN,  FN(k_freqtol)},
	{"kcontested",    VAR_SYS, true, SHOW_UINT, SYS(clock_contested)},
	{"kppsfreq",      VAR_SYS, true, SHOW_FN,  FN(zero)},
	{"kppsstab",      VAR_SYS, true, SHOW_FN,  FN(zero)},
	{"kppsjitter",    VAR_SYS, true, SHOW_FN,  FN(zero)},
	{"kppscalibdur",  VAR_SYS, true, SHOW_FN,  FN(zero)},
	{"kppscalibs",    VAR_SYS, true, SHOW_FN,  FN(zero)},
	{"kppsjitexc",    VAR_SYS, true, SHOW_FN,  FN(zero)},
	{"kppsstbexc",    VAR_SYS, true, SHOW_FN,  FN(zero)},
	{"kppscaliberrs", VAR_SYS, true, SHOW_FN,  FN(zero)},

	/* iostats: packets are answered as they are read, no buffer holds them. */
	{"iostats_reset", VAR_SYS, true, SHOW_I64, SYS(uptime_s)},
	{"total_rbuf",    VAR_SYS, true, SHOW_FN,  FN(zero)},
	{"free_rbuf",     VAR_SYS, true, SHOW_FN,  FN(zero)},
	{"used_rbuf",     VAR_SYS, true, SHOW_FN,  FN(zero)},
	{"rbuf_lowater",  VAR_SYS, true, SHOW_FN,  FN(zero)},
	{"io_dropped",    VAR_SYS, true, SHOW_FN,  FN(zero)},
	{"io_ignored",    VAR_SYS, true, SHOW_FN,  FN(zero)},
	{"io_received",   VAR_SYS, true, SHOW_U64, STATS(received)},
	{"io_sent",       VAR_SYS, true, SHOW_FN,  FN(io_sent)},
	{"io_sendfailed", VAR_SYS, true, SHOW_U64, STATS(send_failed)},

	{"authreset",     VAR_SYS, true, SHOW_I64, SYS(uptime_s)},
	{"authkeys",      VAR_SYS, true, SHOW_FN,  FN(auth_keys)},
	{"authfreek",     VAR_SYS, true, SHOW_FN,  FN(zero)},
	{"authkuncached", VAR_SYS, true, SHOW_FN,  FN(zero)},
	{"authkexpired",  VAR_SYS, true, SHOW_FN,  FN(zero)},

	/* ntpmon takes "when" from the last of reftime and rec, and the
	 * dispersion from the last of rootdisp and dispersion: keep the order. */
	{"srcadr",     VAR_PEER, false, SHOW_FN,    FN(peer_srcadr)},
	{"srcport",    VAR_PEER, false, SHOW_U16,   ASSOC(addr.port)},
	{"srchost",    VAR_PEER, false, SHOW_FN,    FN(peer_srchost)},
	{"dstadr",     VAR_PEER, false, SHOW_FN,    FN(peer_dstadr)},
	{"dstport",    VAR_PEER, false, SHOW_U16,   ASSOC(local.port)},
	{"leap",       VAR_PEER, false, SHOW_U8,    ASSOC(leap)},
	{"hmode",      VAR_PEER, false, SHOW_U8,    ASSOC(hmode)},
	{"stratum",    VAR_PEER, false, SHOW_FN,    FN(peer_stratum)},
	{"ppoll",      VAR_PEER, false, SHOW_FN,    FN(peer_ppoll)},
	{"hpoll",      VAR_PEER, false, SHOW_I8,    ASSOC(host_poll_log2)},
	{"precision",  VAR_PEER, false, SHOW_I8,    ASSOC(precision_log2)},
	{"rootdelay",  VAR_PEER, false, SHOW_MS3,   ASSOC(root_delay_s)},
	{"rootdisp",   VAR_PEER, false, SHOW_MS3,   ASSOC(root_disp_s)},
	{"refid",      VAR_PEER, false, SHOW_FN,    FN(peer_refid)},
	{"reftime",    VAR_PEER, false, SHOW_TS,    ASSOC(reference)},
	{"rec",        VAR_PEER, false, SHOW_TS,    ASSOC(receive)},
	{"xmt",        VAR_PEER, false, SHOW_FN,    FN(peer_xmt)},
	{"reach",      VAR_PEER, false, SHOW_HEX8,  ASSOC(reach)},
	{"unreach",    VAR_PEER, false, SHOW_UINT,  ASSOC(unreach)},
	{"delay",      VAR_PEER, false, SHOW_MS,    ASSOC(est.delay_s)},
	{"offset",     VAR_PEER, false, SHOW_MS,    ASSOC(est.offset_s)},
	{"jitter",     VAR_PEER, false, SHOW_MS,    ASSOC(est.jitter_s)},
	{"dispersion", VAR_PEER, false, SHOW_FN,    FN(peer_dispersion)},
	{"keyid",      VAR_PEER, false, SHOW_U32,   ASSOC(key_id)},
	{"filtdelay",  VAR_PEER, false, SHOW_FN,    FN(peer_filtdelay)},
	{"filtoffset", VAR_PEER, false, SHOW_FN,    FN(peer_filtoffset)},
	{"pmode",      VAR_PEER, false, SHOW_U8,    ASSOC(pmode)},
	{"filtdisp",   VAR_PEER, false, SHOW_FN,    FN(peer_filtdisp)},
	{"flash",      VAR_PEER, false, SHOW_HEX,   ASSOC(flash)},
	{"mode",       VAR_PEER, false, SHOW_FN,    FN(peer_mode)},
	{"headway",    VAR_PEER, false, SHOW_UINT,  ASSOC(headway_s)},
	{"ntscookies", VAR_PEER, false, SHOW_FN,    FN(peer_ntscookies)},

	{"peer_var_list", VAR_PEER, true, SHOW_FN,  FN(peer_var_list)},
	{"config",        VAR_PEER, true, SHOW_FN,  FN(peer_config)},
	{"authenable",    VAR_PEER, true, SHOW_FN,  FN(peer_authenable)},
	{"authentic",     VAR_PEER, true, SHOW_FN,  FN(peer_authentic)},
	{"timer",         VAR_PEER, true, SHOW_FN,  FN(peer_timer)},
	{"timerec",       VAR_PEER, true, SHOW_FN,  FN(peer_timerec)},
	{"sent",          VAR_PEER, true, SHOW_U64, ASSOC(sent)},
	{"received",      VAR_PEER, true, SHOW_U64, ASSOC(received)},
	{"badauth",       VAR_PEER, true, SHOW_U64, ASSOC(by_verdict[REPLY_BAD_AUTH])},
	{"bogusorg",      VAR_PEER, true, SHOW_U64, ASSOC(by_verdict[REPLY_BOGUS])},
	{"oldpkt",        VAR_PEER, true, SHOW_U64, ASSOC(by_verdict[REPLY_DUPLICATE])},

	{"name",       VAR_CLOCK, false, SHOW_FN,  FN(clock_name)},
	{"timecode",   VAR_CLOCK, false, SHOW_FN,  FN(clock_timecode)},
	{"poll",       VAR_CLOCK, false, SHOW_U64, ASSOC(sent)},
	{"noreply",    VAR_CLOCK, false, SHOW_FN,  FN(zero)},
	{"badformat",  VAR_CLOCK, false, SHOW_FN,  FN(zero)},
	{"baddata",    VAR_CLOCK, false, SHOW_FN,  FN(zero)},
	{"stratum",    VAR_CLOCK, false, SHOW_FN,  FN(peer_stratum)},
	{"refid",      VAR_CLOCK, false, SHOW_FN,  FN(peer_refid)},
	{"flags",      VAR_CLOCK, false, SHOW_FN,  FN(zero)},
	{"device",     VAR_CLOCK, false, SHOW_FN,  FN(clock_device)},
	{"clock_var_list", VAR_CLOCK, true, SHOW_FN, FN(clock_var_list)},
};
/* clang-format on */
const size_t vars_len = ARRAY_LEN(vars);

/* The row's type is checked against the field's size by test/unit/ctl/vars. */
static void show_field(struct text *t, enum var_show show, const void *p)
{
	switch (show) {
	case SHOW_FN:
		break;
	case SHOW_U8:
		text_add(t, "%u", *(const uint8_t *)p);
		break;
	case SHOW_HEX8:
		text_add(t, "0x%x", *(const uint8_t *)p);
		break;
	case SHOW_I8:
		text_add(t, "%d", *(const int8_t *)p);
		break;
	case SHOW_U16:
		text_add(t, "%u", *(const uint16_t *)p);
		break;
	case SHOW_U32:
		text_add(t, "%" PRIu32, *(const uint32_t *)p);
		break;
	case SHOW_INT:
		text_add(t, "%d", *(const int *)p);
		break;
	case SHOW_UINT:
		text_add(t, "%u", *(const unsigned *)p);
		break;
	case SHOW_HEX:
		text_add(t, "0x%x", *(const unsigned *)p);
		break;
	case SHOW_U64:
		text_add(t, "%" PRIu64, *(const uint64_t *)p);
		break;
	case SHOW_I64:
		text_add(t, "%" PRId64, *(const int64_t *)p);
		break;
	case SHOW_MS:
		text_add(t, "%.6f", *(const double *)p * 1e3);
		break;
	case SHOW_MS3:
		text_add(t, "%.3f", *(const double *)p * 1e3);
		break;
	case SHOW_PPM:
		text_add(t, "%.6f", *(const double *)p * 1e6);
		break;
	case SHOW_TS:
		add_ts(t, *(const struct ntp_ts *)p);
		break;
	}
}

bool var_value(const struct var *v, const struct var_facts *f, struct text *t)
{
	const void *base[] = {
		[FROM_SYS] = f->sys,
		[FROM_ASSOC] = f->assoc,
		[FROM_STATS] = f->stats,
	};
	size_t before = t->len;

	if (v->show == SHOW_FN)
		v->fn(t, f);
	else
		show_field(t, v->show,
			   (const char *)base[v->field.from] + v->field.offset);
	return t->len > before;
}
