/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <string.h>

#include "pool/score/score.h"
#include "pool/store/audit.h"
#include "pool/store/history.h"
#include "pool/store/pair.h"
#include "pool/web/score_view.h"
#include "pool_rows.h"
#include "visit.h"

/* The pages of one server, over a store in memory. */

#define NOW INT64_C(1800000000000) /* 2027-01-15 08:00:00 UTC; visit.h's */
#define MINUTE 60000

struct world {
	struct db *db;
	struct pool_settings *settings;
	int64_t server, scorer, monitor[3];
};

static int64_t add_monitor(struct db *db, const char *name)
{
	struct monitor m = {
		.state = MONITOR_ACTIVE, .families = 3, .created_ms = T0};
	int64_t id;

	snprintf(m.name, sizeof m.name, "%s", name);
	snprintf(m.place, sizeof m.place, "Place of %s", name);
	assert_int_equal(monitor_insert(db, &m, &id), 0);
	return id;
}

static struct world begin(void)
{
	struct world w = {.db = db_for_test(), .settings = settings_new()};
	int64_t account = add_account(w.db, "team");
	int64_t global = add_zone(w.db, "@", "global", 0);

	w.server = add_server(w.db, account, "192.0.2.1");
	assert_int_equal(zone_put_server(w.db, global, w.server), 0);
	assert_int_equal(monitor_scorer(w.db, T0, &w.scorer), 0);
	w.monitor[0] = add_monitor(w.db, "ams1.mon.example");
	w.monitor[1] = add_monitor(w.db, "fra1.mon.example");
	w.monitor[2] = add_monitor(w.db, "nyc1.mon.example");
	return w;
}

static void end(struct world *w)
{
	settings_free(w->settings);
	db_close(w->db);
}

/* What monitor i found some minutes ago; NaN: no answer. */
static struct log_row check(const struct world *w, int i, int ago,
			    double offset_s, double score)
{
	struct log_row row = {
		.server_id = w->server,
		.monitor_id = w->monitor[i],
		.at_ms = NOW - ago * MINUTE,
		.taken_ms = NOW - ago * MINUTE,
		.offset_s = offset_s,
		.rtt_s = isnan(offset_s) ? offset_s : 0.0123456,
		.stratum = isnan(offset_s) ? -1 : 2,
		.leap = isnan(offset_s) ? -1 : 0,
		.samples = 3,
		.lost = isnan(offset_s) ? 3 : 0,
		.root_delay_s = (double)NAN,
		.root_disp_s = (double)NAN,
		.refid = -1,
		.profile = "classic",
		.step = isnan(offset_s) ? -5 : 1,
		.score = score,
		.voice = PAIR_ACTIVE,
		.counts = true,
	};

	strcpy(row.rule, isnan(offset_s)          ? "no-response"
			 : fabs(offset_s) > 0.025 ? "offset-25ms"
						  : "good");
	return row;
}

static void put(struct world *w, struct log_row row)
{
	struct pair p = {
		.server_id = w->server,
		.monitor_id = row.monitor_id,
		.score = row.score,
		.strict_score = row.score,
		.score_ms = row.at_ms,
		.offset_s = row.offset_s,
		.rtt_s = row.rtt_s,
		.root_dist_s = (double)NAN,
		.stratum = row.stratum,
	};

	assert_int_equal(log_insert(w->db, &row), 0);
	if (row.monitor_id == w->scorer)
		return;
	assert_int_equal(pair_set_state(w->db, w->server, row.monitor_id,
					PAIR_ACTIVE, 0),
			 0);
	assert_int_equal(pair_set_score(w->db, &p), 0);
}

static void put_public(struct world *w, double score, int64_t out_since_ms)
{
	struct public_score p = {.score = score,
				 .strict_score = (double)NAN,
				 .score_ms = NOW - MINUTE,
				 .stratum = 2,
				 .out_since_ms = out_since_ms};

	assert_int_equal(public_score_set(w->db, w->server, &p), 0);
}

static void get(struct world *w, struct visit *v, const char *target)
{
	visit(v, w->db, w->settings, "GET", target, NULL);
}

#define HAS(text) assert_non_null(strstr(visit_body(&v), (text)))
#define HAS_NOT(text) assert_null(strstr(visit_body(&v), (text)))

static void test_a_good_server(void **state)
{
	struct world w = begin();
	struct visit v;

	(void)state;
	put(&w, check(&w, 0, 3, 0.0005, 19.8));
	put(&w, check(&w, 1, 2, -0.0021, 19.7));
	put(&w, check(&w, 2, 1, 0.001, 19.5));
	put_public(&w, 19.7, 0);
	get(&w, &v, "/scores/192.0.2.1");
	assert_int_equal(v.rs.status, 200);
	assert_int_equal(v.rs.max_age_s, 54); /* a tenth of 9 minutes */
	HAS("<h1>192.0.2.1</h1>");
	HAS("<p class=\"verdict good\">Score +19.7. In the pool. 3 of 3 active "
	    "monitors reach it; the largest offset is \xE2\x88\x92"
	    "2.10 ms.</p>");
	HAS("<a href=\"/zone/@\">Zone @</a>");
	HAS("<svg class=\"chart\"");
	HAS("<a href=\"/scores/rules#good\">good</a>");
	HAS("<th scope=\"row\">ams1.mon.example</th><td>Place of "
	    "ams1.mon.example</td><td>active");
	HAS_NOT("What to do");
	visit_done(&v);
	get(&w, &v, "/scores/192.0.2.1?window=7d");
	HAS("Nothing was measured in the last 7 days."); /* not rolled up yet */
	visit_done(&v);
	end(&w);
}

static void test_why_it_is_out_and_what_to_do(void **state)
{
	struct world w = begin();
	struct visit v;

	(void)state;
	put(&w, check(&w, 0, 3, (double)NAN, 3.1));
	put(&w, check(&w, 1, 2, (double)NAN, 4.1));
	put(&w, check(&w, 2, 1, 0.001, 19.5));
	put_public(&w, 4.1, NOW - 90 * MINUTE);
	get(&w, &v, "/scores/192.0.2.1");
	HAS("<p class=\"verdict bad\">Score +4.1. Not in the pool since "
	    "2027-01-15 06:30 UTC, because 2 of 3 monitors got no answer.</p>");
	HAS("What to do");
	HAS("UDP port 123");
	HAS("ntpdate -q 192.0.2.1");
	HAS("1 of 3 monitors has no such complaint");
	HAS("Of the last 9 packets 6 were lost (66 %)");
	HAS("After 10 good checks in a row it is back at 10");
	visit_done(&v);

	get(&w, &v, "/scores/192.0.2.1/why?format=json");
	assert_string_equal(v.rs.type, "application/json");
	HAS("\"rule\":\"no-response\"");
	HAS("\"complain\":2");
	HAS("\"score\":4.1");
	visit_done(&v);
	get(&w, &v, "/scores/192.0.2.1/why");
	assert_non_null(strstr(v.rs.type, "text/plain"));
	HAS("192.0.2.1: Score +4.1. Not in the pool");
	visit_done(&v);
	end(&w);
}

/* A figure has its unit in the sentence that tells of it. */
static void test_how_far_off_it_is(void **state)
{
	struct world w = begin();
	struct log_row row;
	struct visit v;

	(void)state;
	for (int i = 0; i < 3; i++) {
		row = check(&w, i, 3 - i, i ? 0.12 : -0.14, 9);
		strcpy(row.rule, "offset-100ms");
		put(&w, row);
	}
	put_public(&w, 9, NOW - 90 * MINUTE);
	get(&w, &v, "/scores/192.0.2.1");
	HAS("because 3 of 3 monitors found its time more than 100 ms off (up "
	    "to −140.0 ms).</p>");
	HAS("After 2 good checks in a row");
	visit_done(&v);
	end(&w);
}

static void test_states_other_than_in_and_out(void **state)
{
	struct world w = begin();
	struct visit v;

	(void)state;
	get(&w, &v, "/scores/192.0.2.1");
	HAS("Not measured yet");
	visit_done(&v);
	put_public(&w, 20, 0);
	assert_int_equal(server_set_kbit(w.db, w.server, 0), 0);
	get(&w, &v, "/scores/192.0.2.1");
	HAS("monitored only");
	visit_done(&v);
	assert_int_equal(server_set_kbit(w.db, w.server, 1000), 0);
	assert_int_equal(server_set_paused(w.db, w.server, NOW + 60 * MINUTE),
			 0);
	get(&w, &v, "/scores/192.0.2.1");
	HAS("Paused by its operator until 2027-01-15 09:00 UTC");
	visit_done(&v);
	assert_int_equal(
		server_set_delete_on(w.db, w.server, NOW + 3 * 1440 * MINUTE),
		0);
	get(&w, &v, "/scores/192.0.2.1");
	HAS("until it is deleted on 2027-01-18.");
	HAS("This server is to be deleted on 2027-01-18.");
	visit_done(&v);
	assert_int_equal(server_set_deleted(w.db, w.server, NOW - MINUTE), 0);
	get(&w, &v, "/scores/192.0.2.1");
	HAS("Deleted from the pool on 2027-01-15.");
	visit_done(&v);
	/* Half a year later the history is not shown, after three years nothing. */
	assert_int_equal(server_set_deleted(w.db, w.server,
					    NOW - 200 * INT64_C(86400000)),
			 0);
	get(&w, &v, "/scores/192.0.2.1");
	HAS_NOT("History");
	visit_done(&v);
	get(&w, &v, "/scores/192.0.2.1/log");
	assert_int_equal(v.rs.status, 404);
	visit_done(&v);
	assert_int_equal(server_set_deleted(w.db, w.server,
					    NOW - 1100 * INT64_C(86400000)),
			 0);
	get(&w, &v, "/scores/192.0.2.1");
	assert_int_equal(v.rs.status, 404);
	visit_done(&v);
	end(&w);
}

/* A monitor whose clock was wrong is heard nowhere, and the page says so. */
static void test_what_does_not_count(void **state)
{
	struct world w = begin();
	struct log_row row = check(&w, 0, 1, (double)NAN, 0);
	struct visit v;

	(void)state;
	row.counts = false;
	put(&w, row);
	put(&w, check(&w, 1, 2, 0.001, 19.5));
	assert_int_equal(monitor_set_clock(w.db, w.monitor[0], false, 2.5,
					   "it is 2.5 s off", NOW),
			 0);
	put_public(&w, 19.5, 0);
	get(&w, &v, "/scores/192.0.2.1");
	HAS("1 of 1 active monitors reach it");
	HAS("not counted");
	HAS("its own clock is wrong");
	HAS("<desc id=\"losses-d\">From 2027-01-14 08:00 UTC to 2027-01-15 "
	    "08:00 UTC. 0 of 3 requests were lost.</desc>");
	visit_done(&v);
	end(&w);
}

/* The bytes that munin, nagios and others read. */
static void test_csv_is_the_real_pools(void **state)
{
	struct world w = begin();
	struct log_row row = check(&w, 0, 1, 0.001234567891, 19.123456789123);
	struct visit v;
	char want[400];

	(void)state;
	put(&w, check(&w, 1, 2, (double)NAN, -5));
	strcpy(row.error, "a,\"b\"\x01");
	row.leap = 3;
	put(&w, row);
	row = check(&w, 0, 0, (double)NAN, 1.5);
	row.monitor_id = w.scorer;
	strcpy(row.rule, "median");
	put(&w, row);

	get(&w, &v, "/scores/192.0.2.1/log?monitor=*");
	assert_int_equal(v.rs.status, 200);
	assert_true(v.rs.cors);
	assert_int_equal(v.rs.max_age_s, 54);
	snprintf(want, sizeof want,
		 "ts_epoch,ts,offset,step,score,monitor_id,monitor_name,rtt,"
		 "leap,error\n"
		 "1800000000,2027-01-15 08:00:00,,-5,1.5,%d,recentmedian,,,\n"
		 "1799999940,2027-01-15 07:59:00,0.001234568,1,19.123456789,%d,"
		 "ams1,12.346,3,\"a,\"\"b\"\"<0x01>\"\n"
		 "1799999880,2027-01-15 07:58:00,,-5,-5,%d,fra1,,,\n",
		 (int)w.scorer, (int)w.monitor[0], (int)w.monitor[1]);
	assert_string_equal(visit_body(&v), want);
	visit_done(&v);

	/* The median alone by default; a monitor by number or short name. */
	get(&w, &v, "/scores/192.0.2.1/log");
	HAS("recentmedian");
	HAS_NOT("ams1");
	visit_done(&v);
	get(&w, &v, "/scores/192.0.2.1/log?monitor=fra1");
	HAS(",fra1,");
	HAS_NOT("ams1");
	visit_done(&v);
	get(&w, &v, "/scores/192.0.2.1/log?monitor=fra");
	assert_int_equal(v.rs.status, 404);
	visit_done(&v);
	/* After a time, the oldest first; no more than asked for. */
	get(&w, &v, "/scores/192.0.2.1/log?monitor=*&since=1799999880&limit=1");
	HAS(",ams1,");
	HAS_NOT(",fra1,");
	HAS_NOT("recentmedian");
	visit_done(&v);
	get(&w, &v, "/scores/192.0.2.9/log");
	assert_int_equal(v.rs.status, 404);
	visit_done(&v);
	end(&w);
}

static void test_json_is_the_real_pools(void **state)
{
	struct world w = begin();
	struct visit v;
	char want[600];

	(void)state;
	put(&w, check(&w, 0, 1, 0.00125, 19.12345678912345));
	put(&w, check(&w, 1, 2, (double)NAN, -5));
	put_public(&w, 7.77, NOW);
	get(&w, &v, "/scores/192.0.2.1/json?monitor=*");
	assert_string_equal(v.rs.type, "application/json");
	assert_true(v.rs.cors);
	snprintf(
		want, sizeof want,
		"{\"history\":[{\"ts\":1799999940,\"offset\":0.00125,"
		"\"step\":1,\"score\":19.123456789123,\"monitor_id\":%d,"
		"\"rtt\":12.346},{\"ts\":1799999880,\"step\":-5,\"score\":-5,"
		"\"monitor_id\":%d}],\"monitors\":[{\"id\":%d,\"name\":"
		"\"ams1\",\"type\":\"monitor\",\"ts\":\"2027-01-15T07:59:00Z\","
		"\"score\":19.1,\"status\":\"active\",\"avg_rtt\":12.346},"
		"{\"id\":%d,\"name\":\"fra1\",\"type\":\"monitor\",\"ts\":"
		"\"2027-01-15T07:58:00Z\",\"score\":-5,\"status\":\"active\"}],"
		"\"server\":{\"ip\":\"192.0.2.1\"}}\n",
		(int)w.monitor[0], (int)w.monitor[1], (int)w.monitor[0],
		(int)w.monitor[1]);
	assert_string_equal(visit_body(&v), want);
	visit_done(&v);
	get(&w, &v, "/scores/192.0.2.1/monitors");
	HAS("{\"monitors\":[{\"id\":");
	HAS("\"score\":7.8,\"name\":\"recentmedian\"");
	HAS("\"type\":\"score\"");
	visit_done(&v);
	get(&w, &v, "/scores/192.0.2.1.svg");
	assert_string_equal(v.rs.type, "image/svg+xml");
	HAS("NTP pool: +7.8 low score");
	visit_done(&v);
	end(&w);
}

/* Whatever servers and strangers say comes out as text. */
/* What the zoom draws: as the pictures, a lost check has no offset. */
static void test_points(void **state)
{
	struct world w = begin();
	struct visit v;

	(void)state;
	put(&w, check(&w, 0, 2, 0.00125, 19.1234));
	put(&w, check(&w, 0, 1, (double)NAN, 13.5));
	put(&w, check(&w, 1, 1, -0.5, -5));
	put_public(&w, 7.77, NOW);
	get(&w, &v, "/scores/192.0.2.1/points?window=1h");
	assert_int_equal(v.rs.status, 200);
	assert_string_equal(v.rs.type, "application/json");
	assert_string_equal(
		visit_body(&v),
		"{\"from\":1799996400,\"to\":1800000000,\"series\":["
		"{\"name\":\"ams1.mon.example\",\"overall\":false,\"points\":"
		"[[1799999880,0.00125,19.123],[1799999940,null,13.5]]},"
		"{\"name\":\"fra1.mon.example\",\"overall\":false,\"points\":"
		"[[1799999940,-0.5,-5]]}]}");
	visit_done(&v);
	get(&w, &v, "/scores/192.0.2.99/points");
	assert_int_equal(v.rs.status, 404);
	visit_done(&v);
	end(&w);
}

static void test_hostile_texts(void **state)
{
	static const char evil[] = "<script>\"'&\xE2\x80\xAE";
	struct world w = begin();
	struct log_row row = check(&w, 0, 1, (double)NAN, 0);
	struct visit v;
	static const char *const targets[] = {
		"/scores/192.0.2.1",    "/scores/192.0.2.1/why",
		"/scores/?q=192",       "/scores/?q=%3Cscript%3E%22",
		"/scores/%3Cscript%3E",
	};

	(void)state;
	strcpy(row.error, evil);
	put(&w, row);
	assert_int_equal(server_set_hostname(w.db, w.server, evil), 0);
	assert_int_equal(server_set_comment(w.db, w.server, evil), 0);
	for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
		get(&w, &v, targets[i]);
		if (strstr(v.rs.type, "text/html")) {
			HAS_NOT("<script");
			HAS_NOT("\xE2\x80\xAE");
		}
		visit_done(&v);
	}
	end(&w);
}

/* Down through 10 and up again; an audit row; nothing that is nobody's business. */
static void test_feed(void **state)
{
	struct world w = begin();
	struct audit a = {.at_ms = NOW - 3600000, .source = "web"};
	const double scores[] = {12, 11, 9, 8, 10.5, 12};
	struct visit v;

	(void)state;
	for (int i = 0; i < 6; i++) {
		struct log_row row =
			check(&w, 0, 6 - i, (double)NAN, scores[i]);

		row.monitor_id = w.scorer;
		strcpy(row.rule, LOG_RULE_MEDIAN);
		put(&w, row);
	}
	a.server_id = w.server;
	strcpy(a.action, "server.pause");
	strcpy(a.detail, "{\"was\":0,\"is\":1800000000000}");
	assert_int_equal(audit_add(w.db, &a), 0);
	strcpy(a.action, "server.netspeed");
	assert_int_equal(audit_add(w.db, &a), 0);
	get(&w, &v, "/scores/192.0.2.1/feed");
	assert_string_equal(v.rs.type, "application/atom+xml; charset=utf-8");
	HAS("<title>192.0.2.1: score +9.0, too low for the pool</title>");
	HAS("<title>192.0.2.1: score +10.5, good enough for the pool</title>");
	HAS("<title>192.0.2.1 is paused: measured, but not handed out</title>");
	HAS_NOT("netspeed");
	HAS_NOT("+8.0");
	HAS_NOT("+12.0");
	visit_done(&v);
	get(&w, &v, "/scores/192.0.2.99/feed");
	assert_int_equal(v.rs.status, 404);
	visit_done(&v);
	end(&w);
}

static void test_search(void **state)
{
	struct world w = begin();
	struct visit v;

	(void)state;
	get(&w, &v, "/scores/?q=192.0.2.1");
	assert_int_equal(v.rs.status, 303);
	assert_string_equal(v.rs.location, "/scores/192.0.2.1");
	visit_done(&v);
	get(&w, &v, "/scores/?q=192.0");
	HAS("href=\"/scores/192.0.2.1\"");
	visit_done(&v);
	get(&w, &v, "/scores/?q=19");
	HAS("Type at least 3 characters");
	HAS_NOT("href=\"/scores/192.0.2.1\"");
	visit_done(&v);
	/* Without a word only those who want to be seen. */
	get(&w, &v, "/scores/");
	HAS_NOT("href=\"/scores/192.0.2.1\"");
	visit_done(&v);
	assert_int_equal(db_run(w.db, "UPDATE account SET public = 1", DB_NONE),
			 1);
	get(&w, &v, "/scores/");
	HAS("href=\"/scores/192.0.2.1\"");
	visit_done(&v);
	get(&w, &v, "/scores/?q=nobody");
	HAS("No server of this pool has \"nobody\"");
	visit_done(&v);
	get(&w, &v, "/scores/rules");
	HAS("<tr id=\"kiss-deny\"><th scope=\"row\">kiss-deny</th><td>-10.00, "
	    "and the score is at most -50</td>");
	HAS("<tr id=\"good\"><th scope=\"row\">good</th><td>+1.00</td>");
	for (int i = 0; i < SCORE_RULES; i++)
		HAS(score_rule_name((enum score_rule)i));
	visit_done(&v);
	end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_good_server),
		cmocka_unit_test(test_why_it_is_out_and_what_to_do),
		cmocka_unit_test(test_how_far_off_it_is),
		cmocka_unit_test(test_states_other_than_in_and_out),
		cmocka_unit_test(test_what_does_not_count),
		cmocka_unit_test(test_csv_is_the_real_pools),
		cmocka_unit_test(test_json_is_the_real_pools),
		cmocka_unit_test(test_points),
		cmocka_unit_test(test_hostile_texts),
		cmocka_unit_test(test_feed),
		cmocka_unit_test(test_search),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
