/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pool/book/publish.h"
#include "pool/store/account.h"
#include "pool/store/history.h"
#include "pool/store/pair.h"
#include "pool_rows.h"
#include "visit.h"

/* Every page that a visitor can see, over books full of hostile texts. */

#define NOW INT64_C(1800000000000) /* visit.h's */

static const char evil[] = "<script>alert(1)</script>\"'&\xE2\x80\xAE\x1b[2J";

static int64_t hostile_server(struct db *db)
{
	struct account a = {.is_public = true, .created_ms = T0};
	int64_t account, server;

	strcpy(a.slug, "hostile");
	strcpy(a.name, evil);
	strcpy(a.organisation, evil);
	strcpy(a.url, "javascript:alert(1)");
	assert_int_equal(account_insert(db, &a, &account), 0);
	server = add_server(db, account, "192.0.2.1");
	assert_int_equal(server_set_hostname(db, server, evil), 0);
	assert_int_equal(server_set_comment(db, server, evil), 0);
	return server;
}

/* approved_ms 0: staff has not looked at it yet. */
static void add_entry(struct db *db, int stratum, const char *country,
		      const char *hostname, const char *policy,
		      int64_t approved_ms)
{
	assert_int_equal(
		db_run(db,
		       "INSERT INTO list_entry (stratum, country, hostname,"
		       " address4, location, organisation, access_policy,"
		       " contact, synchronisation, approved_ms, changed_ms)"
		       " VALUES ($1, $2, $3, '192.0.2.1', $3, $3, $4, $3, $3,"
		       " $5, $6)",
		       DB(db_int(stratum), db_text(country), db_text(hostname),
			  db_text(policy),
			  db_int_if(approved_ms != 0, approved_ms),
			  db_int(NOW))),
		1);
}

static void hostile_books(struct db *db)
{
	int64_t server = hostile_server(db), monitor, global, zone;
	struct monitor m = {
		.state = MONITOR_ACTIVE, .families = 3, .created_ms = T0};
	struct log_row row = {.server_id = server,
			      .at_ms = NOW - 1000,
			      .offset_s = (double)NAN,
			      .rtt_s = (double)NAN,
			      .stratum = 0,
			      .root_delay_s = (double)NAN,
			      .root_disp_s = (double)NAN,
			      .samples = 3,
			      .profile = "classic",
			      .counts = true};
	struct zone_record z;

	strcpy(m.name, evil);
	strcpy(m.place, evil);
	assert_int_equal(monitor_insert(db, &m, &monitor), 0);
	assert_int_equal(monitor_set_clock(db, monitor, false, 1, evil, NOW),
			 0);
	assert_int_equal(
		monitor_set_seen(db, monitor, NOW, "192.0.2.9", "<script>", 3),
		0);
	row.monitor_id = monitor;
	strcpy(row.error, evil);
	strcpy(row.rule, "<script>");
	assert_int_equal(log_insert(db, &row), 0);
	global = add_zone(db, "@", "global", 0);
	zone = add_zone(db, "de", "country", global);
	assert_int_equal(zone_by_id(db, zone, &z), 1);
	strcpy(z.title, evil);
	assert_int_equal(zone_update(db, &z), 0);
	assert_int_equal(zone_put_server(db, zone, server), 0);
	assert_int_equal(zone_count_all(db, NOW), 0);
	add_entry(db, 1, "de", evil, "OpenAccess", NOW);
}

/* A path that the pattern fits, and that leads somewhere. */
static void example_of(const char *pattern, char path[200])
{
	static const char *const words[][2] = {
		{":address", "192.0.2.1"},
		{":name", "de"},
		{":slug", "hostile"},
		{":stratum", "stratum1"},
		{":id", "1"},
	};

	*path = '\0';
	while (*pattern) {
		size_t len = strcspn(pattern + 1, "/") + 1, i = 0;
		const char *word = NULL;

		for (; i < sizeof words / sizeof *words; i++)
			if (strlen(words[i][0]) == len - 1 &&
			    strncmp(pattern + 1, words[i][0], len - 1) == 0)
				word = words[i][1];
		sprintf(path + strlen(path), "/%.*s", word ? 100 : (int)len - 1,
			word ? word : pattern + 1);
		pattern += len;
	}
}

static bool is_public(const struct route *r)
{
	return strcmp(r->method, "GET") == 0 &&
	       (r->access == PAGE_PUBLIC || r->access == PAGE_SCORES) &&
	       !strchr(r->pattern, '*');
}

/* Pages are markup; the rest is text that no browser takes for it. */
static void look_for_leaks(const struct visit *v, const char *path)
{
	if (strstr(v->rs.type, "text/html") || strstr(v->rs.type, "svg")) {
		if (strstr(visit_body(v), "<script>") ||
		    strstr(visit_body(v), "\xE2\x80\xAE") ||
		    strchr(visit_body(v), '\x1b') ||
		    strstr(visit_body(v), "href=\"javascript"))
			fail_msg("%s leaks: %s", path, visit_body(v));
	} else if (strstr(v->rs.type, "text/plain") &&
		   strchr(visit_body(v), '\x1b')) {
		fail_msg("%s leaks an escape", path);
	}
}

static void test_no_page_leaks_markup(void **state)
{
	struct pool_settings *settings = settings_new();
	struct db *db = db_for_test();
	unsigned pages = 0;

	(void)state;
	hostile_books(db);
	for (const struct route *r = routes; r->method; r++) {
		char path[200];
		struct visit v;

		if (!is_public(r))
			continue;
		example_of(r->pattern, path);
		strcat(path, "?monitor=*");
		visit(&v, db, settings, "GET", path, NULL);
		if (v.rs.status >= 500)
			fail_msg("%s: %d", path, v.rs.status);
		look_for_leaks(&v, path);
		pages += v.rs.status == 200;
		visit_done(&v);
	}
	assert_true(pages >= 16);
	settings_free(settings);
	db_close(db);
}

#define HAS(text) assert_non_null(strstr(visit_body(&v), (text)))
#define HAS_NOT(text) assert_null(strstr(visit_body(&v), (text)))

static void test_zone(void **state)
{
	struct pool_settings *settings = settings_new();
	struct db *db = db_for_test();
	int64_t global = add_zone(db, "@", "global", 0);
	int64_t zone = add_zone(db, "europe", "continent", global);
	int64_t account = add_account(db, "a");
	struct visit v;

	(void)state;
	for (int i = 0; i < 6; i++) {
		char address[32];
		int64_t server;

		sprintf(address, "192.0.2.%d", i + 1);
		server = add_server(db, account, address);
		set_score(db, server, i ? 20 : 9.9, NOW);
		assert_int_equal(zone_put_server(db, zone, server), 0);
	}
	visit(&v, db, settings, "GET", "/zone/europe", NULL);
	assert_int_equal(v.rs.status, 200);
	HAS("Part of <a href=\"/zone/@\">Zone @</a>");
	HAS("<th scope=\"row\">now</th><td class=\"number\">5</td>"
	    "<td class=\"number\">6</td>");
	/* Five are too few, and there are no others. */
	HAS("The pool is small yet");
	HAS("<pre>pool pool.example.org iburst\n</pre>");
	visit_done(&v);

	set_score(db, 1, 20, NOW);
	visit(&v, db, settings, "GET", "/zone/europe", NULL);
	HAS("<pre>pool europe.pool.example.org iburst\n</pre>");
	visit_done(&v);

	assert_int_equal(zone_count_all(db, NOW), 0);
	visit(&v, db, settings, "GET", "/zone/europe.json", NULL);
	assert_string_equal(visit_body(&v),
			    "{\"history\":[{\"d\":\"2027-01-15\",\"ts\":"
			    "1799971200,\"rc\":6,\"ac\":6,\"w\":60000,"
			    "\"iv\":\"v4\"}]}\n");
	visit_done(&v);
	/* One less than the day before. */
	set_score(db, 1, 2, NOW);
	assert_int_equal(zone_count_all(db, NOW + 86400000), 0);
	visit(&v, db, settings, "GET", "/zone/europe/feed", NULL);
	HAS("Zone europe, 2027-01-16: 5 active servers by IPv4 (-1), 0 by IPv6 "
	    "(+0)</title>");
	HAS_NOT("2027-01-15:");
	visit_done(&v);
	visit(&v, db, settings, "GET", "/zone/atlantis", NULL);
	assert_int_equal(v.rs.status, 404);
	visit_done(&v);
	settings_free(settings);
	db_close(db);
}

/* A vendor's name is the pool's under another name, and no part of the world. */
static void test_vendor_and_small_zones(void **state)
{
	struct pool_settings *settings = settings_new();
	struct db *db = db_for_test();
	int64_t global = add_zone(db, "@", "global", 0);
	int64_t europe = add_zone(db, "europe", "continent", global);
	int64_t account = add_account(db, "a");
	struct visit v;

	(void)state;
	add_zone(db, "acme", "vendor", global);
	add_zone(db, "campus", "custom", global);
	for (int i = 0; i < 7; i++) {
		char address[32];
		int64_t server;

		sprintf(address, "2001:db8::%d", i + 1);
		server = add_server(db, account, address);
		set_score(db, server, 20, NOW);
		assert_int_equal(zone_put_server(db, global, server), 0);
		if (i == 0)
			assert_int_equal(zone_put_server(db, europe, server),
					 0);
	}
	visit(&v, db, settings, "GET", "/", NULL);
	HAS("/zone/europe");
	HAS_NOT("/zone/acme");
	HAS_NOT("/zone/campus");
	visit_done(&v);
	visit(&v, db, settings, "GET", "/zone/@", NULL);
	HAS("/zone/campus");
	HAS_NOT("/zone/acme");
	visit_done(&v);
	visit(&v, db, settings, "GET", "/zone/acme", NULL);
	HAS("<strong>7</strong> servers");
	HAS("<pre>pool acme.pool.example.org iburst\n</pre>");
	visit_done(&v);
	/* IPv6 counts, and who has too few looks upwards until there are enough. */
	visit(&v, db, settings, "GET", "/zone/europe", NULL);
	HAS("take <a href=\"/zone/@\">");
	HAS("<pre>pool pool.example.org iburst\n</pre>");
	visit_done(&v);
	settings_free(settings);
	db_close(db);
}

/* The page says what is set, not what would be nice. */
static void test_dns_page(void **state)
{
	static const struct {
		const char *policy, *words, *not ;
	} cases[] = {
		{"strict", "exactly", "at most once"},
		{"local-first", "at most once", "exactly"},
		{"classic", "Only an empty zone", "gives only that part"},
	};
	struct db *db = db_for_test();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct pool_settings *settings = settings_new();
		struct visit v;

		free(settings->zone_policy);
		settings->zone_policy = strdup(cases[i].policy);
		visit(&v, db, settings, "GET", "/dns", NULL);
		HAS(cases[i].words);
		HAS_NOT(cases[i].not );
		visit_done(&v);
		settings_free(settings);
	}
	db_close(db);
}

/* Prometheus takes lines of a name, labels and a number only. */
static void test_metrics(void **arg)
{
	struct pool_settings *settings = settings_new();
	struct db *db = db_for_test();
	struct publish_state state = {.built_ms = NOW - 90000, .wrong = "x"};
	struct pair pair = {.server_id = 1,
			    .monitor_id = 1,
			    .score_ms = NOW,
			    .offset_s = 0.25,
			    .rtt_s = 0.5};
	struct visit v;
	char *line, *next;

	(void)arg;
	hostile_books(db);
	set_score(db, 1, 12.5, NOW);
	assert_int_equal(pair_set_state(db, 1, 1, 2, NOW), 0);
	assert_int_equal(pair_set_score(db, &pair), 0);
	assert_int_equal(publish_note(db, &state), 0);
	visit(&v, db, settings, "GET", "/metrics", NULL);
	HAS("\nntppool_snapshot_age_seconds 90.000\n");
	HAS("\nntppool_snapshot_ok 0\n");
	assert_non_null(strstr(v.rs.type, "version=0.0.4"));
	HAS("\nntppool_server_score{server=\"192.0.2.1\",scorer="
	    "\"recentmedian\"} 12.5\n");
	HAS("\nntppool_server_in_pool{server=\"192.0.2.1\"} 1\n");
	HAS("\nntppool_zone_servers{zone=\"de\",ip_version=\"4\",state="
	    "\"active\"} 1\n");
	HAS("\nntppool_check_offset_seconds{server=\"192.0.2.1\",monitor=");
	HAS("\"} 0.25\n# HELP ntppool_check_rtt_seconds");
	HAS("\\\"'&"); /* the monitor's name, its quote escaped */
	HAS("\"} 0.5\n");
	for (line = v.rs.body.buf.data; *line; line = next) {
		size_t len = strcspn(line, "\n");
		char name[100], *brace;
		double number;

		next = line + len + 1;
		line[len] = '\0';
		if (strncmp(line, "# HELP ntppool_", 15) == 0 ||
		    strncmp(line, "# TYPE ntppool_", 15) == 0)
			continue;
		assert_int_equal(sscanf(line, "%99[a-z_]", name), 1);
		brace = strrchr(line, '}');
		assert_int_equal(sscanf(brace ? brace + 1 : line + strlen(name),
					" %lf", &number),
				 1);
	}
	visit_done(&v);
	settings_free(settings);
	db_close(db);
}

static void test_lists(void **state)
{
	struct pool_settings *settings = settings_new();
	struct db *db = db_for_test();
	int64_t server = add_server(db, add_account(db, "a"), "192.0.2.1");
	struct visit v;

	(void)state;
	set_score(db, server, 19.5, NOW - 60000);
	add_entry(db, 1, "us", "a.example", "ClosedAccess", NOW);
	add_entry(db, 1, "ch", "z.example", "OpenAccess", NOW);
	add_entry(db, 2, "ch", "two.example", "OpenAccess", NOW);
	add_entry(db, 1, "ch", "waits.example", "OpenAccess", 0);
	visit(&v, db, settings, "GET", "/lists/stratum1", NULL);
	assert_int_equal(v.rs.status, 200);
	HAS("aria-sort=\"ascending\"><a href=\"/lists/stratum1?sort=iso\">");
	assert_true(strstr(visit_body(&v), "z.example") <
		    strstr(visit_body(&v), "a.example"));
	HAS_NOT("two.example");
	HAS_NOT("waits.example");
	HAS("<td class=\"number\">+19.5</td><td class=\"plain\">60 seconds "
	    "ago</td>");
	visit_done(&v);
	visit(&v, db, settings, "GET", "/lists/stratum1?sort=host", NULL);
	assert_true(strstr(visit_body(&v), "a.example") <
		    strstr(visit_body(&v), "z.example"));
	visit_done(&v);
	visit(&v, db, settings, "GET", "/lists/stratum2?format=json", NULL);
	HAS("\"Hostname\":\"two.example\"");
	HAS("\"AccessPolicy\":\"OpenAccess\"");
	visit_done(&v);
	visit(&v, db, settings, "GET", "/lists/stratum2?format=csv", NULL);
	HAS("\n2,\"ch\",\"two.example\",\"192.0.2.1\",");
	visit_done(&v);
	visit(&v, db, settings, "GET", "/lists/entry/1", NULL);
	HAS("<dt>Access policy</dt><dd>ClosedAccess</dd>");
	HAS("Score +19.5");
	visit_done(&v);
	visit(&v, db, settings, "GET", "/lists/entry/4", NULL);
	assert_int_equal(v.rs.status, 404); /* not approved */
	visit_done(&v);
	visit(&v, db, settings, "GET", "/lists/stratum3", NULL);
	assert_int_equal(v.rs.status, 404);
	visit_done(&v);
	settings_free(settings);
	db_close(db);
}

static void test_addresses_known_from_elsewhere(void **state)
{
	static const struct {
		const char *from, *to;
	} moves[] = {
		{"/favicon.ico", "/static/ball.svg"},
		{"/join.html", "/join"},
		{"/lists", "/lists/stratum1"},
		{"/scores", "/scores/"},
		{"/use.html", "/use"},
		{"/zone", "/zone/@"},
		{"/zone/uk", "/zone/gb"},
		{"/zone/uk.json", "/zone/gb.json"},
	};
	struct pool_settings *settings = settings_new();
	struct db *db = db_for_test();
	struct visit v;

	(void)state;
	for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
		visit(&v, db, settings, "GET", moves[i].from, NULL);
		assert_int_equal(v.rs.status, 303);
		assert_string_equal(v.rs.location, moves[i].to);
		visit_done(&v);
	}
	visit(&v, db, settings, "GET", "/robots.txt", NULL);
	assert_int_equal(v.rs.status, 200);
	assert_non_null(strstr(visit_body(&v), "Disallow: /manage\n"));
	visit_done(&v);
	settings_free(settings);
	db_close(db);
}

static void test_profile_is_public_when_it_says_so(void **state)
{
	struct pool_settings *settings = settings_new();
	struct db *db = db_for_test();
	struct visit v;

	(void)state;
	add_account(db, "private");
	hostile_server(db);
	visit(&v, db, settings, "GET", "/a/private", NULL);
	assert_int_equal(v.rs.status, 404);
	visit_done(&v);
	visit(&v, db, settings, "GET", "/a/hostile", NULL);
	assert_int_equal(v.rs.status, 200);
	HAS("href=\"/scores/192.0.2.1\"");
	HAS_NOT("javascript:"); /* only http and https are links */
	visit_done(&v);
	settings_free(settings);
	db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_page_leaks_markup),
		cmocka_unit_test(test_zone),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_vendor_and_small_zones),
		cmocka_unit_test(test_dns_page),
		cmocka_unit_test(test_metrics),
		cmocka_unit_test(test_addresses_known_from_elsewhere),
		cmocka_unit_test(test_profile_is_public_when_it_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
