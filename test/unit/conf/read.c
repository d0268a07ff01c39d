/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/socket.h>

#include "memory.h"

/* What each directive does to the config. */

static void empty_file_is_the_defaults(void **state)
{
	struct result r = read_clean("");

	(void)state;
	assert_int_equal(r.cfg->n_source, 0);
	assert_int_equal(r.cfg->port, 123);
	assert_int_equal(r.cfg->workers, 1);
	assert_int_equal(r.cfg->clock.kind, CLOCK_KERNEL);
	assert_int_equal(r.cfg->rate.average_log2, 3);
	assert_near(r.cfg->rate.minimum_s, 2, 0);
	assert_int_equal(r.cfg->tos.min_clock, 3);
	assert_int_equal(r.cfg->tos.orphan, 17);
	assert_near(r.cfg->tinker.step_s, 0.128, 0);
	assert_false(r.cfg->tinker.has_freq);
	assert_false(r.cfg->has_restrict_default);
	assert_true(r.cfg->enable.monitor);
	assert_int_equal(r.cfg->dscp, 46);
	assert_string_equal(r.cfg->filegen[STATS_PEER].file, "peerstats");
	result_done(&r);
}

/* The file of the tutorial, which must be accepted without a word. */
static void tutorial(void **state)
{
	struct result r = read_clean(
		"driftfile /var/lib/ntp/ntp.drift\n"
		"restrict default nomodify notrap nopeer noquery kod limited\n"
		"restrict 127.0.0.1\n"
		"restrict ::1\n"
		"server ntp_server_hostname_1 iburst\n"
		"server ntp_server_hostname_2 iburst\n"
		"server ntp_server_hostname_3 iburst\n"
		"server ntp_server_hostname_4 iburst\n"
		"server ntp_server_hostname_5 iburst\n");
	const struct conf_restrict *e = r.cfg->restricts;

	(void)state;
	assert_string_equal(r.cfg->drift_file, "/var/lib/ntp/ntp.drift");
	assert_int_equal(r.cfg->n_source, 5);
	assert_string_equal(r.cfg->source[4].host, "ntp_server_hostname_5");
	assert_true(r.cfg->source[4].iburst);
	assert_false(r.cfg->source[4].burst);
	assert_int_equal(r.cfg->source[4].min_poll_log2, 6);
	assert_int_equal(r.cfg->source[4].max_poll_log2, 10);
	assert_int_equal(r.cfg->source[4].pos.line, 9);
	assert_int_equal(r.cfg->n_restrict, 3);
	assert_true(r.cfg->has_restrict_default);
	assert_int_equal(e[0].kind, RESTRICT_DEFAULT);
	assert_int_equal(e[0].family, FAMILY_ANY);
	assert_int_equal(e[0].flags, RES_NOMODIFY | RES_NOTRAP | RES_NOPEER |
					     RES_NOQUERY | RES_KOD |
					     RES_LIMITED);
	assert_int_equal(e[1].kind, RESTRICT_PREFIX);
	assert_int_equal(e[1].addr.family, AF_INET);
	assert_int_equal(e[1].mask[3], 0xff);
	assert_int_equal(e[1].mask[4], 0);
	assert_int_equal(e[2].addr.family, AF_INET6);
	assert_int_equal(e[2].mask[15], 0xff);
	assert_int_equal(e[2].flags, 0);
	result_done(&r);
}

static void source_options(void **state)
{
	struct result r = read_clean(
		"keys /k\ntrustedkey 7\n"
		"server -4 a.lan burst minpoll 3 maxpoll 4 prefer key 7 "
		"version 3 port 10123 bias -0.5 true\n"
		"server -6 [2001:db8::1] noselect\n"
		"pool server iburst maxpoll 5\n"
		"server 127.77.0.1 minpoll 12\n"
		"server fe80::1%eth0\n"
		"server 10.1.1.1\n");
	const struct conf_source *s = r.cfg->source;

	(void)state;
	assert_int_equal(r.cfg->n_source, 6);
	assert_int_equal(s[0].family, FAMILY_IPV4);
	assert_true(s[0].burst && s[0].prefer && s[0].always);
	assert_int_equal(s[0].min_poll_log2, 3);
	assert_int_equal(s[0].max_poll_log2, 4);
	assert_int_equal(s[0].key_id, 7);
	assert_int_equal(s[0].version, 3);
	assert_int_equal(s[0].port, 10123);
	assert_near(s[0].bias_s, -0.5, 0);
	assert_string_equal(s[1].host, "2001:db8::1");
	assert_true(s[1].noselect);
	/* A host may bear the name of a keyword; a bound pulls the other. */
	assert_int_equal(s[2].kind, SOURCE_POOL);
	assert_string_equal(s[2].host, "server");
	assert_int_equal(s[2].min_poll_log2, 5);
	assert_int_equal(s[2].max_poll_log2, 5);
	assert_int_equal(s[3].kind, SOURCE_SERVER);
	assert_int_equal(s[3].max_poll_log2, 12);
	assert_string_equal(s[4].host, "fe80::1%eth0");
	result_done(&r);
}

static void name_servers(void **state)
{
	struct result r = read_clean("nameserver 127.77.0.53 port 10053\n"
				     "nameserver [2001:db8::53] loopback\n");
	const struct net_addr *a = r.cfg->name_server;

	(void)state;
	assert_int_equal(r.cfg->n_name_server, 2);
	assert_int_equal(a[0].port, 10053);
	assert_int_equal(a[0].ip[3], 53);
	assert_int_equal(a[1].family, AF_INET6);
	assert_int_equal(a[1].port, 53);
	assert_true(r.cfg->name_server_loopback);
	result_done(&r);
	r = read_clean("nameserver 192.0.2.53\n");
	assert_false(r.cfg->name_server_loopback);
	result_done(&r);
}

static void pool_tokens(void **state)
{
	struct result r = read_clean("poolverify 0123456789abcdef\n"
				     "poolverify ABC-def_0123456789\n");

	(void)state;
	assert_int_equal(r.cfg->n_pool_verify, 2);
	assert_string_equal(r.cfg->pool_verify[1], "ABC-def_0123456789");
	result_done(&r);
}

static void local_clock_and_fudge(void **state)
{
	struct result r =
		read_clean("fudge 127.127.1.0 stratum 10 refid LOCL flag1 1\n"
			   "server 127.127.1.0 prefer\n"
			   "server 127.127.1.1\n"
			   "refclock local unit 2 stratum 0 time1 0.25\n");
	const struct conf_source *s = r.cfg->source;

	(void)state;
	assert_int_equal(r.cfg->n_source, 3);
	assert_int_equal(s[0].kind, SOURCE_REFCLOCK);
	assert_int_equal(s[0].clock_type, 1);
	assert_int_equal(s[0].fudge.stratum, 10);
	assert_true(s[0].fudge.has_stratum);
	assert_string_equal(s[0].fudge.refid, "LOCL");
	assert_int_equal(s[0].fudge.flags, 1);
	assert_true(s[0].prefer);
	assert_int_equal(s[1].fudge.stratum, 5);
	assert_int_equal(s[2].clock_unit, 2);
	assert_string_equal(s[2].host, "127.127.1.2");
	assert_int_equal(s[2].fudge.stratum, 0);
	assert_near(s[2].fudge.time1_s, 0.25, 0);
	result_done(&r);
}

static void restricts(void **state)
{
	struct result r = read_string(
		"restrict -4 default limited kod nomodify noquery\n"
		"restrict -6 default ignore\n"
		"restrict ::1\nrestrict 127.0.0.1\n"
		"restrict 10.9.3.7/16 ntpport\n"
		"restrict 192.168.5.5 mask 255.0.255.0 notrust version\n"
		"restrict source nomodify\n"
		"restrict time.lan mask 255.255.255.255 noserve flake\n"
		"restrict 0.0.0.0 mask 0.0.0.0 nomrulist\n"
		"restrict [2001:db8::]/32 noquery\n"
		"unrestrict 10.9.0.0/16\n");
	const struct conf_restrict *e = r.cfg->restricts;

	(void)state;
	assert_int_equal(r.d.len, 0);
	assert_int_equal(r.cfg->n_restrict, 11);
	assert_int_equal(e[0].family, FAMILY_IPV4);
	assert_int_equal(e[1].family, FAMILY_IPV6);
	/* Host bits say nothing. */
	assert_int_equal(e[4].addr.ip[1], 9);
	assert_int_equal(e[4].addr.ip[2], 0);
	assert_int_equal(e[4].mask[1], 0xff);
	assert_int_equal(e[4].mask[2], 0);
	assert_int_equal(e[4].flags, RES_NTPPORT);
	/* A classic mask need not be contiguous. */
	assert_int_equal(e[5].addr.ip[1], 0);
	assert_int_equal(e[5].addr.ip[2], 5);
	assert_int_equal(e[5].flags, RES_NOTRUST | RES_VERSION);
	assert_int_equal(e[6].kind, RESTRICT_SOURCE);
	assert_int_equal(e[7].kind, RESTRICT_HOST);
	assert_string_equal(e[7].host, "time.lan");
	assert_int_equal(e[7].flags, RES_NOSERVE | RES_FLAKE);
	assert_int_equal(e[8].kind, RESTRICT_DEFAULT);
	assert_int_equal(e[8].family, FAMILY_IPV4);
	assert_int_equal(e[9].addr.ip[0], 0x20);
	assert_int_equal(e[9].mask[4], 0);
	assert_true(e[10].remove);
	result_done(&r);
}

static void settings(void **state)
{
	struct result r = read_clean(
		"tos minclock 4 minsane 3 maxclock 11 mindist 0.01 maxdist 16 "
		"floor 1 ceiling 14\n"
		"tinker panic 0 step 0.5 stepout 600 freq -12.5 maxfreq 1000\n"
		"discard average 4 minimum 1 flake 25 leak 10\n"
		"port 10123\nworkers 4\ndscp 0\nmru maxdepth 1000\n"
		"clock virtual offset -0.25 freq 30\n"
		"controlkey 1\nrequestkey 2\n"
		"disable monitor kernel stats\nenable kernel\n"
		"user ntp:ntp\npidfile /run/ntpd.pid\nlogfile /l\n"
		"leapfile \"/var/db/leap seconds.list\"\n");
	const struct config *c = r.cfg;

	(void)state;
	assert_int_equal(c->tos.min_clock, 4);
	assert_int_equal(c->tos.min_sane, 3);
	assert_int_equal(c->tos.max_clock, 11);
	assert_int_equal(c->tos.floor, 1);
	assert_int_equal(c->tos.ceiling, 14);
	assert_near(c->tos.min_dist_s, 0.01, 0);
	assert_near(c->tos.max_dist_s, 16, 0);
	assert_near(c->tinker.panic_s, 0, 0);
	assert_near(c->tinker.step_s, 0.5, 0);
	assert_near(c->tinker.stepout_s, 600, 0);
	assert_near(c->tinker.freq, -12.5e-6, 1e-15);
	assert_true(c->tinker.has_freq);
	assert_near(c->tinker.max_freq, 1e-3, 1e-12);
	assert_int_equal(c->rate.average_log2, 4);
	assert_near(c->rate.minimum_s, 2, 0);
	assert_near(c->rate.flake_share, 0.25, 1e-12);
	assert_near(c->rate.leak_share, 0.1, 1e-12);
	assert_int_equal(c->port, 10123);
	assert_int_equal(c->workers, 4);
	assert_int_equal(c->dscp, 0);
	assert_int_equal(c->mru_max_depth, 1000);
	assert_int_equal(c->clock.kind, CLOCK_VIRTUAL);
	assert_near(c->clock.offset_s, -0.25, 0);
	assert_near(c->clock.freq, 30e-6, 1e-15);
	assert_int_equal(c->control_key, 1);
	assert_int_equal(c->request_key, 2);
	assert_false(c->enable.monitor);
	assert_false(c->stats_enabled);
	assert_true(c->enable.kernel);
	assert_string_equal(c->user, "ntp:ntp");
	assert_string_equal(c->pid_file, "/run/ntpd.pid");
	assert_string_equal(c->log_file, "/l");
	assert_string_equal(c->leap_file, "/var/db/leap seconds.list");
	result_done(&r);
}

static void keys_and_ranges(void **state)
{
	struct result r = read_clean("keys /etc/ntp/keys\n"
				     "trustedkey 42 4 (14 ... 17) 8 4\n"
				     "trustedkey ( 1 ... 2 )\n");
	static const uint32_t want[] = {1, 2, 4, 8, 14, 15, 16, 17, 42};

	(void)state;
	assert_string_equal(r.cfg->keys_file, "/etc/ntp/keys");
	assert_int_equal(r.cfg->n_trusted_key, ARRAY_LEN(want));
	assert_memory_equal(r.cfg->trusted_key, want, sizeof want);
	result_done(&r);
}

static void statistics(void **state)
{
	struct result r =
		read_clean("statsdir /var/log/ntp\nstatistics loopstats\n"
			   "filegen loopstats file loops type week nolink\n"
			   "filegen peerstats type none enable\n");
	const struct conf_filegen *g = r.cfg->filegen;

	(void)state;
	assert_string_equal(r.cfg->stats_dir, "/var/log/ntp/");
	assert_true(g[STATS_LOOP].enabled);
	assert_string_equal(g[STATS_LOOP].file, "loops");
	assert_int_equal(g[STATS_LOOP].type, STATS_WEEK);
	assert_false(g[STATS_LOOP].link);
	assert_true(g[STATS_PEER].enabled);
	assert_int_equal(g[STATS_PEER].type, STATS_NONE);
	assert_true(g[STATS_PEER].link);
	assert_false(g[STATS_RAW].enabled);
	result_done(&r);
}

static void setvars(void **state)
{
	struct result r =
		read_clean("setvar foo = \"bar baz\" default\n"
			   "setvar access_policy=\"open access\" default\n"
			   "setvar a =b\n");
	const struct conf_setvar *v = r.cfg->setvar;

	(void)state;
	assert_int_equal(r.cfg->n_setvar, 3);
	assert_string_equal(v[0].name, "foo");
	assert_string_equal(v[0].value, "bar baz");
	assert_true(v[0].is_default);
	assert_string_equal(v[1].name, "access_policy");
	assert_string_equal(v[1].value, "open access");
	assert_string_equal(v[2].value, "b");
	assert_false(v[2].is_default);
	result_done(&r);
}

static void interfaces(void **state)
{
	struct result r = read_clean("interface ignore wildcard\n"
				     "interface listen eth0\n"
				     "nic drop 192.168.0.0/16\n"
				     "interface listen ::1\n"
				     "interface ignore ipv6\n");
	const struct conf_listen *l = r.cfg->listen;

	(void)state;
	assert_int_equal(r.cfg->n_listen, 5);
	assert_int_equal(l[0].action, LISTEN_IGNORE);
	assert_int_equal(l[0].match, MATCH_WILDCARD);
	assert_int_equal(l[1].match, MATCH_NAME);
	assert_string_equal(l[1].name, "eth0");
	assert_int_equal(l[2].action, LISTEN_DROP);
	assert_int_equal(l[2].match, MATCH_PREFIX);
	assert_int_equal(l[2].prefix_len, 16);
	assert_int_equal(l[3].prefix_len, 128);
	assert_int_equal(l[4].match, MATCH_IPV6);
	result_done(&r);
}

/* limit speaks of packets a second, discard of seconds a packet. */
static void limit_is_mapped(void **state)
{
	static const struct {
		const char *text;
		int average_log2;
	} row[] = {{"limit average 1\n", 0},
		   {"limit average 0.125\n", 3},
		   {"limit average 0.1\n", 4},
		   {"limit average 100\n", 0}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct result r = read_clean(row[i].text);

		assert_int_equal(r.cfg->rate.average_log2, row[i].average_log2);
		assert_near(r.cfg->rate.minimum_s, 0, 0);
		result_done(&r);
	}
}

static void a_file_can_be_switched_off(void **state)
{
	struct result r = read_clean("driftfile /a\ndriftfile\n"
				     "logfile /b\nlogfile \"\"\n");

	(void)state;
	assert_null(r.cfg->drift_file);
	assert_null(r.cfg->log_file);
	result_done(&r);
	r = read_clean("driftfile /a 2\n");
	assert_string_equal(r.cfg->drift_file, "/a");
	result_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_file_is_the_defaults),
		cmocka_unit_test(tutorial),
		cmocka_unit_test(source_options),
		cmocka_unit_test(name_servers),
		cmocka_unit_test(pool_tokens),
		cmocka_unit_test(local_clock_and_fudge),
		cmocka_unit_test(restricts),
		cmocka_unit_test(settings),
		cmocka_unit_test(keys_and_ranges),
		cmocka_unit_test(statistics),
		cmocka_unit_test(setvars),
		cmocka_unit_test(interfaces),
		cmocka_unit_test(limit_is_mapped),
		cmocka_unit_test(a_file_can_be_switched_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
