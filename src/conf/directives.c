/* SPDX-License-Identifier: BSD-2-Clause */
#include "conf/directives.h"

#include <string.h>

#include "conf/config.h"
#include "conf/handlers.h"

/*
 * The language of ntp.conf.  A new directive is a row here and a paragraph in
 * man/ntp.conf.5 (test/meta/manual_words.c compares the two); its range, its
 * errors and its did-you-mean come from the row.
 */

#define CFG(field) offsetof(struct config, field)
#define SRC(field) offsetof(struct conf_source, field)
#define RES(field) offsetof(struct conf_restrict, field)
#define GEN(field) offsetof(struct conf_filegen, field)
#define CLK(field) offsetof(struct conf_clock, field)

#define WORKS EFFECT_WORKS
#define TRUE_ANYWAY EFFECT_NONE_NEEDED
#define NOT_BUILT EFFECT_NOT_BUILT
#define MISSED EFFECT_MISSED
#define OBSOLETE EFFECT_OBSOLETE

#define YEAR_S 31536000.0
#define MAX_U32 4294967295.0

/* clang-format off */

#define OPT(word, kind, where, low, high, text) \
	.name = (word), .arg = (kind), .at = (where), .min = (low), .max = (high), .help = (text)

static const struct option source_options[] = {
	{OPT("iburst", ARG_TRUE, SRC(iburst), 0, 0, "eight quick packets while unreachable")},
	{OPT("burst", ARG_TRUE, SRC(burst), 0, 0, "eight packets at each poll; never to servers of others")},
	{OPT("minpoll", ARG_INT, SRC(min_poll_log2), 0, 17, "shortest poll interval, log2 s (6)")},
	{OPT("maxpoll", ARG_INT, SRC(max_poll_log2), 0, 17, "longest poll interval, log2 s (10)")},
	{OPT("prefer", ARG_TRUE, SRC(prefer), 0, 0, "prefer it among the good ones")},
	{OPT("noselect", ARG_TRUE, SRC(noselect), 0, 0, "watch it, never follow it")},
	{OPT("true", ARG_TRUE, SRC(always), 0, 0, "let it survive the selection always")},
	{OPT("key", ARG_UINT, SRC(key_id), 1, 65535, "authenticate with this key of the keys file")},
	{OPT("version", ARG_UINT, SRC(version), 1, 4, "NTP version of the requests (4)")},
	{OPT("port", ARG_PORT, SRC(port), 1, 65535, "UDP port to ask (123)")},
	{OPT("bias", ARG_SECONDS, SRC(bias_s), -YEAR_S, YEAR_S, "seconds to add to its offset (0)")},
	{OPT("mode", ARG_UINT, SRC(clock_mode), 0, MAX_U32 / 2, "mode word of a reference clock")},
	{OPT("preempt", ARG_TRUE, SRC(preempt), 0, 0, "may be dropped for a better one"), .effect = NOT_BUILT},
	{OPT("nts", ARG_TRUE, NOWHERE, 0, 0, "network time security; the source stays unauthenticated"), .effect = MISSED},
	{OPT("ca", ARG_TEXT, NOWHERE, 0, 0, "certificate authority for nts"), .effect = NOT_BUILT},
	{OPT("aead", ARG_TEXT, NOWHERE, 0, 0, "algorithm for nts"), .effect = NOT_BUILT},
	{OPT("noval", ARG_TRUE, NOWHERE, 0, 0, "no certificate check for nts"), .effect = NOT_BUILT},
	{OPT("xleave", ARG_TRUE, NOWHERE, 0, 0, "interleaved mode"), .effect = NOT_BUILT},
	{OPT("subtype", ARG_UINT, SRC(clock_mode), 0, MAX_U32 / 2, "another name of mode")},
	{OPT("ttl", ARG_UINT, NOWHERE, 0, 255, "only multicast had a use for it"), .effect = OBSOLETE},
	{OPT("autokey", ARG_TRUE, NOWHERE, 0, 0, "Autokey is broken; use key"), .effect = OBSOLETE},
	{.name = NULL},
};

#define FUDGE_OPTIONS \
	{OPT("time1", ARG_SECONDS, SRC(fudge.time1_s), -YEAR_S, YEAR_S, "seconds to add to the clock (0)")}, \
	{OPT("time2", ARG_SECONDS, SRC(fudge.time2_s), -YEAR_S, YEAR_S, "a second correction; the driver says what for (0)")}, \
	{OPT("stratum", ARG_UINT, SRC(fudge.stratum), 0, 16, "stratum to show (local clock: 5)"), .given = SRC(fudge.has_stratum)}, \
	{OPT("refid", ARG_REFID, SRC(fudge.refid), 0, 0, "reference id to show, up to four letters")}, \
	{OPT("flag1", ARG_FLAG, SRC(fudge.flags), 0, 1, "driver's flag"), .param = 1}, \
	{OPT("flag2", ARG_FLAG, SRC(fudge.flags), 0, 1, "driver's flag"), .param = 2}, \
	{OPT("flag3", ARG_FLAG, SRC(fudge.flags), 0, 1, "driver's flag"), .param = 4}, \
	{OPT("flag4", ARG_FLAG, SRC(fudge.flags), 0, 1, "driver's flag"), .param = 8}, \
	{OPT("minjitter", ARG_SECONDS, NOWHERE, 0, 1, "smallest jitter to assume"), .effect = NOT_BUILT}

static const struct option fudge_options[] = {
	FUDGE_OPTIONS,
	{OPT("abbrev", ARG_REFID, SRC(fudge.refid), 0, 0, "another name of refid")},
	{.name = NULL},
};

static const struct option refclock_options[] = {
	{OPT("unit", ARG_UINT, SRC(clock_unit), 0, 255, "which of several such clocks (0)")},
	{OPT("prefer", ARG_TRUE, SRC(prefer), 0, 0, "prefer it among the good ones")},
	{OPT("noselect", ARG_TRUE, SRC(noselect), 0, 0, "watch it, never follow it")},
	{OPT("true", ARG_TRUE, SRC(always), 0, 0, "let it survive the selection always")},
	{OPT("minpoll", ARG_INT, SRC(min_poll_log2), 0, 17, "shortest poll interval, log2 s (6)")},
	{OPT("maxpoll", ARG_INT, SRC(max_poll_log2), 0, 17, "longest poll interval, log2 s (10)")},
	{OPT("mode", ARG_UINT, SRC(clock_mode), 0, MAX_U32 / 2, "mode word of the driver")},
	{OPT("subtype", ARG_UINT, SRC(clock_mode), 0, MAX_U32 / 2, "another name of mode")},
	{OPT("path", ARG_TEXT, NOWHERE, 0, 0, "device"), .effect = NOT_BUILT},
	{OPT("ppspath", ARG_TEXT, NOWHERE, 0, 0, "device of the pulse"), .effect = NOT_BUILT},
	{OPT("baud", ARG_UINT, NOWHERE, 50, 4000000, "speed of the line"), .effect = NOT_BUILT},
	FUDGE_OPTIONS,
	{.name = NULL},
};

static const struct option restrict_options[] = {
	{OPT("mask", ARG_CUSTOM, 0, 0, 0, "which bits of the address count"), .fn = read_mask},
	{OPT("ignore", ARG_BIT, RES(flags), 0, 0, "drop everything"), .param = RES_IGNORE},
	{OPT("noquery", ARG_BIT, RES(flags), 0, 0, "no answers to ntpq"), .param = RES_NOQUERY},
	{OPT("nomodify", ARG_BIT, RES(flags), 0, 0, "no changes by ntpq"), .param = RES_NOMODIFY},
	{OPT("noserve", ARG_BIT, RES(flags), 0, 0, "no time"), .param = RES_NOSERVE},
	{OPT("notrust", ARG_BIT, RES(flags), 0, 0, "time only to authenticated requests"), .param = RES_NOTRUST},
	{OPT("limited", ARG_BIT, RES(flags), 0, 0, "keep to the rate of discard"), .param = RES_LIMITED},
	{OPT("kod", ARG_BIT, RES(flags), 0, 0, "tell those who exceed the rate"), .param = RES_KOD},
	{OPT("ntpport", ARG_BIT, RES(flags), 0, 0, "the entry is for source port 123 only"), .param = RES_NTPPORT},
	{OPT("version", ARG_BIT, RES(flags), 0, 0, "only the current version of NTP"), .param = RES_VERSION},
	{OPT("flake", ARG_BIT, RES(flags), 0, 0, "drop a share of the requests, for tests"), .param = RES_FLAKE},
	{OPT("nomrulist", ARG_BIT, RES(flags), 0, 0, "no list of clients for ntpq"), .effect = TRUE_ANYWAY, .param = RES_NOMRULIST},
	{OPT("nopeer", ARG_BIT, RES(flags), 0, 0, "no symmetric association; never made anyway"), .effect = TRUE_ANYWAY, .param = RES_NOPEER},
	{OPT("noepeer", ARG_TRUE, NOWHERE, 0, 0, "no ephemeral association; never made anyway"), .effect = TRUE_ANYWAY},
	{OPT("notrap", ARG_BIT, RES(flags), 0, 0, "no traps; never sent anyway"), .effect = TRUE_ANYWAY, .param = RES_NOTRAP},
	{OPT("lowpriotrap", ARG_TRUE, NOWHERE, 0, 0, "there are no traps"), .effect = OBSOLETE},
	{OPT("mssntp", ARG_BIT, RES(flags), 0, 0, "answers signed by Samba"), .effect = NOT_BUILT, .param = RES_MSSNTP},
	{OPT("ippeerlimit", ARG_INT, NOWHERE, -1, 65535, "associations an address may make; none anyway"), .effect = TRUE_ANYWAY},
	{.name = NULL},
};

static const struct option interface_options[] = {
	{OPT("listen", ARG_SET, 0, 0, 0, "open and answer"), .param = LISTEN_OPEN},
	{OPT("ignore", ARG_SET, 0, 0, 0, "do not open"), .param = LISTEN_IGNORE},
	{OPT("drop", ARG_SET, 0, 0, 0, "open and answer nothing"), .param = LISTEN_DROP},
	{.name = NULL},
};

static const struct option discard_options[] = {
	{OPT("average", ARG_INT, CFG(rate.average_log2), 0, 17, "mean spacing that a client must keep, log2 s (3)")},
	{OPT("minimum", ARG_LOG2_S, CFG(rate.minimum_s), 0, 17, "closest spacing of two packets, log2 s (1)")},
	{OPT("flake", ARG_PERCENT, CFG(rate.flake_share), 0, 100, "share that restrict flake drops, percent (10)")},
	{OPT("leak", ARG_PERCENT, CFG(rate.leak_share), 0, 100, "share answered beyond the limit, percent (25)")},
	{OPT("monitor", ARG_UINT, NOWHERE, 0, MAX_U32 / 2, "the table of clients needs no such probability"), .effect = OBSOLETE},
	{.name = NULL},
};

static const struct option limit_options[] = {
	{OPT("average", ARG_SECONDS, 0, 1e-5, 1000, "packets a second that a client may send (1)")},
	{OPT("burst", ARG_SECONDS, NOWHERE, 0, 1e6, "the depth is fixed so that iburst is never limited"), .effect = NOT_BUILT},
	{OPT("kod", ARG_SECONDS, NOWHERE, 0, 1e6, "kisses go out at most once per minimum spacing"), .effect = NOT_BUILT},
	{.name = NULL},
};

static const struct option mru_options[] = {
	{OPT("maxdepth", ARG_UINT, CFG(mru_max_depth), 16, 16777216, "clients that are remembered (65536)")},
	{OPT("maxmem", ARG_UINT, NOWHERE, 0, MAX_U32, "use maxdepth"), .effect = NOT_BUILT},
	{OPT("mindepth", ARG_UINT, NOWHERE, 0, MAX_U32, "the table has one size"), .effect = NOT_BUILT},
	{OPT("maxage", ARG_UINT, NOWHERE, 0, MAX_U32, "the oldest gives way when room is needed"), .effect = NOT_BUILT},
	{OPT("minage", ARG_UINT, NOWHERE, 0, MAX_U32, "the oldest gives way when room is needed"), .effect = NOT_BUILT},
	{OPT("initalloc", ARG_UINT, NOWHERE, 0, MAX_U32, "the table has one size"), .effect = NOT_BUILT},
	{OPT("initmem", ARG_UINT, NOWHERE, 0, MAX_U32, "the table has one size"), .effect = NOT_BUILT},
	{OPT("incalloc", ARG_UINT, NOWHERE, 0, MAX_U32, "the table has one size"), .effect = NOT_BUILT},
	{OPT("incmem", ARG_UINT, NOWHERE, 0, MAX_U32, "the table has one size"), .effect = NOT_BUILT},
	{.name = NULL},
};

static const struct option tos_options[] = {
	{OPT("minclock", ARG_UINT, CFG(tos.min_clock), 1, 1024, "survivors kept when outliers are cast out (3)")},
	{OPT("maxclock", ARG_UINT, CFG(tos.max_clock), 1, 1024, "associations that pool lines fill up to (10)")},
	{OPT("minsane", ARG_UINT, CFG(tos.min_sane), 1, 50, "sources that must agree before the clock is touched (1)")},
	{OPT("mindist", ARG_SECONDS, CFG(tos.min_dist_s), 0, 16, "smallest root distance that selection assumes, s (0.001)")},
	{OPT("maxdist", ARG_SECONDS, CFG(tos.max_dist_s), 0, 16, "largest root distance of a usable source, s (1.5)")},
	{OPT("floor", ARG_UINT, CFG(tos.floor), 0, 15, "lowest stratum of a usable source (0)")},
	{OPT("ceiling", ARG_UINT, CFG(tos.ceiling), 1, 15, "highest stratum of a usable source (15)")},
	{OPT("orphan", ARG_UINT, CFG(tos.orphan), 1, 17, "stratum to show when all sources are gone (17: off)"), .effect = NOT_BUILT},
	{OPT("orphanwait", ARG_SECONDS, CFG(tos.orphan_wait_s), 0, YEAR_S, "seconds before that (300)"), .effect = NOT_BUILT},
	{OPT("maxdisp", ARG_SECONDS, NOWHERE, 0, 16, "the limit is 16 s"), .effect = NOT_BUILT},
	{OPT("basedate", ARG_TEXT, NOWHERE, 0, 0, "eras are told by the build date"), .effect = NOT_BUILT},
	{OPT("bcpollbstep", ARG_UINT, NOWHERE, 0, 4, "there is no broadcast"), .effect = OBSOLETE},
	{OPT("cohort", ARG_UINT, NOWHERE, 0, 1, "there is no manycast"), .effect = OBSOLETE},
	{OPT("beacon", ARG_UINT, NOWHERE, 0, MAX_U32, "there is no manycast"), .effect = OBSOLETE},
	{.name = NULL},
};

static const struct option tinker_options[] = {
	{OPT("panic", ARG_SECONDS, CFG(tinker.panic_s), 0, YEAR_S * 100, "offset beyond which the daemon ends, s (1000; 0: never)")},
	{OPT("step", ARG_SECONDS, CFG(tinker.step_s), 0, YEAR_S * 100, "offset from which the clock is stepped, s (0.128; 0: never)")},
	{OPT("stepout", ARG_SECONDS, CFG(tinker.stepout_s), 0, 1e6, "how long it must last before, s (300)")},
	{OPT("freq", ARG_PPM, CFG(tinker.freq), -500, 500, "frequency to start with, ppm"), .given = CFG(tinker.has_freq)},
	{OPT("maxfreq", ARG_PPM, CFG(tinker.max_freq), 1, 100000, "largest frequency correction, ppm (500)")},
	{OPT("stepfwd", ARG_SECONDS, NOWHERE, 0, YEAR_S * 100, "use step"), .effect = NOT_BUILT},
	{OPT("stepback", ARG_SECONDS, NOWHERE, 0, YEAR_S * 100, "use step"), .effect = NOT_BUILT},
	{OPT("allan", ARG_SECONDS, NOWHERE, 0, 1e6, "the discipline measures that itself"), .effect = OBSOLETE},
	{OPT("dispersion", ARG_SECONDS, NOWHERE, 0, 1e6, "15 ppm, as the standard has it"), .effect = OBSOLETE},
	{OPT("huffpuff", ARG_SECONDS, NOWHERE, 0, 1e6, "the filter weighs delays itself"), .effect = OBSOLETE},
	{.name = NULL},
};

static const struct option enable_options[] = {
	{OPT("auth", ARG_SWITCH, CFG(enable.auth), 0, 0, "unknown partners are never accepted"), .effect = TRUE_ANYWAY},
	{OPT("kernel", ARG_SWITCH, CFG(enable.kernel), 0, 0, "the discipline is always our own; the kernel only carries it out"), .effect = TRUE_ANYWAY},
	{OPT("monitor", ARG_SWITCH, CFG(enable.monitor), 0, 0, "remember clients")},
	{OPT("ntp", ARG_SWITCH, CFG(enable.ntp), 0, 0, "steer the clock")},
	{OPT("stats", ARG_SWITCH, CFG(stats_enabled), 0, 0, "write statistics")},
	{OPT("calibrate", ARG_SWITCH, NOWHERE, 0, 0, "calibration of reference clocks"), .effect = NOT_BUILT},
	{OPT("bclient", ARG_SWITCH, NOWHERE, 0, 0, "there is no broadcast"), .effect = OBSOLETE},
	{OPT("mode7", ARG_SWITCH, NOWHERE, 0, 0, "ntpdc's protocol is not spoken"), .effect = OBSOLETE},
	{OPT("pps", ARG_SWITCH, NOWHERE, 0, 0, "a pulse is a reference clock"), .effect = OBSOLETE},
	{OPT("peer_clear_digest_early", ARG_SWITCH, NOWHERE, 0, 0, "replies are checked in the safe order"), .effect = OBSOLETE},
	{OPT("unpeer_crypto_early", ARG_SWITCH, NOWHERE, 0, 0, "no reply can remove a source"), .effect = OBSOLETE},
	{OPT("unpeer_crypto_nak_early", ARG_SWITCH, NOWHERE, 0, 0, "no reply can remove a source"), .effect = OBSOLETE},
	{OPT("unpeer_digest_early", ARG_SWITCH, NOWHERE, 0, 0, "no reply can remove a source"), .effect = OBSOLETE},
	{.name = NULL},
};

static const struct option statistics_options[] = {
	{OPT("loopstats", ARG_TRUE, CFG(filegen[STATS_LOOP].enabled), 0, 0, "the clock and its discipline")},
	{OPT("peerstats", ARG_TRUE, CFG(filegen[STATS_PEER].enabled), 0, 0, "each sample of each source")},
	{OPT("clockstats", ARG_TRUE, CFG(filegen[STATS_CLOCK].enabled), 0, 0, "reference clocks"), .effect = NOT_BUILT},
	{OPT("rawstats", ARG_TRUE, CFG(filegen[STATS_RAW].enabled), 0, 0, "raw timestamps"), .effect = NOT_BUILT},
	{OPT("sysstats", ARG_TRUE, CFG(filegen[STATS_SYS].enabled), 0, 0, "packet counters"), .effect = NOT_BUILT},
	{OPT("protostats", ARG_TRUE, CFG(filegen[STATS_PROTO].enabled), 0, 0, "events"), .effect = NOT_BUILT},
	{OPT("usestats", ARG_TRUE, NOWHERE, 0, 0, "use of the machine"), .effect = NOT_BUILT},
	{OPT("ntsstats", ARG_TRUE, NOWHERE, 0, 0, "NTS counters"), .effect = NOT_BUILT},
	{OPT("ntskestats", ARG_TRUE, NOWHERE, 0, 0, "NTS key exchange counters"), .effect = NOT_BUILT},
	{OPT("ntskelog", ARG_TRUE, NOWHERE, 0, 0, "NTS key exchanges"), .effect = NOT_BUILT},
	{OPT("cryptostats", ARG_TRUE, NOWHERE, 0, 0, "Autokey is broken"), .effect = OBSOLETE},
	{OPT("timingstats", ARG_TRUE, NOWHERE, 0, 0, "a debugging aid of another daemon"), .effect = OBSOLETE},
	{.name = NULL},
};

static const char *const filegen_types[] = {
	[STATS_NONE] = "none", [STATS_PID] = "pid", [STATS_DAY] = "day",
	[STATS_WEEK] = "week", [STATS_MONTH] = "month", [STATS_YEAR] = "year",
	[STATS_AGE] = "age", NULL,
};

static const struct option filegen_options[] = {
	{OPT("file", ARG_TEXT, GEN(file), 0, 0, "file name below statsdir")},
	{OPT("type", ARG_CHOICE, GEN(type), 0, 0, "when a new file begins (day)"), .choices = filegen_types},
	{OPT("link", ARG_TRUE, GEN(link), 0, 0, "keep the bare name linked to the current file")},
	{OPT("nolink", ARG_FALSE, GEN(link), 0, 0, "do not")},
	{OPT("enable", ARG_TRUE, GEN(enabled), 0, 0, "write")},
	{OPT("disable", ARG_FALSE, GEN(enabled), 0, 0, "do not write")},
	{.name = NULL},
};

static const struct option clock_options[] = {
	{OPT("kernel", ARG_SET, CLK(kind), 0, 0, "steer the machine's clock"), .param = CLOCK_KERNEL},
	{OPT("none", ARG_SET, CLK(kind), 0, 0, "measure and serve, never steer"), .param = CLOCK_NONE},
	{OPT("virtual", ARG_SET, CLK(kind), 0, 0, "a clock in software; the machine's is not touched"), .param = CLOCK_VIRTUAL},
	{OPT("offset", ARG_SECONDS, CLK(offset_s), -YEAR_S * 100, YEAR_S * 100, "virtual: where it starts, s (0)")},
	{OPT("freq", ARG_PPM, CLK(freq), -100000, 100000, "virtual: its own error, ppm (0)")},
	{.name = NULL},
};

static const struct option nameserver_options[] = {
	{OPT("port", ARG_PORT, offsetof(struct net_addr, port), 1, 65535, "UDP port to ask (53)")},
	{OPT("loopback", ARG_CUSTOM, 0, 0, 0, "its answers may be addresses of this machine"), .fn = read_loopback},
	{.name = NULL},
};

static const struct option setvar_options[] = {
	{OPT("default", ARG_TRUE, offsetof(struct conf_setvar, is_default), 0, 0, "show it when no name is asked for")},
	{.name = NULL},
};

static const struct option rlimit_options[] = {
	{OPT("memlock", ARG_INT, NOWHERE, -1, 2147483647, "no memory is locked"), .effect = NOT_BUILT},
	{OPT("stacksize", ARG_UINT, NOWHERE, 0, MAX_U32, "the stack needs no limit"), .effect = NOT_BUILT},
	{OPT("filenum", ARG_UINT, NOWHERE, 0, MAX_U32, "set it in the service's unit"), .effect = NOT_BUILT},
	{.name = NULL},
};

#define DIR(word, synopsis, text, fn) .name = (word), .args = (synopsis), .help = (text), .read = (fn)
#define VALUE(word, kind, where, low, high) .value = {OPT(word, kind, where, low, high, "")}
#define PATH(name, where) VALUE(name, ARG_TEXT, where, 0, 0)
#define GONE(word, why) {DIR(word, "...", why, NULL), .effect = OBSOLETE}

const struct directive directives[] = {
	{DIR("clock", "kernel | none | virtual [option ...]", "which clock is steered", read_clock), .options = clock_options},
	{DIR("controlkey", "key", "key that may write with ntpq", read_value), VALUE("controlkey", ARG_UINT, CFG(control_key), 1, 65535)},
	{DIR("disable", "flag ...", "switch off", read_options), .options = enable_options},
	{DIR("discard", "option ...", "the rates that restrict limited means", read_options), .options = discard_options},
	{DIR("driftfile", "[file]", "where the clock's frequency is remembered", read_driftfile), PATH("driftfile", CFG(drift_file))},
	{DIR("dscp", "number", "mark of outgoing packets (46)", read_value), VALUE("dscp", ARG_UINT, CFG(dscp), 0, 63)},
	{DIR("enable", "flag ...", "switch on", read_options), .options = enable_options, .param = 1},
	{DIR("filegen", "name [option ...]", "how a statistics file is kept", read_filegen), .options = filegen_options},
	{DIR("fudge", "127.127.type.unit [option ...]", "settings of a reference clock", read_fudge), .options = fudge_options},
	{DIR("includefile", "file", "read another file, or all *.conf of a folder, here", read_include)},
	{DIR("interface", "listen | ignore | drop what", "which addresses are opened; the last match wins", read_interface), .options = interface_options},
	{DIR("keys", "file", "file of symmetric keys", read_value), PATH("keys", CFG(keys_file))},
	{DIR("leapfile", "file", "list of leap seconds", read_value), PATH("leapfile", CFG(leap_file))},
	{DIR("limit", "option ...", "rates in the words of NTPsec; see discard", read_limit), .options = limit_options},
	{DIR("logconfig", "[=+-]class ...", "classes of messages", read_logconfig), .effect = NOT_BUILT},
	{DIR("logfile", "file", "write the log there, not to syslog", read_value), PATH("logfile", CFG(log_file))},
	{DIR("mru", "option ...", "size of the table of clients", read_options), .options = mru_options},
	{DIR("nameserver", "address [option ...]", "ask this name server, not those of the machine", read_nameserver), .options = nameserver_options},
	{DIR("nic", "listen | ignore | drop what", "the same as interface", read_interface), .options = interface_options},
	{DIR("peer", "host [option ...]", "the same as server", read_source), .options = source_options, .param = SOURCE_PEER},
	{DIR("pidfile", "file", "where the process id is written", read_value), PATH("pidfile", CFG(pid_file))},
	{DIR("pool", "host [option ...]", "take several servers from one name", read_source), .options = source_options, .param = SOURCE_POOL},
	{DIR("poolverify", "token", "prove to a pool that this server is yours", read_poolverify)},
	{DIR("port", "number", "UDP port to serve (123)", read_value), VALUE("port", ARG_PORT, CFG(port), 1, 65535)},
	{DIR("refclock", "driver [option ...]", "a reference clock in the words of NTPsec", read_refclock), .options = refclock_options},
	{DIR("requestkey", "key", "key of ntpdc, kept for old files", read_value), VALUE("requestkey", ARG_UINT, CFG(request_key), 1, 65535)},
	{DIR("restrict", "[-4 | -6] address [mask mask] [flag ...]", "who may do what", read_restrict), .options = restrict_options},
	{DIR("rlimit", "option ...", "limits of the process", read_options), .options = rlimit_options},
	{DIR("server", "host [option ...]", "ask this server", read_source), .options = source_options, .param = SOURCE_SERVER},
	{DIR("setvar", "name = value [default]", "a variable for ntpq to show", read_setvar), .options = setvar_options},
	{DIR("statistics", "name ...", "which statistics are written", read_options), .options = statistics_options},
	{DIR("statsdir", "folder", "where statistics are written", read_statsdir)},
	{DIR("statussocket", "path | none", "where the status document is read (" CONF_STATUS_SOCKET ")", read_value), PATH("statussocket", CFG(status_socket))},
	{DIR("tinker", "option ...", "limits of the clock discipline", read_options), .options = tinker_options},
	{DIR("tos", "option ...", "how sources are selected", read_options), .options = tos_options},
	{DIR("trustedkey", "key ... | (first ... last)", "keys that may be used", read_trustedkey)},
	{DIR("unrestrict", "[-4 | -6] address [mask mask] [flag ...]", "take flags, or an entry, away", read_restrict), .options = restrict_options, .param = 1},
	{DIR("user", "name[:group]", "run as this user", read_value), PATH("user", CFG(user))},
	{DIR("workers", "number", "processes that answer requests (1)", read_value), VALUE("workers", ARG_UINT, CFG(workers), 1, 64)},

	/* Understood, and waiting for the parts they steer. */
	{DIR("extra", "port number", "a second port", NULL), .effect = NOT_BUILT},
	{DIR("leapsmearinterval", "seconds", "smearing of leap seconds", NULL), .effect = NOT_BUILT},
	{DIR("nonvolatile", "ppm", "the frequency is written when it changed", NULL), .effect = NOT_BUILT},
	{DIR("ntpsigndsocket", "folder", "answers signed by Samba", NULL), .effect = NOT_BUILT},
	{DIR("nts", "option ...", "network time security", NULL), .effect = MISSED},
	{DIR("phone", "string ...", "no modem driver is there", NULL), .effect = NOT_BUILT},
	{DIR("tick", "seconds", "emulation of a coarse clock", NULL), .effect = NOT_BUILT},
	{DIR("unconfig", "host", "sources are taken out by taking their line out", NULL), .effect = NOT_BUILT},
	{DIR("unpeer", "host", "sources are taken out by taking their line out", NULL), .effect = NOT_BUILT},

	/* Once of use; accepted in old files. */
	GONE("authdelay", "measured where it matters"),
	GONE("authenticate", "use key and restrict notrust"),
	GONE("authprov", "there are no authentication providers"),
	GONE("automax", "Autokey is broken; use keys"),
	GONE("broadcast", "broadcasting time cannot be made safe"),
	GONE("broadcastclient", "broadcast time cannot be trusted"),
	GONE("broadcastdelay", "there is no broadcast"),
	GONE("calldelay", "no modem driver is there"),
	GONE("clientlimit", "use discard"),
	GONE("clientperiod", "use discard"),
	GONE("crypto", "Autokey is broken; use keys"),
	GONE("driver", "use refclock"),
	GONE("end", "a file ends by itself"),
	GONE("keysdir", "Autokey is broken; use keys"),
	GONE("manycastclient", "use pool"),
	GONE("manycastserver", "name servers in the DNS and use pool"),
	GONE("mdnstries", "nothing is announced by multicast DNS"),
	GONE("multicastclient", "broadcast time cannot be trusted"),
	GONE("pps", "a pulse is a reference clock"),
	GONE("reset", "counters start at zero with the daemon"),
	GONE("revoke", "Autokey is broken; use keys"),
	GONE("saveconfigdir", "ntpq cannot write files here"),
	GONE("simulate", "the simulator is a program of its own"),
	GONE("slewalways", "start ntpd with -x"),
	GONE("trap", "no traps are sent"),
	GONE("ttl", "there is no multicast"),
	{.name = NULL},
};

/* clang-format on */

const struct directive *directive_find(const char *name)
{
	for (const struct directive *d = directives; d->name; d++)
		if (strcmp(d->name, name) == 0)
			return d;
	return NULL;
}

static const char *arg_text(const struct option *o)
{
	switch (o->arg) {
	case ARG_TRUE:
	case ARG_FALSE:
	case ARG_SWITCH:
	case ARG_BIT:
	case ARG_SET:
		return "";
	case ARG_TEXT:
		return "text";
	case ARG_REFID:
		return "id";
	case ARG_CHOICE:
		return "word";
	case ARG_CUSTOM:
		return "address";
	case ARG_FLAG:
	case ARG_INT:
	case ARG_UINT:
	case ARG_PORT:
	case ARG_SECONDS:
	case ARG_LOG2_S:
	case ARG_PPM:
	case ARG_PERCENT:
		break;
	}
	return "number";
}

static struct conf_word directive_word(const struct directive *d)
{
	bool has_range = d->value.max > d->value.min;

	return (struct conf_word){d->name,      NULL,        d->args,
				  d->help,      d->effect,   has_range,
				  d->value.min, d->value.max};
}

void conf_words(void (*fn)(void *arg, const struct conf_word *w), void *arg)
{
	for (const struct directive *d = directives; d->name; d++) {
		struct conf_word w = directive_word(d);

		fn(arg, &w);
		for (const struct option *o = d->options; o && o->name; o++) {
			w = (struct conf_word){d->name,     o->name,
					       arg_text(o), o->help,
					       o->effect,   o->max > o->min,
					       o->min,      o->max};
			fn(arg, &w);
		}
	}
}

static void describe_word(void *arg, const struct conf_word *w)
{
	static const char *const effect[] = {
		[EFFECT_NOT_BUILT] = " (no effect yet)",
		[EFFECT_MISSED] = " (no effect yet)",
		[EFFECT_OBSOLETE] = " (obsolete)",
		[EFFECT_NONE_NEEDED] = "",
		[EFFECT_WORKS] = "",
	};
	FILE *out = arg;

	fprintf(out, "%s%s", w->option ? "    " : "",
		w->option ? w->option : w->directive);
	if (*w->args)
		fprintf(out, " %s", w->args);
	if (w->has_range)
		fprintf(out, " [%.10g to %.10g]", w->min, w->max);
	fprintf(out, ": %s%s\n", w->help, effect[w->effect]);
}

void conf_describe(FILE *out)
{
	conf_words(describe_word, out);
}
