/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntpq/commands.h"

#include <unistd.h>

#include "recorded.h"

/* Word for word what the classic ntpq prints about the same answers. */
static void prints_as_the_classic(void **state)
{
	static const struct {
		const char *command, *file;
	} golden[] = {
		{"peers", "classic-peers.out"},
		{"lpeers", "classic-peers.out"},
		{"opeers", "classic-opeers.out"},
		{"apeers", "classic-apeers.out"},
		{"associations", "classic-associations.out"},
		{"passociations", "classic-associations.out"},
		{"lassociations", "classic-associations.out"},
		{"rv", "classic-rv.out"},
		{"readvar 0", "classic-rv.out"},
		{"rv &5", "classic-rv-falsetick.out"},
		{"rv 24506", "classic-rv-init.out"},
		{"rv &7", "classic-rv-kod.out"},
		{"rv &10", "classic-rv-refclock.out"},
		{"sysinfo", "classic-sysinfo.out"},
		{"sysstats", "classic-sysstats.out"},
		{"kerninfo", "classic-kerninfo.out"},
	};
	struct recorded *r = recorded_new("classic.txt");

	(void)state;
	r->session.wide = true; /* no name here is longer than its column */
	for (size_t i = 0; i < ARRAY_LEN(golden); i++)
		assert_prints_file(r, golden[i].command, golden[i].file);
	recorded_free(r);
}

static void numeric_shows_addresses(void **state)
{
	struct recorded *r = recorded_new("classic.txt");

	(void)state;
	r->session.numeric = true;
	recorded_run(r, "peers");
	assert_non_null(strstr(r->out, "\n 127.127.1.0     .LOCL.          10 "
				       "l    -   64    0    0.000    0.000"));
	assert_non_null(
		strstr(r->out, "\n 127.127.28.2    .GPSx.           0 "));
	recorded_free(r);
}

static void names_variables_without_status(void **state)
{
	struct recorded *r = recorded_new("classic.txt");

	(void)state;
	assert_prints(r, "rv 0 stratum,refid offset",
		      "stratum=2, refid=10.9.0.14, offset=0.460630\n", "");
	assert_prints(r, "rv stratum", "stratum=2\n", "");
	assert_prints(r, "rv 0 offset,nosuch", "",
		      "***A request variable unknown to the server\n");
	assert_prints(r, "rv 1", "", "***Association ID 1 unknown to server\n");
	assert_prints(r, "mrv &6 &7 reach,stratum",
		      "reach=000, stratum=16\nreach=000, stratum=16\n", "");
	r->session.always_status = true;
	assert_prints(r, "rv 0 stratum",
		      "associd=0 status=0614 leap_none, sync_ntp, 1 event, "
		      "freq_mode,\nstratum=2\n",
		      "");
	r->session.n_hosts = 2;
	r->session.always_status = false;
	assert_prints(r, "rv 0 stratum", "server=localhost stratum=2\n", "");
	recorded_free(r);
}

static void raw_is_raw(void **state)
{
	struct recorded *r = recorded_new(
		"@ 2 0 0614\nleap=0, reach=0x1f,\r\nversion=\"x\"\r\n");

	(void)state;
	assert_prints(r, "raw", "Output set to raw\n", "");
	assert_prints(r, "rv",
		      "associd=0 status=0x0614,\nleap=0, reach=0x1f,\n"
		      "version=\"x\"\n",
		      "");
	assert_prints(r, "cooked", "Output set to cooked\n", "");
	recorded_free(r);
}

static void several_hosts_have_a_column(void **state)
{
	struct recorded *r = recorded_new("classic.txt");

	(void)state;
	r->session.n_hosts = 2;
	r->session.host = "b";
	r->session.host_width = 9;
	recorded_run(r, "peers");
	assert_non_null(strstr(
		r->out, "server         remote           refid      st"));
	assert_non_null(strstr(r->out, "\nb         *10.9.0.14       .ACTS."));
	recorded_free(r);
}

/* A label whose variable this server does not know keeps its line. */
static void unknown_variables_are_asked_one_by_one(void **state)
{
	struct recorded *r = recorded_new("ntpsec-1.2.2.txt");

	(void)state;
	recorded_run(r, "sysinfo");
	assert_non_null(strstr(r->out, "\nreference ID:       10.9.0.12\n"));
	assert_non_null(strstr(r->out, "\nbroadcast delay:    ?\n"));
	assert_ptr_equal(strstr(r->out, "associd=0 status=0014 "), r->out);
	assert_string_equal(r->err, "");
	recorded_free(r);
}

/* ntpsec 1.2.2 leaks what was in its buffer into filters. */
static void ntpsec_filters_are_read(void **state)
{
	struct recorded *r = recorded_new("ntpsec-1.2.2.txt");

	(void)state;
	recorded_run(r, "rv &1");
	assert_non_null(strstr(r->out,
			       "\nfiltoffset=    0.38    0.32    0.63    0.33"
			       "    0.33    0.30    0.34    0.26,\n"));
	assert_non_null(strstr(r->out,
			       "\nfiltdisp=      0.00    0.12    0.24    0.36"
			       "    0.48    0.60    0.72    0.87,\n"));
	for (const char *p = r->out; *p; p++)
		assert_true(*p == '\n' || (*p >= ' ' && *p <= '~'));
	r->session.numeric = true;
	recorded_run(r, "peers");
	assert_non_null(strstr(r->out,
			       "\n*10.9.0.12       .PPS.            1 u "
			       "   1    8  377    1.756    0.376   "
			       "0.115\n"));
	recorded_free(r);
}

static void names_of_the_configuration(void **state)
{
	struct recorded *r = recorded_new(
		"@ 1 0 0614\n7 8811\n8 8011\n9 941a\n"
		"@ 2 0 0614 clock\nclock=0xeeae4652.80000000\n"
		"@ 2 7 8811\nsrcadr=0.0.0.0, srchost=\"pool.test\", "
		"refid=POOL, "
		"stratum=16, hmode=3, hpoll=6, ppoll=10, reach=0x0, delay=0, "
		"offset=0, jitter=0\n"
		"@ 2 8 8011\nsrcadr=0.0.0.0, "
		"srchost=\"a-very-long-host.name\", "
		"refid=DNS, stratum=16, hmode=3, hpoll=6, ppoll=10, reach=0x0, "
		"delay=0, offset=0, jitter=0\n"
		"@ 2 9 941a\nsrcadr=fd00::123:4567:89ab:cdef, "
		"srchost=\"x.test\", refid=10.0.0.1, stratum=2, hmode=3, "
		"hpoll=10, ppoll=10, reach=0xff, delay=1.5, offset=-1500.052, "
		"jitter=0, rec=0xeeae3000.00000000\n");

	(void)state;
	recorded_run(r, "peers");
	assert_non_null(strstr(
		r->out, "\n pool.test       .POOL.          16 p    -   64"
			"    0    0.000    0.000   0.000\n"));
	assert_non_null(
		strstr(r->out, "\n a-very-long-hos .DNS.           16 u"));
	assert_non_null(strstr(
		r->out, "\n+x.test          10.0.0.1         2 u  95m 1024"
			"  377    1.500  -1500.0   0.000\n"));
	r->session.numeric = r->session.wide = true;
	recorded_run(r, "peers");
	assert_non_null(strstr(r->out,
			       "\n a-very-long-host.name\n"
			       "                 .DNS.           16 u"));
	assert_non_null(strstr(r->out,
			       "\n+fd00::123:4567:89ab:cdef\n"
			       "                 10.0.0.1         2 u"));
	recorded_free(r);
}

/* M-13, M-14: what a hostile server sends reaches neither terminal nor columns. */
static void hostile_values_are_harmless(void **state)
{
	char text[4096];
	char digits[401];
	struct recorded *r;

	(void)state;
	memset(digits, '9', 400);
	digits[400] = '\0';
	snprintf(
		text, sizeof text,
		"@ 1 0 0614\n7 961a\n"
		"@ 2 0 0614 clock\nclock=nonsense\n"
		"@ 2 0 0614\nversion=\"\x1b]0;x\x07\xff\", leap=7, reach=0x%s, "
		"\x1b[2J=1, reftime=0x1.2, flash=-1, =, ==, \",\"\n"
		"@ 2 7 961a\nsrcadr=\x1b[31m, stratum=%s, refid=\x1b[2J, "
		"delay=%s, offset=1e999, jitter=nan, reach=0x1ff, hpoll=-3, "
		"rec=0x00000000\n",
		digits, digits, digits);
	r = recorded_new(text);
	r->session.numeric = true;
	recorded_run(r, "peers");
	assert_non_null(strstr(r->out, "\n*\\x1b[31m        .\\x1b[2J.       "
				       " 0 u    -    8    0        -"
				       "        -       -\n"));
	recorded_run(r, "rv");
	for (const char *p = r->out; *p; p++)
		assert_true(*p == '\n' || (*p >= ' ' && *p <= '~'));
	recorded_run(r, "raw");
	recorded_run(r, "rv");
	for (const char *p = r->out; *p; p++)
		assert_true(*p == '\n' || (*p >= ' ' && *p <= '~'));
	recorded_free(r);
}

static void commands_may_be_abbreviated(void **state)
{
	struct recorded *r = recorded_new("classic.txt");

	(void)state;
	assert_prints_file(r, "pe", "classic-peers.out");
	assert_prints_file(r, "as", "classic-associations.out");
	assert_prints_file(r, "sysi", "classic-sysinfo.out");
	assert_prints(r, "p", "", "***Command `p' ambiguous\n");
	assert_prints(r, "foobar", "", "***Command `foobar' unknown\n");
	assert_prints(r, "fo\x1bo", "", "***Command `fo\\x1bo' unknown\n");
	assert_prints(r, "  ", "", "");
	assert_prints(r, "rv &12", "",
		      "***Association index `&12' is not in the list\n");
	assert_prints(r, "rv 70000", "",
		      "***Invalid association ID `70000' specified\n");
	recorded_run(r, "quit");
	assert_true(r->session.quit);
	recorded_free(r);
}

static bool is_word_of(const char *text, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = text; (p = strstr(p, word)); p++)
		if (p > text && p[-1] == ' ' &&
		    (p[len] == ' ' || p[len] == '\n'))
			return true;
	return false;
}

/* Every command is in the list, alone in its name, and has help and a manual. */
static void help_comes_from_the_table(void **state)
{
	struct recorded *r = recorded_new("classic.txt");
	char manual[32768];

	(void)state;
	read_data("../../../man/ntpq.1", manual, sizeof manual);
	recorded_run(r, "?");
	for (size_t i = 0; i < commands_len; i++) {
		char line[64];

		assert_non_null(strstr(r->out, commands[i].name));
		assert_true(is_word_of(manual, commands[i].name));
		if (i > 0)
			assert_true(strcmp(commands[i - 1].name,
					   commands[i].name) < 0);
		snprintf(line, sizeof line, "help %s", commands[i].name);
		recorded_run(r, line);
		assert_non_null(strstr(r->out, "\nusage: "));
		recorded_run(r, "help");
	}
	recorded_free(r);
}

static void output_goes_to_a_file(void **state)
{
	struct recorded *r = recorded_new("classic.txt");
	char path[] = "/tmp/ntpq-test-XXXXXX", line[64], got[128] = "";
	int fd = mkstemp(path);

	(void)state;
	snprintf(line, sizeof line, "rv 0 stratum > %s", path);
	assert_prints(r, line, "", "");
	assert_int_equal(read(fd, got, sizeof got - 1), 10);
	assert_string_equal(got, "stratum=2\n");
	close(fd);
	unlink(path);
	recorded_run(r, "rv > /nonexistent/x");
	assert_non_null(strstr(r->err, "***Cannot open `/nonexistent/x'"));
	recorded_free(r);
}

/* Munin's plugins turn to ntpdc when they see "ntpq" and a version below 4.2.7. */
static void version_keeps_scripts_with_ntpq(void **state)
{
	struct recorded *r = recorded_new("classic.txt");

	(void)state;
	recorded_run(r, "version");
	assert_ptr_equal(strstr(r->out, "timeball-ntpq "), r->out);
	recorded_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_as_the_classic),
		cmocka_unit_test(numeric_shows_addresses),
		cmocka_unit_test(names_variables_without_status),
		cmocka_unit_test(raw_is_raw),
		cmocka_unit_test(several_hosts_have_a_column),
		cmocka_unit_test(unknown_variables_are_asked_one_by_one),
		cmocka_unit_test(ntpsec_filters_are_read),
		cmocka_unit_test(names_of_the_configuration),
		cmocka_unit_test(hostile_values_are_harmless),
		cmocka_unit_test(commands_may_be_abbreviated),
		cmocka_unit_test(help_comes_from_the_table),
		cmocka_unit_test(output_goes_to_a_file),
		cmocka_unit_test(version_keeps_scripts_with_ntpq),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
