/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "near.h"
#include "pool/talk/talk.h"

#define RESULT                                                           \
	"{\"server\":5,\"at_ms\":1790000000000,\"offset_s\":0.001,"      \
	"\"rtt_s\":0.02,\"stratum\":2,\"leap\":0,\"error\":\"\","        \
	"\"samples\":3,\"lost\":0,\"root_delay_s\":0,\"root_disp_s\":0," \
	"\"refid\":1,\"times\":[[1,2,3,4]]}"
#define BODY(results)                                                       \
	"{\"monitor\":7,\"batch\":\"b1\",\"version\":\"1\",\"clock\":{"     \
	"\"ok\":true,\"offset_s\":null,\"why\":\"\"},\"results\":[" results \
	"]}"

static int read_results(const char *body, char why[256])
{
	struct talk_results m = {0};
	struct text t = text_init(why, 256);
	int r = talk_get_results(body, strlen(body), &m, &t);

	talk_results_done(&m);
	return r;
}

/* Replace the first `from` of a good body, and expect it to be refused for `member`. */
static void refuse(const char *from, const char *to, const char *member)
{
	static const char good[] = BODY(RESULT);
	char body[2048], why[256];
	const char *at = strstr(good, from);

	assert_non_null(at);
	snprintf(body, sizeof body, "%.*s%s%s", (int)(at - good), good, to,
		 at + strlen(from));
	assert_int_equal(read_results(body, why), -EBADMSG);
	if (strncmp(why, member, strlen(member)) != 0)
		fail_msg("%s -> %s: \"%s\"", from, to, why);
}

static void good_results(void **state)
{
	struct talk_results m;
	char why[256];
	struct text t = text_init(why, sizeof why);

	(void)state;
	assert_int_equal(
		talk_get_results(BODY(RESULT), strlen(BODY(RESULT)), &m, &t),
		0);
	assert_int_equal(m.monitor_id, 7);
	assert_string_equal(m.batch, "b1");
	assert_true(m.clock.ok);
	assert_true(isnan(m.clock.offset_s));
	assert_int_equal(m.n_result, 1);
	assert_int_equal(m.result[0].server_id, 5);
	assert_true(m.result[0].m.has_offset);
	assert_near(m.result[0].m.offset_s, 0.001, 0);
	assert_int_equal(m.result[0].times[0].t4_ns, 4);
	talk_results_done(&m);
	assert_int_equal(read_results(BODY(""), why), 0);
}

/* Numbers that are none, too large, of another type; texts that hide something. */
static void bad_results(void **state)
{
	char why[256];

	(void)state;
	refuse("0.001", "NaN", "line");
	refuse("0.001", "1e999", "line");
	refuse("0.001", "1e11", "offset_s");
	refuse("0.001", "\"0.001\"", "offset_s");
	refuse("0.02", "-1", "rtt_s");
	refuse("0.02", "null", "rtt_s");
	refuse("\"stratum\":2", "\"stratum\":256", "stratum");
	refuse("\"stratum\":2", "\"stratum\":2.0", "stratum");
	refuse("\"stratum\":2", "\"stratum\":-1", "stratum");
	refuse("\"leap\":0", "\"leap\":4", "leap");
	refuse("\"lost\":0", "\"lost\":4", "lost");
	refuse("\"samples\":3", "\"samples\":9", "samples");
	refuse("\"server\":5", "\"server\":0", "server");
	refuse("\"server\":5", "\"server\":99999999999999999999", "line");
	refuse("\"server\":5,", "", "server");
	refuse("\"refid\":1", "\"refid\":-1", "refid");
	refuse("\"error\":\"\"", "\"error\":\"a\\u001b[2J\"", "error");
	refuse("\"error\":\"\"", "\"error\":\"\\u202egpj\"", "error");
	refuse("\"error\":\"\"", "\"error\":\"\\u0000\"", "line");
	refuse("\"error\":\"\"", "\"error\":\"\xff\"", "line");
	refuse("[1,2,3,4]", "[1,2,3]", "times");
	refuse("[1,2,3,4]", "[1,2,3,4.5]", "times");
	refuse("[1,2,3,4]", "7", "times");
	refuse("\"ok\":true", "\"ok\":1", "ok");
	refuse("\"clock\":{", "\"clock\":{\"ok\":true,", "line");
	refuse("\"batch\":\"b1\"",
	       "\"batch\":\"0123456789012345678901234567890123\"", "batch");
	assert_int_equal(read_results(BODY(RESULT "," RESULT), why), -EBADMSG);
	assert_string_equal(why, "server: is there twice");
	assert_int_equal(read_results("[]", why), -EBADMSG);
	assert_int_equal(read_results("", why), -EBADMSG);
}

/* Whatever is cut off is no body any more. */
static void cut(void **state)
{
	static const char good[] = BODY(RESULT);

	(void)state;
	for (size_t len = 0; len < sizeof good - 1; len++) {
		struct talk_results m = {0};
		char why[256];
		struct text t = text_init(why, sizeof why);

		assert_int_equal(talk_get_results(good, len, &m, &t), -EBADMSG);
		assert_true(why[0] != '\0');
	}
}

static void too_many_results(void **state)
{
	struct buf b = {0};
	char why[256];

	(void)state;
	buf_printf(&b, "{\"monitor\":7,\"batch\":\"b\",\"version\":\"\","
		       "\"clock\":{\"ok\":true,\"offset_s\":0,\"why\":\"\"},"
		       "\"results\":[0");
	for (int i = 0; i < TALK_SERVERS_MAX; i++)
		buf_printf(&b, ",0");
	buf_printf(&b, "]}");
	assert_int_equal(read_results(buf_text(&b), why), -EBADMSG);
	assert_string_equal(why, "results: is too long");
	buf_done(&b);
}

static void what_one_writes_the_other_reads(void **state)
{
	struct talk_result r[2] = {
		{.server_id = 9,
		 .m = {.at_ms = 1790000000001,
		       .has_offset = true,
		       .offset_s = -0.1234567890123456789,
		       .rtt_s = 1e-4,
		       .stratum = 1,
		       .leap = 3,
		       .error = "bad stratum 16 (\\\"GPS)",
		       .samples = 3,
		       .lost = 1,
		       .root_delay_s = 1.0 / 3,
		       .root_disp_s = 65536,
		       .refid = 0xFFFFFFFF},
		 .n_times = 2,
		 .times = {{1, -2, 3, 4}, {1790000000123456789, 6, 7, 8}}},
		{.server_id = 4,
		 .m = {.at_ms = 1,
		       .stratum = -1,
		       .leap = -1,
		       .samples = 3,
		       .lost = 3,
		       .rtt_s = (double)NAN}},
	};
	struct talk_results m = {.monitor_id = 3,
				 .batch = "abc",
				 .version = "0.1",
				 .clock = {true, 1e-5, ""},
				 .result = r,
				 .n_result = 2};
	struct talk_results back;
	struct buf b = {0};
	char why[256];
	struct text t = text_init(why, sizeof why);

	(void)state;
	talk_put_results(&b, &m);
	assert_int_equal(talk_get_results(b.data, b.len, &back, &t), 0);
	/* sorted by server */
	assert_int_equal(back.result[0].server_id, 4);
	assert_false(back.result[0].m.has_offset);
	assert_int_equal(back.result[0].m.stratum, -1);
	assert_near(back.result[1].m.offset_s, r[0].m.offset_s, 0);
	assert_near(back.result[1].m.root_delay_s, r[0].m.root_delay_s, 0);
	assert_string_equal(back.result[1].m.error, r[0].m.error);
	assert_true(back.result[1].m.refid == r[0].m.refid);
	assert_memory_equal(back.result[1].times, r[0].times,
			    2 * sizeof r[0].times[0]);
	talk_results_done(&back);
	buf_done(&b);
}

static void the_other_bodies(void **state)
{
	struct talk_server s[2] = {{.server_id = 1}, {.server_id = 2}};
	struct talk_work w = {.batch = "w",
			      .wait_s = 2.5,
			      .samples = 3,
			      .gap_s = 2,
			      .timeout_s = 3,
			      .server = s,
			      .n_server = 2};
	struct talk_work w2;
	struct talk_ask a = {.monitor_id = 5,
			     .at_ms = 6,
			     .version = "v",
			     .families = 3,
			     .clock = {false, 0.011, "far"}};
	struct talk_ask a2;
	struct talk_enrol e = {.code = "c", .version = "v", .families = 1};
	struct talk_enrol e2;
	struct talk_enrolled d = {.monitor_id = 8, .name = "de1"}, d2;
	struct buf b = {0};
	char why[256];
	struct text t = text_init(why, sizeof why);

	(void)state;
	assert_int_equal(net_addr_parse("192.0.2.1", &s[0].addr), 0);
	assert_int_equal(net_addr_parse("2001:db8::1", &s[1].addr), 0);
	s[0].addr.port = s[1].addr.port = 123;
	talk_put_work(&b, &w);
	assert_int_equal(talk_get_work(b.data, b.len, &w2, &t), 0);
	assert_int_equal(w2.n_server, 2);
	assert_true(net_addr_same_host(&w2.server[1].addr, &s[1].addr));
	assert_int_equal(w2.server[1].addr.port, 123);
	assert_near(w2.wait_s, 2.5, 0);
	talk_work_done(&w2);
	buf_done(&b);

	talk_put_ask(&b, &a);
	assert_int_equal(talk_get_ask(b.data, b.len, &a2, &t), 0);
	assert_string_equal(a2.clock.why, "far");
	assert_false(a2.clock.ok);
	buf_done(&b);

	memset(e.public_key, 0xA5, sizeof e.public_key);
	talk_put_enrol(&b, &e);
	assert_int_equal(talk_get_enrol(b.data, b.len, &e2, &t), 0);
	assert_memory_equal(e2.public_key, e.public_key, sizeof e.public_key);
	buf_done(&b);

	talk_put_enrolled(&b, &d);
	assert_int_equal(talk_get_enrolled(b.data, b.len, &d2, &t), 0);
	assert_int_equal(d2.monitor_id, 8);
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_results),
		cmocka_unit_test(bad_results),
		cmocka_unit_test(cut),
		cmocka_unit_test(too_many_results),
		cmocka_unit_test(what_one_writes_the_other_reads),
		cmocka_unit_test(the_other_bodies),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
