/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "conf/directives.h"
#include "conf/suggest.h"
#include "memory.h"

/* What is said about files that are wrong: place, words, and a good guess. */

static void unknown_words(void **state)
{
	static const struct {
		const char *text;
		const char *id;
		unsigned column;
		const char *fix;
	} row[] = {
		{"server 10.9.0.11 iburts", "unknown-option", 18, "'iburst'"},
		{"server 10.9.0.11 perfer", "unknown-option", 18, "'prefer'"},
		{"Server 10.9.0.11 iburst", "unknown-directive", 1, "'server'"},
		{"Fudge 127.127.1.0", "unknown-directive", 1, "'fudge'"},
		{"frobnicate 3", "unknown-directive", 1, NULL},
		{"minclock 4", "unknown-directive", 1, "'tos minclock'"},
		{"minsane 3", "unknown-directive", 1, "'tos minsane'"},
		{"minpoll 1", "unknown-directive", 1, "'server HOST minpoll'"},
		{"restrict 10.0.0.0 netmask 255.0.0.0 nomodify",
		 "unknown-option", 19, "'mask'"},
		{"restrict 10.0.0.0 nomodfy", "unknown-option", 19,
		 "'nomodify'"},
		{"disable monitor bogus", "unknown-option", 17, NULL},
		{"statistics loopstats bogusstats", "unknown-option", 22, NULL},
		{"makestep 1 3", "unknown-directive", 1, "'tinker step'"},
		{"filegen loopstats type dya", "unknown-value", 24, "'day'"},
		{"filegen loopstat type day", "unknown-statistics", 9, NULL},
		{"refclock nema", "unknown-driver", 10, "'nmea'"},
		{"clock virtul", "unknown-option", 7, "'virtual'"},
		{"logconfig =alll", "unknown-log-class", 11, NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		assert_error(row[i].text, row[i].id, row[i].column, row[i].fix);
}

/* F-01: something missing, something too many. */
static void missing_and_extra(void **state)
{
	static const struct {
		const char *text;
		const char *id;
		unsigned column;
	} row[] = {
		{"server", "missing-argument", 7},
		{"  restrict", "missing-argument", 11},
		{"server a key", "missing-argument", 13},
		{"keys", "missing-argument", 5},
		{"tos", "missing-argument", 4},
		{"tos minclock", "missing-argument", 13},
		{"tinker step", "missing-argument", 12},
		{"setvar a", "missing-argument", 9},
		{"setvar a =", "missing-argument", 11},
		{"clock", "missing-argument", 6},
		{"includefile", "missing-argument", 12},
		{"restrict 10.0.0.0 mask", "missing-argument", 23},
		{"trustedkey", "missing-argument", 11},
		{"trustedkey (3 ...", "missing-argument", 18},
		{"filegen", "missing-argument", 8},
		{"filegen loopstats type", "missing-argument", 23},
		{"interface", "missing-argument", 10},
		{"interface listen", "missing-argument", 17},
		{"refclock", "missing-argument", 9},
		{"fudge", "missing-argument", 6},
		{"statsdir", "missing-argument", 9},
		{"limit", "missing-argument", 6},
		{"logconfig", "missing-argument", 10},
		{"driftfile /a b", "not-a-number", 14},
		{"keys /a b", "extra-argument", 9},
		{"port 123 4", "extra-argument", 10},
		{"statsdir /a /b", "extra-argument", 13},
		{"includefile a b", "extra-argument", 15},
		{"interface listen eth0 eth1", "extra-argument", 23},
		{"setvar a b = c", "bad-setvar", 10},
		{"nameserver ns1.example", "bad-address", 12},
		{"poolverify", "missing-argument", 11},
		{"poolverify short", "bad-token", 12},
		{"poolverify 0123456789abcde!", "bad-token", 12},
		{"nameserver 127.0.0.1 prot 53", "unknown-option", 22},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		assert_error(row[i].text, row[i].id, row[i].column, NULL);
}

/* F-02 and F-10. */
static void bad_numbers_and_addresses(void **state)
{
	static const struct {
		const char *text;
		const char *id;
		unsigned column;
	} row[] = {
		{"port 0", "out-of-range", 6},
		{"port 65536", "out-of-range", 6},
		{"port -1", "out-of-range", 6},
		{"port 0x7b", "not-a-number", 6},
		{"port 99999999999999999999999", "out-of-range", 6},
		{"server a port 0", "out-of-range", 15},
		{"server a minpoll 99", "out-of-range", 18},
		{"server a minpoll 6.5", "not-a-number", 18},
		{"server a minpoll 12 maxpoll 4", "poll-order", 8},
		{"server a version 9", "out-of-range", 18},
		{"server a key 65536", "out-of-range", 14},
		{"server a bias nan", "not-a-number", 15},
		{"tinker step inf", "not-a-number", 13},
		{"tinker panic 1e999", "out-of-range", 14},
		{"tinker step -1", "out-of-range", 13},
		{"tinker freq 501", "out-of-range", 13},
		{"workers 65", "out-of-range", 9},
		{"trustedkey 0", "bad-key-id", 12},
		{"trustedkey 65536", "bad-key-id", 12},
		{"trustedkey (5 ... 3)", "bad-key-range", 19},
		{"trustedkey ... 3", "bad-key-range", 16},
		{"restrict 10.0.0.0/33", "bad-prefix", 10},
		{"restrict 10.0.0.0/-1", "bad-prefix", 10},
		{"restrict 10.0.0.0/", "bad-prefix", 10},
		{"restrict ::/129", "bad-prefix", 10},
		{"restrict x/8", "bad-prefix", 10},
		{"restrict 10.0.0.0 mask 255.0.0", "bad-mask", 24},
		{"restrict 10.0.0.0 mask ffff::", "bad-mask", 24},
		{"restrict default mask 255.0.0.0", "mask-without-address", 23},
		{"restrict -4 ::1", "wrong-family", 13},
		{"server -6 10.0.0.1", "wrong-family", 11},
		{"server 10.9.0.256", "bad-host", 8},
		{"server 10.9", "bad-host", 8},
		{"server [::1", "bad-host", 8},
		{"server -x", "bad-host", 8},
		{"server a/b", "bad-host", 8},
		{"server \"\"", "bad-host", 8},
		{"server 0.0.0.0", "bad-host", 8},
		{"server 224.0.1.1", "bad-host", 8},
		{"server ff05::101", "bad-host", 8},
		{"fudge 10.9.0.11 stratum 10", "fudge-not-a-clock", 7},
		{"server 127.127.1.0\nfudge 127.127.1.0 stratum 17",
		 "out-of-range", 27},
		{"server 127.127.1.0\nfudge 127.127.1.0 refid ABCDE",
		 "bad-refid", 25},
		{"fudge 127.127.1.0 flag1 2", "out-of-range", 25},
		{"clock kernel offset 3", "clock-not-virtual", 7},
		{"dscp 64", "out-of-range", 6},
		{"discard flake 101", "out-of-range", 15},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		assert_error(row[i].text, row[i].id, row[i].column, NULL);
}

/* All findings of a file in one pass, and several of one line. */
static void all_at_once(void **state)
{
	struct result r = read_string("server a iburts minpol 3 perfer\n"
				      "port 0\n"
				      "server b\n"
				      "frobnicate\n");

	(void)state;
	assert_int_equal(r.d.errors, 5);
	assert_int_equal(r.d.diag[0].column, 10);
	assert_int_equal(r.d.diag[1].column, 17);
	assert_int_equal(r.d.diag[2].column, 26);
	assert_int_equal(r.d.diag[3].line, 2);
	assert_int_equal(r.d.diag[4].line, 4);
	assert_null(r.cfg);
	result_done(&r);
}

/* F-01: what is no line of text. */
static void broken_texts(void **state)
{
	static char big[1 << 20];
	struct memory_file f[] = {{"c", "port 5\n\nkeys a\0b\n", 17, 0},
				  {NULL, NULL, 0, 0}};
	struct result r = read_memory(f);

	(void)state;
	assert_int_equal(r.d.errors, 1);
	assert_int_equal(r.d.diag[0].line, 3);
	assert_int_equal(r.d.diag[0].column, 7);
	result_done(&r);

	assert_error("keys \x1b[2J", "bad-line", 6, NULL);
	assert_error("keys \"abc", "bad-line", 6, NULL);
	assert_error("keys a\rb", "bad-line", 7, NULL);

	memset(big, 'x', sizeof big);
	f[0] = (struct memory_file){"c", big, sizeof big, 0};
	r = read_memory(f);
	assert_int_equal(r.d.errors, 1);
	assert_int_equal(r.d.diag[0].column, 4097);
	assert_null(r.d.diag[0].source);
	result_done(&r);

	/* The longest line that is read. */
	memset(big, ' ', 4096);
	memcpy(big, "port 7", 6);
	f[0] = (struct memory_file){"c", big, 4096, 0};
	r = read_memory(f);
	assert_int_equal(r.err, 0);
	assert_int_equal(r.cfg->port, 7);
	result_done(&r);

	/* And the line with the most words. */
	for (size_t i = 0; i < 4096; i++)
		big[i] = i % 2 ? ' ' : 'x';
	r = read_memory(f);
	assert_int_equal(r.d.errors, 1);
	result_done(&r);
}

static void file_of_five_mebibytes(void **state)
{
	size_t len = (5u << 20);
	char *text = xcalloc(len, 1);
	struct memory_file f[] = {{"c", text, len, 0}, {NULL, NULL, 0, 0}};
	struct result r;

	(void)state;
	memset(text, '\n', len);
	r = read_memory(f);
	assert_non_null(find_diag(&r, "file-too-long"));
	assert_int_equal(r.d.errors, 1);
	result_done(&r);
	f[0].len = 4u << 20;
	r = read_memory(f);
	assert_int_equal(r.err, 0);
	result_done(&r);
	free(text);
}

/* F-01: CRLF, a byte order mark and a last line without its end are fine. */
static void texts_of_other_systems(void **state)
{
	struct result r = read_clean("\xef\xbb\xbfport 7\r\n"
				     "\r\n"
				     "# caf\xc3\xa9\r\n"
				     "logfile \"/a \\\"b\\\\\"#c\r\n"
				     "workers 2#comment");

	(void)state;
	assert_int_equal(r.cfg->port, 7);
	assert_int_equal(r.cfg->workers, 2);
	assert_string_equal(r.cfg->log_file, "/a \"b\\");
	result_done(&r);
}

static void too_many_name_servers(void **state)
{
	struct result r = read_string("nameserver 192.0.2.1\n"
				      "nameserver 192.0.2.2\n"
				      "nameserver 192.0.2.3\n"
				      "nameserver 192.0.2.4\n");

	(void)state;
	assert_int_equal(r.d.errors, 1);
	assert_int_equal(find_diag(&r, "too-many-nameservers")->line, 4);
	result_done(&r);
}

/* F-05 */
static void too_many_sources(void **state)
{
	char *text = xcalloc(10000, 32);
	size_t len = 0;
	struct result r;

	(void)state;
	for (unsigned i = 0; i < 10000; i++)
		len += (size_t)sprintf(text + len, "server 10.1.%u.%u\n",
				       i / 200, i % 200);
	r = read_string(text);
	assert_int_equal(r.d.errors, 1);
	assert_non_null(find_diag(&r, "too-many-sources"));
	assert_int_equal(find_diag(&r, "too-many-sources")->line, 1025);
	result_done(&r);
	free(text);
}

/* F-04 */
static void same_source_twice(void **state)
{
	struct result r = read_string("server a.lan iburst\n"
				      "server b.lan\n"
				      "server A.LAN minpoll 4\n"
				      "server a.lan port 1123\n");
	const struct diag *d = find_diag(&r, "duplicate-source");

	(void)state;
	assert_int_equal(r.cfg->n_source, 3);
	assert_true(r.cfg->source[0].iburst);
	assert_int_equal(r.cfg->source[2].port, 1123);
	assert_non_null(d);
	assert_int_equal(d->line, 3);
	assert_non_null(strstr(d->text, "ntp.conf:1"));
	result_done(&r);
}

/* A generator gone wild fills neither the memory nor the screen. */
static void findings_are_bounded(void **state)
{
	char *text = xcalloc(5000, 8);
	struct result r;

	(void)state;
	for (unsigned i = 0; i < 5000; i++)
		memcpy(text + 4 * i, "xyz\n", 4);
	r = read_string(text);
	assert_int_equal(r.d.errors, 5000);
	assert_int_equal(r.d.len, 1000);
	result_done(&r);
	free(text);
}

/* What goes to a terminal, whole. */
static void printed(void **state)
{
	static const char want[] =
		"ntp.conf:1:11: error: 'server' has no option 'iburts' "
		"[unknown-option]\n"
		"     server a iburts # caf??\n"
		"              ^~~~~~\n"
		"    did you mean 'iburst'?\n"
		"ntp.conf:2:7: error: there is no directive "
		"'\\xc2\\x9b2J' [unknown-directive]\n"
		"          ??2J\n"
		"          ^~~~\n";
	struct result r = read_string(" server a iburts # caf\xc3\xa9\n"
				      "\t     \xc2\x9b"
				      "2J\n");
	char *got = NULL;
	size_t len;
	FILE *out = open_memstream(&got, &len);

	(void)state;
	assert_int_equal(r.d.len, 2);
	diag_print(out, &r.d.diag[0]);
	diag_print(out, &r.d.diag[1]);
	fclose(out);
	assert_string_equal(got, want);
	free(got);
	result_done(&r);
}

/* The caret stays on the screen however long the line is. */
static void long_lines_are_shown_in_part(void **state)
{
	char text[1000], *got = NULL, *caret;
	struct result r;
	size_t len;
	FILE *out = open_memstream(&got, &len);

	(void)state;
	memset(text, ' ', sizeof text);
	memcpy(text, "server", 6);
	text[500] = 'a';
	strcpy(text + 800, "wrong");
	r = read_string(text);
	assert_int_equal(r.d.len, 1);
	assert_int_equal(r.d.diag[0].column, 801);
	diag_print(out, &r.d.diag[0]);
	fclose(out);
	caret = strchr(got, '^');
	assert_non_null(caret);
	assert_true(strstr(got, "wrong\n") < caret);
	for (char *line = strtok(got, "\n"); line; line = strtok(NULL, "\n"))
		assert_true(strlen(line) < 120);
	free(got);
	result_done(&r);
}

static void distances(void **state)
{
	(void)state;
	assert_int_equal(edit_distance("perfer", "prefer"), 1);
	assert_int_equal(edit_distance("Server", "server"), 0);
	assert_int_equal(edit_distance("iburts", "iburst"), 1);
	assert_int_equal(edit_distance("", "abc"), 3);
	assert_int_equal(edit_distance("abc", ""), 3);
	assert_int_equal(edit_distance("kitten", "sitting"), 3);
	assert_int_equal(
		edit_distance("abcdefghijklmnopqrstuvwxyzabcdefg", "a"), 99);
}

static void count_word(void *arg, const struct conf_word *w)
{
	assert_non_null(w->directive);
	assert_true(*w->help || !w->option);
	(*(unsigned *)arg)++;
}

/* The list of all words, which the manual is compared with. */
static void described(void **state)
{
	char *got = NULL;
	unsigned n = 0;
	size_t len;
	FILE *out = open_memstream(&got, &len);

	(void)state;
	conf_words(count_word, &n);
	assert_true(n > 200);
	conf_describe(out);
	fclose(out);
	assert_non_null(strstr(got, "\n    minpoll number [0 to 17]: "));
	assert_non_null(strstr(got, "\nport number [1 to 65535]: "));
	assert_non_null(strstr(got, " (obsolete)\n"));
	free(got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unknown_words),
		cmocka_unit_test(missing_and_extra),
		cmocka_unit_test(bad_numbers_and_addresses),
		cmocka_unit_test(all_at_once),
		cmocka_unit_test(broken_texts),
		cmocka_unit_test(file_of_five_mebibytes),
		cmocka_unit_test(texts_of_other_systems),
		cmocka_unit_test(too_many_name_servers),
		cmocka_unit_test(too_many_sources),
		cmocka_unit_test(same_source_twice),
		cmocka_unit_test(findings_are_bounded),
		cmocka_unit_test(printed),
		cmocka_unit_test(long_lines_are_shown_in_part),
		cmocka_unit_test(distances),
		cmocka_unit_test(described),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
