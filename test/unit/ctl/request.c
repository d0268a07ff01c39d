/* SPDX-License-Identifier: BSD-2-Clause */
#include "ctl/request.h"

#include <string.h>

#include "base/container.h"
#include "cmocka_all.h"
#include "ctl/status.h"
#include "sample_view.h"

/* What came back, put together. */
struct got {
	size_t fragments, len;
	bool done;
	struct control_header first, last;
	char text[8192];
};

static void collect(void *arg, const uint8_t *packet, size_t len)
{
	struct got *g = arg;
	struct control_header h;
	const uint8_t *data;

	assert_int_equal(control_decode(packet, len, &h, &data), 0);
	assert_int_equal(len % 4, 0);
	assert_true(h.count <= CONTROL_MAX_DATA);
	assert_true(h.response);
	assert_false(g->done);
	assert_int_equal(h.offset, g->len);
	assert_true(g->len + h.count < sizeof g->text);
	memcpy(g->text + g->len, data, h.count);
	g->len += h.count;
	g->text[g->len] = '\0';
	if (g->fragments++ == 0)
		g->first = h;
	g->last = h;
	g->done = !h.more;
}

static struct got ask_raw(const uint8_t *packet, size_t len)
{
	struct net_addr peer = {.family = 2, .port = 999, .ip = {127, 0, 0, 1}};
	struct sample_view s;
	struct got g = {0};

	sample_view_init(&s);
	request_answer(&s.view, &peer, packet, len, collect, &g);
	return g;
}

static struct got ask(enum control_op op, uint16_t assoc, const char *list)
{
	struct control_header h = {.version = 2,
				   .op = (uint8_t)op,
				   .sequence = 7,
				   .assoc_id = assoc,
				   .count = (uint16_t)strlen(list)};
	uint8_t packet[CONTROL_MAX_LEN];
	size_t len = control_encode(&h, list, packet, sizeof packet);
	struct got g = ask_raw(packet, len);

	assert_true(g.done);
	assert_int_equal(g.first.sequence, 7);
	assert_int_equal(g.first.assoc_id, assoc);
	assert_int_equal(g.first.op, op);
	assert_int_equal(g.first.version, 2);
	return g;
}

static void assert_refused(const struct got *g, enum control_error error)
{
	assert_int_equal(g->fragments, 1);
	assert_true(g->first.error);
	assert_int_equal(g->first.count, 0);
	assert_int_equal(g->first.status >> 8, error);
}

static void readstat_lists_associations(void **state)
{
	struct got g = ask(CONTROL_READSTAT, 0, "");
	static const uint8_t want[] = {0x01, 0xf5, 0x96, 0x3a, 0x01, 0xf6, 0x91,
				       0x3a, 0x01, 0xf7, 0x88, 0x11, 0x01, 0xf8,
				       0x80, 0x11, 0x01, 0xf9, 0x80, 0x00};

	(void)state;
	assert_int_equal(g.first.status, 0x0615);
	assert_int_equal(g.len, sizeof want);
	assert_memory_equal(g.text, want, sizeof want);
}

/* ntpstat reads the source from the status word: 5 is the local clock. */
static void status_word_names_the_source(void **state)
{
	struct sample_view s;
	struct assoc_report local = {.kind = ASSOC_LOCAL_CLOCK};

	(void)state;
	sample_view_init(&s);
	assert_int_equal(status_sys(&s.sys, &s.assoc[0]), 0x0615);
	assert_int_equal(status_sys(&s.sys, &local), 0x0515);
	s.sys.view.leap = LEAP_UNSYNC;
	assert_int_equal(status_sys(&s.sys, NULL), 0xc015);
	local.event_count = 200;
	assert_int_equal(status_peer(&local), 0x00f0);
}

static void default_system_variables(void **state)
{
	struct got g = ask(CONTROL_READVAR, 0, "");
	const char *eol = g.text;

	(void)state;
	assert_true(g.len <= CONTROL_MAX_DATA); /* nmap reads no further */
	assert_ptr_equal(strstr(g.text, "leap=0, stratum=2, precision=-24, "),
			 g.text);
	assert_non_null(strstr(g.text, "version=\"ntpd timeball-0.1.0\""));
	assert_non_null(strstr(g.text, "system=\"Linux/6.1\""));
	assert_non_null(strstr(g.text, ", foo=bar\r\n"));
	assert_null(strstr(g.text, "note="));
	assert_null(strstr(g.text, "ss_received"));
	assert_string_equal(g.text + g.len - 2, "\r\n");
	for (const char *p = g.text; (eol = strstr(p, "\r\n")); p = eol + 2)
		assert_true(eol - p <= 72);
}

static void named_variables(void **state)
{
	struct got g = ask(CONTROL_READVAR, 0, "offset, stratum,refid");

	(void)state;
	assert_string_equal(g.text,
			    "stratum=2, refid=10.9.0.12, offset=0.809873\r\n");
	g = ask(CONTROL_READVAR, 0, "stratum=9, stratum\r\n");
	assert_string_equal(g.text, "stratum=2\r\n");
	g = ask(CONTROL_READVAR, 0, "note");
	assert_string_equal(g.text, "note=\"two words\"\r\n");
	g = ask(CONTROL_READVAR, 501, "reach,srcadr");
	assert_string_equal(g.text, "srcadr=10.9.0.12, reach=0xff\r\n");
	assert_int_equal(g.first.status, 0x963a);
}

/* The order that Debian's tools depend on: trap 10 of the compatibility notes. */
static void default_peer_variables(void **state)
{
	static const char *const order[] = {
		"rootdisp=", "reftime=", "rec=", "dispersion=", "filtdisp="};
	struct got g = ask(CONTROL_READVAR, 501, "");
	const char *at = g.text;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		at = strstr(at, order[i]);
		assert_non_null(at);
	}
	assert_non_null(strstr(g.text, "ntscookies=-1\r\n"));
	assert_null(strstr(g.text, "org="));
	g = ask(CONTROL_READSTAT, 501, "");
	assert_non_null(strstr(g.text, "srcadr=10.9.0.12"));
}

/* A list that is longer than a fragment is cut where the fragment ends. */
static void list_of_names_is_fragmented(void **state)
{
	struct got g = ask(CONTROL_READVAR, 0, "sys_var_list");

	(void)state;
	assert_int_equal(g.fragments, 2);
	assert_int_equal(g.first.count, CONTROL_MAX_DATA);
	assert_string_equal(g.text + g.len - 16, ",authkexpired\"\r\n");
}

static void readclock(void **state)
{
	struct got g = ask(CONTROL_READCLOCK, 505, "");

	(void)state;
	assert_non_null(strstr(g.text, "name=\"LOCAL\", timecode=\"\", "));
	g = ask(CONTROL_READCLOCK, 0, "stratum");
	assert_string_equal(g.text, "stratum=10\r\n");
	g = ask(CONTROL_READCLOCK, 501, "");
	assert_refused(&g, CONTROL_ERR_BADASSOC);
}

static void nonce_is_bound_to_the_address(void **state)
{
	struct control_header h = {.version = 2, .op = CONTROL_REQ_NONCE};
	struct net_addr peer = {.family = 2, .port = 999, .ip = {127, 0, 0, 1}};
	struct sample_view s;
	struct got a = {0}, b = {0}, c = {0};
	uint8_t packet[CONTROL_MAX_LEN];
	size_t len = control_encode(&h, NULL, packet, sizeof packet);

	(void)state;
	sample_view_init(&s);
	request_answer(&s.view, &peer, packet, len, collect, &a);
	request_answer(&s.view, &peer, packet, len, collect, &b);
	peer.port++;
	request_answer(&s.view, &peer, packet, len, collect, &c);
	assert_int_equal(a.len, strlen("nonce=") + 24 + 2);
	assert_string_equal(a.text, b.text);
	assert_string_not_equal(a.text, c.text);
}

/* M-03: no reply at all. */
static void malformed_requests_are_dropped(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
	} bad[] = {
		{0, 0x13},              /* mode 3 */
		{0, 0x06},              /* version 0 */
		{0, 0x2e},              /* version 5 */
		{1, 0x82},              /* R: a reply */
		{1, 0x42},              /* E */
		{1, 0x22},              /* M */
		{8, 0xff},              /* offset */
		{9, 0x01},  {10, 0xff}, /* count 65280 */
		{11, 0x05},             /* count > what follows */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		uint8_t packet[16] = {0x16, CONTROL_READVAR};
		struct got g;

		g = ask_raw(packet, sizeof packet);
		assert_int_equal(g.done, true);
		packet[bad[i].at] = bad[i].value;
		g = ask_raw(packet, sizeof packet);
		assert_int_equal(g.fragments, 0);
	}
	for (size_t len = 0; len < CONTROL_HEADER_LEN; len++) {
		static const uint8_t packet[16] = {0x16, CONTROL_READVAR};

		assert_int_equal(ask_raw(packet, len).fragments, 0);
	}
}

/* A reply fed back to us is not answered: two daemons cannot loop. */
static void replies_are_never_answered(void **state)
{
	uint8_t packet[16] = {0x16, 0};

	(void)state;
	for (unsigned op = 0; op < 32; op++) {
		packet[1] = (uint8_t)(0x80 | op);
		assert_int_equal(ask_raw(packet, sizeof packet).fragments, 0);
	}
}

/* M-05: nothing can be written, configured or trapped. */
static void writing_operations_are_refused(void **state)
{
	static const uint8_t bad[] = {
		CONTROL_WRITEVAR,
		CONTROL_WRITECLOCK,
		CONTROL_SETTRAP,
		CONTROL_ASYNC,
		CONTROL_CONFIGURE,
		CONTROL_SAVECONFIG,
		CONTROL_READ_MRU,
		CONTROL_UNSETTRAP,
		13,
		30,
	};
	struct got g;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		g = ask(bad[i], 0, "leap=3");
		assert_refused(&g, CONTROL_ERR_BADOP);
	}
	g = ask(CONTROL_READ_ORDLIST, 0, "ifstats");
	assert_refused(&g, CONTROL_ERR_PERMISSION);
	g = ask(CONTROL_READVAR, 999, "");
	assert_refused(&g, CONTROL_ERR_BADASSOC);
	g = ask(CONTROL_UNSPEC, 501, "");
	assert_int_equal(g.len, 0);
	assert_int_equal(g.first.status, 0x963a);
}

/* M-06: strange lists get one small answer. */
static void hostile_lists(void **state)
{
	static const char *const bad[] = {
		"nosuch", "offset,nosuch", "%n%s", "\"offset\"", "\x80\xff",
		"offse",  "offsetx",       "org",  "delay"};
	char many[CONTROL_MAX_DATA + 1] = "";
	struct got g;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		g = ask(CONTROL_READVAR, 0, bad[i]);
		assert_refused(&g, CONTROL_ERR_UNKNOWNVAR);
	}
	memset(many, ',', CONTROL_MAX_DATA);
	g = ask(CONTROL_READVAR, 0, many);
	assert_refused(&g, CONTROL_ERR_UNKNOWNVAR);
	for (size_t i = 0; i + 8 < CONTROL_MAX_DATA; i += 8)
		memcpy(many + i, "stratum,", 8);
	g = ask(CONTROL_READVAR, 0, many);
	assert_string_equal(g.text, "stratum=2\r\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(readstat_lists_associations),
		cmocka_unit_test(status_word_names_the_source),
		cmocka_unit_test(default_system_variables),
		cmocka_unit_test(named_variables),
		cmocka_unit_test(default_peer_variables),
		cmocka_unit_test(list_of_names_is_fragmented),
		cmocka_unit_test(readclock),
		cmocka_unit_test(nonce_is_bound_to_the_address),
		cmocka_unit_test(malformed_requests_are_dropped),
		cmocka_unit_test(replies_are_never_answered),
		cmocka_unit_test(writing_operations_are_refused),
		cmocka_unit_test(hostile_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
