/* SPDX-License-Identifier: BSD-2-Clause */
#include "ctl/status_doc.h"

#include <math.h>
#include <string.h>

#include "base/container.h"
#include "base/units.h"
#include "cmocka_all.h"
#include "ntp/answer.h"
#include "sample_view.h"

/* The daemon of sample_view.h with what the document wants besides. */
struct world {
	struct sample_view s;
	struct conf_source line[5];
	struct snapshot now;
	struct daemon_facts daemon;
	struct status_facts facts;
};

static void world_init(struct world *w)
{
	sample_view_init(&w->s);
	w->s.cfg.tos.ceiling = 15;
	w->s.cfg.tos.max_dist_s = 1.5;
	w->s.cfg.workers = 2;
	w->s.sys.est.survivors = 1;
	for (size_t i = 0; i < ARRAY_LEN(w->line); i++) {
		w->line[i] = (struct conf_source){
			.host = w->s.assoc[i].name,
			.port = 123,
			.pos = {"/etc/ntp.conf", (unsigned)i + 1, 1}};
		w->s.assoc[i].conf = &w->line[i];
	}
	w->line[2].kind = SOURCE_POOL;
	w->now = (struct snapshot){.sys = w->s.sys,
				   .assoc = w->s.assoc,
				   .n = 5,
				   .sys_peer = &w->s.assoc[0]};
	w->daemon = (struct daemon_facts){.pid = 4711, .config_ok = true};
	w->facts = (struct status_facts){.now = &w->now,
					 .cfg = &w->s.cfg,
					 .version = "0.1.0",
					 .daemon = &w->daemon,
					 .stats = &w->s.stats};
}

static void assert_document_has(const struct world *w, const char *text)
{
	struct buf out = {0};

	status_document(&w->facts, &out);
	if (!strstr(buf_text(&out), text))
		fail_msg("no %s in %s", text, buf_text(&out));
	buf_done(&out);
}

static const char *verdict(const struct world *w)
{
	static char buf[512];
	struct text t = text_init(buf, sizeof buf);

	status_verdict(&w->facts, &t);
	return buf;
}

/* The first word, which is to be the only one, or "" for a source in use. */
static const char *why(const struct world *w, size_t i, char note[256])
{
	const char *words[STATUS_WHY_MAX] = {""};
	struct text t = text_init(note, 256);
	size_t n = status_why(&w->facts, &w->s.assoc[i], words, &t);

	assert_true(n <= 1);
	assert_int_not_equal(t.len, 0);
	return words[0];
}

static void spans_are_short(void **state)
{
	static const struct {
		double s;
		const char *text;
	} rows[] = {
		{0, "0 ns"},        {4.3e-8, "43 ns"},     {4.3e-6, "4.3 us"},
		{62e-6, "62 us"},   {-0.0039, "-3.9 ms"},  {0.00999, "10 ms"},
		{0.1204, "120 ms"}, {-1.2041, "-1.204 s"}, {0.99999, "1.000 s"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char buf[40];
		struct text t = text_init(buf, sizeof buf);

		status_add_span(&t, rows[i].s);
		assert_string_equal(buf, rows[i].text);
	}
}

static void instants_have_a_date(void **state)
{
	char buf[40];
	struct text t = text_init(buf, sizeof buf);

	(void)state;
	status_add_time(&t, SAMPLE_WALL_NS);
	assert_string_equal(buf, "2026-11-23T04:48:38.459000Z");
	t = text_init(buf, sizeof buf);
	status_add_time(&t, -1);
	assert_string_equal(buf, "1969-12-31T23:59:59.999999Z");
}

static void verdict_tells_how_the_clock_is(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	assert_string_equal(verdict(&w),
			    "Synchronised to 10.9.0.12, within 4.9 ms of UTC; "
			    "1 of 3 sources agree.");
	w.now.sys_peer = &w.s.assoc[4];
	assert_non_null(strstr(verdict(&w), "this machine's own clock"));
	w.now.sys_peer = NULL;
	assert_non_null(strstr(verdict(&w), "runs on by itself"));
	w.now.sys.view.stratum = 16;
	assert_string_equal(verdict(&w),
			    "Not synchronised: 2 of 3 sources answer, but none "
			    "of them can be followed.");
	w.now.sys.uptime_s = 1;
	assert_non_null(strstr(verdict(&w), "just started, 2 of 3"));
	w.now.n = 0;
	assert_non_null(strstr(verdict(&w), "no source is configured"));
	w.now.sys.panicked = true;
	assert_non_null(strstr(verdict(&w), "panic threshold"));
	w.now.sys.clock_contested = 1;
	assert_non_null(strstr(verdict(&w), "Another program"));
}

static void each_source_says_why(void **state)
{
	char note[256];
	struct world w;

	(void)state;
	world_init(&w);
	assert_string_equal(why(&w, 0, note), "");
	assert_string_equal(note, "system peer");
	assert_string_equal(why(&w, 1, note), "outside-majority");
	assert_string_equal(note, "falseticker: 376 us off, which the majority "
				  "contradicts");
	assert_string_equal(why(&w, 2, note), "pool");
	assert_string_equal(why(&w, 3, note), "unresolved");
	assert_string_equal(why(&w, 4, note), "standby");
}

/* One thing wrong at a time. */
static void reasons_are_told_apart(void **state)
{
	static const struct {
		const char *word;
		struct assoc_report a;
		bool noselect;
	} rows[] = {
		{"no-key", {.no_key = true}, false},
		{"too-many", {.sent = 1, .reach = 1, .unweighed = true}, false},
		{"denied", {.sent = 1, .reach = 1, .denied = true}, false},
		{"auth",
		 {.sent = 1, .reach = 2, .flash = FLASH_PKT_AUTH},
		 false},
		{"loop",
		 {.sent = 1, .reach = 2, .flash = FLASH_PEER_LOOP},
		 false},
		{"bad-reply",
		 {.sent = 1, .reach = 2, .flash = FLASH_PKT_HEADER},
		 false},
		{"not-asked", {.reach = 0}, false},
		{"unreachable", {.sent = 3}, false},
		{"noselect", {.sent = 1, .reach = 1}, true},
		{"stratum",
		 {.sent = 1, .reach = 1, .est = {.bad_stratum = true}},
		 false},
		{"dist",
		 {.sent = 1, .reach = 1, .est = {.too_far = true}},
		 false},
		{"clustering",
		 {.sent = 1, .reach = 1, .est = {.status = SELECT_OUTLIER}},
		 false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *words[STATUS_WHY_MAX];
		char note[256];
		struct text t = text_init(note, sizeof note);
		struct world w;

		world_init(&w);
		w.s.assoc[0] = rows[i].a;
		w.s.assoc[0].conf = &w.line[0];
		w.s.assoc[0].addr.family = 2;
		w.s.assoc[0].last_reply_mono_ns = INT64_MIN;
		w.line[0].noselect = rows[i].noselect;
		assert_true(status_why(&w.facts, &w.s.assoc[0], words, &t) > 0);
		assert_string_equal(words[0], rows[i].word);
	}
}

static void silence_is_not_refusal(void **state)
{
	struct world w;
	struct assoc_report *a = &w.s.assoc[1];
	char note[256];

	(void)state;
	world_init(&w);
	a->est = (struct source_report){0};
	a->reach = 0;
	a->unreach = 9;
	a->by_verdict[REPLY_RATE] = 1;
	a->refid = refid_from_code("RATE");
	assert_string_equal(why(&w, 1, note), "rate");
	a->refid = 0;
	a->flash = FLASH_PKT_UNSYNC;
	assert_string_equal(why(&w, 1, note), "unsynchronised");
	a->last_reply_mono_ns = SAMPLE_MONO_NS - 1000 * NS_PER_S;
	assert_string_equal(why(&w, 1, note), "unreachable");
	assert_string_equal(note, "silent since 2026-11-23T04:31:58Z, for 9 "
				  "polls");
}

/* M-13: what came from the network does not get at a terminal from here. */
static void foreign_text_is_escaped(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	w.s.assoc[0].name = "\x1b[31m\"a\xff";
	w.s.assoc[0].refid = 0x1b5b324a; /* ESC [ 2 J */
	assert_document_has(&w, "\"name\":\"\\u001b[31m\\\"a\xEF\xBF\xBD\"");
	assert_document_has(&w, "\"refid\":\"\\u001b[2J\"");
	assert_document_has(&w, "Synchronised to \\u001b[31m");
}

static void unknown_is_null(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	w.now.sys.est.synchronised = false;
	w.now.sys.est.freq_sigma = (double)NAN;
	assert_document_has(&w, "\"offset\":null,\"last_offset\":null");
	assert_document_has(&w, "\"last_sample\":null,\"offset\":null");
	w.now.sys.est.synchronised = true;
	assert_document_has(&w, "\"skew_ppm\":null");
}

static void counters_add_up(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	for (unsigned i = 0; i < SERVER_VERDICTS; i++)
		w.s.stats.by_verdict[i] = 1u << i;
	assert_document_has(&w, "\"answered\":1,\"denied\":64,"
				"\"rate_limited\":384,\"kisses\":256,"
				"\"control\":2,\"ignored\":1596,");
	w.daemon.n_listen = 1;
	sample_addr(&w.daemon.listen[0], 1);
	assert_document_has(&w, "\"listen\":[\"10.9.0.1:123\"]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spans_are_short),
		cmocka_unit_test(instants_have_a_date),
		cmocka_unit_test(verdict_tells_how_the_clock_is),
		cmocka_unit_test(each_source_says_why),
		cmocka_unit_test(reasons_are_told_apart),
		cmocka_unit_test(silence_is_not_refusal),
		cmocka_unit_test(foreign_text_is_escaped),
		cmocka_unit_test(unknown_is_null),
		cmocka_unit_test(counters_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
