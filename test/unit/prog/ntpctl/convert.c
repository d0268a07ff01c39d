/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntpctl/convert.h"

#include <errno.h>
#include <string.h>

#include "base/container.h"
#include "cmocka_all.h"

#define NOBODY                                                    \
	"restrict default noserve nomodify noquery kod limited\n" \
	"restrict 127.0.0.1\nrestrict ::1\n"
#define EVERYBODY                                         \
	"restrict default nomodify noquery kod limited\n" \
	"restrict 127.0.0.1\nrestrict ::1\n"

/* text as dialect from becomes want, with so much lost. */
static void becomes(const char *from, const char *text, const char *want,
		    unsigned lost)
{
	struct buf out = {0};
	const char *after_heading;
	unsigned n;

	assert_int_equal(convert(from, "FILE", text, &out, &n), 0);
	after_heading = strchr(buf_text(&out), '\n') + 1;
	assert_string_equal(after_heading, want);
	assert_int_equal(n, lost);
	buf_done(&out);
}

static void chrony_sources(void **state)
{
	(void)state;
	becomes("chrony",
		"! a comment\n"
		"server ntp1.example.net iburst minpoll -2 maxpoll 6 trust "
		"maxdelay 0.1 presend 9\n"
		"pool pool.example.net maxsources 3 # why not\n"
		"  Peer 192.0.2.7 key 3\n",
		"server ntp1.example.net iburst minpoll 3 maxpoll 6 true\n"
		"pool pool.example.net\n"
		"peer 192.0.2.7 key 3\n" NOBODY "\n# What has no equal here:\n"
		"#   line 2: maxdelay: late replies are weighed, not refused\n"
		"#   line 2: presend: nothing is sent ahead\n",
		2);
}

static void chrony_access(void **state)
{
	static const char flags[] = " nomodify noquery kod limited\n";
	struct buf want = {0};

	(void)state;
	buf_printf(&want,
		   "server a.example.net\n"
		   "restrict 192.168.0.0/16%srestrict 10.0.0.0/8%s"
		   "restrict 2001:db8::/32%srestrict 192.0.2.66 ignore\n%s",
		   flags, flags, flags, NOBODY);
	becomes("chrony",
		"server a.example.net\nallow 192.168\nallow 10\n"
		"allow 2001:db8::/32\ndeny 192.0.2.66\n",
		buf_text(&want), 0);
	buf_done(&want);
	becomes("chrony", "server a.example.net\nallow\n",
		"server a.example.net\n" EVERYBODY, 0);
}

static void chrony_others(void **state)
{
	(void)state;
	becomes("chrony",
		"server a.example.net\ndriftfile /x\nkeyfile /etc/k\n"
		"rtcsync\nlogdir /var/log/x\nlog tracking measurements\n"
		"local stratum 8 orphan\nminsources 3\nmagic on\n",
		"server a.example.net\ndriftfile /var/lib/ntp/ntp.drift\n"
		"keys /etc/k\nstatsdir /var/log/x\nstatistics loopstats\n"
		"statistics peerstats\nserver 127.127.1.0\n"
		"fudge 127.127.1.0 stratum 8\ntos minsane 3\n" NOBODY
		"\n# What has no equal here:\n"
		"#   line 3: keyfile: write HEX:12ab there as 12ab, and "
		"ASCII:word as word\n"
		"#   line 9: magic: not known\n",
		2);
}

static void openntpd(void **state)
{
	(void)state;
	becomes("openntpd",
		"# $OpenBSD$\nlisten on *\nservers pool.example.net weight 5\n"
		"server 192.0.2.1\n"
		"constraints from \"https://www.example.com/\"\n"
		"sensor nmea0 refid GPS\n",
		"pool pool.example.net iburst\nserver 192.0.2.1 iburst\n"
		"driftfile /var/lib/ntp/ntp.drift\n" EVERYBODY
		"\n# What has no equal here:\n"
		"#   line 3: weight: sources weigh what they measure\n"
		"#   line 5: constraints: time of HTTPS servers bounds nothing "
		"here; authenticate the sources\n"
		"#   line 6: sensor: a clock of BSD's sensor framework\n",
		3);
}

static void timesyncd(void **state)
{
	(void)state;
	becomes("timesyncd",
		"[Time]\nNTP=a.example.net  b.example.net\n"
		"#FallbackNTP=c.example.net\nPollIntervalMinSec=32\n"
		"PollIntervalMaxSec=2048\nSaveIntervalSec=60\n",
		"server a.example.net iburst minpoll 5 maxpoll 11\n"
		"server b.example.net iburst minpoll 5 maxpoll 11\n"
		"driftfile /var/lib/ntp/ntp.drift\n" NOBODY
		"\n# What has no equal here:\n"
		"#   line 6: SaveIntervalSec: ntpd has no use for it\n",
		1);
	becomes("timesyncd", "[Time]\n#NTP=\n#FallbackNTP=c.example.net\n",
		"# timesyncd takes servers from the network, or these, which "
		"it was built with:\nserver c.example.net iburst\n"
		"driftfile /var/lib/ntp/ntp.drift\n" NOBODY,
		0);
}

/* What our own parser does not take is a comment, and why is told. */
static void what_would_not_start_is_commented_out(void **state)
{
	(void)state;
	becomes("ntpsec", "server a.example.net iburts\nrestrict default\n",
		"# server a.example.net iburts\n"
		"#   ^ 'server' has no option 'iburts'\n"
		"restrict default\n",
		1);
}

static void words_without_effect_are_told(void **state)
{
	struct buf out = {0};
	unsigned n;

	(void)state;
	assert_int_equal(
		convert("ntpsec", "F", "server a.example.net nts\n", &out, &n),
		0);
	assert_int_equal(n, 1);
	assert_non_null(strstr(buf_text(&out), "'nts' is read but has no "
					       "effect yet"));
	buf_done(&out);
}

/* E-32.  Rubbish, half a line, escapes: never a crash, never an escape. */
static void rubbish_is_only_text(void **state)
{
	static const char *const from[] = {"chrony", "ntpsec", "openntpd",
					   "timesyncd"};
	static const char *const texts[] = {
		"",
		"server",
		"pool\nallow 1.\nallow .\nkeyfile\nlog\n",
		"server \033[2J iburst\n\033]0;x\007 y",
		"=\n[\nNTP\nNTP=\xff\xfe\nPollIntervalMinSec=never",
		"listen\nlisten on\nservers\n",
	};
	static char long_line[10000];

	(void)state;
	memset(long_line, 'a', sizeof long_line - 1);
	for (size_t i = 0; i < ARRAY_LEN(from); i++)
		for (size_t k = 0; k <= ARRAY_LEN(texts); k++) {
			const char *text =
				k < ARRAY_LEN(texts) ? texts[k] : long_line;
			struct buf out = {0};
			unsigned n;

			assert_int_equal(
				convert(from[i], "\033[2J", text, &out, &n), 0);
			assert_null(strchr(buf_text(&out), '\033'));
			buf_done(&out);
		}
}

static void no_such_dialect(void **state)
{
	struct buf out = {0};
	unsigned n;

	(void)state;
	assert_int_equal(convert("ptpd", "FILE", "", &out, &n), -EINVAL);
	assert_int_equal(out.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chrony_sources),
		cmocka_unit_test(chrony_access),
		cmocka_unit_test(chrony_others),
		cmocka_unit_test(openntpd),
		cmocka_unit_test(timesyncd),
		cmocka_unit_test(what_would_not_start_is_commented_out),
		cmocka_unit_test(words_without_effect_are_told),
		cmocka_unit_test(rubbish_is_only_text),
		cmocka_unit_test(no_such_dialect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
