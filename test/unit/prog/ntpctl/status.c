/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntpctl/status.h"

#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "prog/ntpctl/talk.h"
#include "prog/ntpctl/words.h"

static struct document captured(void)
{
	char words[128];
	struct text why = text_init(words, sizeof words);
	struct buf b = {0};
	struct document d;

	assert_int_equal(talk_read_file(TEST_DATA "/status/sample.json", &b),
			 0);
	assert_int_equal(doc_read(buf_text(&b), b.len, &d, &why), 0);
	buf_done(&b);
	return d;
}

static void expect(void (*put)(const struct document *d, struct output *o),
		   bool colour, const char *want)
{
	struct document d = captured();
	char *text = NULL;
	size_t len;
	struct output o = {.to = open_memstream(&text, &len), .colour = colour};

	put(&d, &o);
	fclose(o.to);
	assert_string_equal(text, want);
	free(text);
	doc_done(&d);
}

static void status_is_a_sentence_first(void **state)
{
	(void)state;
	expect(status_put, false,
	       "Synchronised to ntp1.example.net (NTS), within 3.9 ms of UTC.\n"
	       "  clock    +21.0 us off, within 3.90 ms; frequency -12.418 "
	       "ppm\n"
	       "  follows  ntp1.example.net, stratum 2, updated 31 s ago\n"
	       "  sources  1 of 2 used; ntpctl sources says why not all\n"
	       "  server   94633291 requests, 98.5 % answered, 40213 clients\n"
	       "  leap     none; list good until 2026-12-28\n"
	       "  daemon   ntpd 0.1.0, process 4711, up 24 h, /etc/ntp.conf\n");
}

static void sources_say_why(void **state)
{
	(void)state;
	expect(sources_put, false,
	       "Synchronised to ntp1.example.net (NTS), within 3.9 ms of UTC.\n"
	       "   source            how  reach    offset      +/-    delay  "
	       "why\n"
	       "*  ntp1.example.net  nts  8/8    +4.30 us  62.0 us  6.90 ms  "
	       "system peer\n"
	       "x  bad.example.org        8/8    -1.204 s  10.7 ms  21.0 ms  "
	       "its interval does not meet the majority's\n");
}

/* The same words with colours, so that nothing is said by colour alone. */
static void colours_only_repeat(void **state)
{
	struct document d = captured();
	char *text[2] = {NULL, NULL};
	size_t len[2], k = 0;

	(void)state;
	for (int colour = 0; colour < 2; colour++) {
		struct output o = {
			.to = open_memstream(&text[colour], &len[colour]),
			.colour = colour};

		sources_put(&d, &o);
		fclose(o.to);
	}
	assert_true(len[1] > len[0]);
	for (size_t i = 0; i < len[1]; i++) {
		if (text[1][i] == '\033')
			i += strcspn(text[1] + i, "m");
		else
			assert_int_equal(text[1][i], text[0][k++]);
	}
	assert_int_equal(k, len[0]);
	free(text[0]);
	free(text[1]);
	doc_done(&d);
}

static void server_counts(void **state)
{
	(void)state;
	expect(server_put, false,
	       "received                 94633291\n"
	       "answered                 93203603\n"
	       "denied                   0\n"
	       "rate_limited             0\n"
	       "ignored                  1429688\n"
	       "send_errors              2\n"
	       "kernel_drops             0\n"
	       "clients                  40213\n"
	       "requests/s, last minute  1095.2\n");
}

static void reach_of_few(void **state)
{
	unsigned answered, asked;
	struct doc_source s = {.reach = 5, .sent = 3};

	(void)state;
	source_reach(&s, &answered, &asked);
	assert_int_equal(answered, 2);
	assert_int_equal(asked, 3);
	s.reach = 1; /* a burst */
	s.sent = 4;
	source_reach(&s, &answered, &asked);
	assert_int_equal(answered, 1);
	assert_int_equal(asked, 1);
	s.reach = 0;
	source_reach(&s, &answered, &asked);
	assert_int_equal(answered, 0);
	assert_int_equal(asked, 4);
	s.reach = 1;
	s.sent = 99;
	source_reach(&s, &answered, &asked);
	assert_int_equal(answered, 1);
	assert_int_equal(asked, 8);
	s.reach = 255;
	s.sent = 9999;
	source_reach(&s, &answered, &asked);
	assert_int_equal(answered, 8);
	assert_int_equal(asked, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status_is_a_sentence_first),
		cmocka_unit_test(sources_say_why),
		cmocka_unit_test(colours_only_repeat),
		cmocka_unit_test(server_counts),
		cmocka_unit_test(reach_of_few),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
