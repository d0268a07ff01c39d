/* SPDX-License-Identifier: BSD-2-Clause */
/* Jobs by the clock, and the snapshot that they write. */
#include "pool/book/jobs.h"

#include <errno.h>
#include <unistd.h>

#include "base/container.h"
#include "pool/book/publish.h"
#include "pool/book/server.h"
#include "pool_book.h"
#include "scratch.h"

struct jobs_world {
	struct log log;
	unsigned lines;
	struct book_world *w;
	struct jobs jobs;
	void *scratch;
};

/* What the jobs complain about is worth reading when a test fails. */
static void to_stderr(struct log *log, enum log_level level, const char *text)
{
	struct jobs_world *j = CONTAINER_OF(log, struct jobs_world, log);

	(void)level;
	j->lines++;
	fprintf(stderr, "# %s\n", text);
}

static int setup(void **state)
{
	struct jobs_world *j = calloc(1, sizeof *j);
	void *world;

	assert_int_equal(book_setup(&world), 0);
	assert_int_equal(scratch_enter(&j->scratch), 0);
	j->w = world;
	free(j->w->set->snapshot);
	j->w->set->snapshot = strdup("zones.snap");
	free(j->w->set->domain);
	j->w->set->domain = strdup("pool.example.org");
	j->w->set->name_servers = calloc(2, sizeof(char *));
	j->w->set->name_servers[0] = strdup("ns1.example.net");
	j->log =
		(struct log){.write = to_stderr, .threshold = LOG_LEVEL_NOTICE};
	j->jobs =
		(struct jobs){.db = j->w->db, .set = j->w->set, .log = &j->log};
	*state = j;
	return 0;
}

static int teardown(void **state)
{
	struct jobs_world *j = *state;
	void *world = j->w;

	scratch_leave(&j->scratch);
	book_teardown(&world);
	free(j);
	return 0;
}

/* What pooldns would see: how many servers of IPv4 a zone has, -1: no snapshot. */
static int own_v4(const char *zone)
{
	const struct snapshot_name *name;
	struct snapshot s;
	char why[200];
	struct text t = text_init(why, sizeof why);
	void *data;
	int n;

	if (access("zones.snap", F_OK) < 0)
		return -1;
	if (snapshot_read("zones.snap", NULL, &data, &s, &t) < 0)
		fail_msg("%s", why);
	name = snapshot_find(&s, zone);
	n = name ? (int)s.zone[name->target].own[SNAPSHOT_V4]
		 : (int)s.zone[0].own[SNAPSHOT_V4];
	free(data);
	return n;
}

static int64_t in_pool(struct book_world *w, const char *address,
		       const char *country)
{
	int64_t id = add_server(w->db, w->account, address);

	assert_verdict(book_server_country(w->db, &w->staff, id, country, T0),
		       BOOK_OK);
	set_score(w->db, id, 20, T0);
	return id;
}

static void changes_are_published_at_once(void **state)
{
	struct jobs_world *j = *state;
	struct book_world *w = j->w;
	int64_t one, two, now = T0;

	jobs_run(&j->jobs, now);
	assert_int_equal(j->jobs.failures, 0);
	assert_int_equal(own_v4("de"), 0);

	one = in_pool(w, "62.1.2.3", "de");
	two = in_pool(w, "62.1.3.3", "de");
	in_pool(w, "62.1.4.3", "fr");
	jobs_run(&j->jobs, ++now);
	assert_int_equal(own_v4("de"), 2);
	assert_int_equal(own_v4("fr"), 1);
	assert_int_equal(own_v4("europe"), 3);
	assert_int_equal(own_v4("@"), 3);

	assert_verdict(book_server_netspeed(w->db, &w->owner, one, 0, now),
		       BOOK_OK);
	jobs_run(&j->jobs, ++now);
	assert_int_equal(own_v4("de"), 1);

	/* A score waits for the next time. */
	set_score(w->db, two, 9, now);
	jobs_run(&j->jobs, ++now);
	assert_int_equal(own_v4("de"), 1);
	jobs_run(&j->jobs, now + 60000);
	assert_int_equal(own_v4("de"), 0);
}

static void members_of_zones_fit(void **state)
{
	struct jobs_world *j = *state;
	struct book_world *w = j->w;
	char why[200];
	struct text t = text_init(why, sizeof why);
	struct publish p;

	in_pool(w, "62.1.2.3", "de");
	in_pool(w, "2a00:1450::1", "de");
	add_server(w->db, w->account, "62.1.9.9"); /* not measured yet */
	in_pool(w, "62.1.4.3", "jp");
	assert_int_equal(publish_load(&p, w->db, w->set, T0, &t), 0);
	assert_int_equal(p.in.n_server, 3);
	assert_string_equal(p.zone[0].name, "@");
	assert_int_equal(p.zone[0].n_member, 3);
	for (size_t i = 0; i < p.in.n_zone; i++) {
		const struct zone_row *z = &p.zone[i];

		assert_true(z->parent < (int)i);
		if (strcmp(z->name, "de") == 0) {
			assert_int_equal(z->n_member, 2);
			assert_int_equal(z->member[0], 0);
			assert_int_equal(z->member[1], 1);
			assert_string_equal(p.zone[z->parent].name, "europe");
		} else if (strcmp(z->name, "asia") == 0) {
			assert_int_equal(z->n_member, 1);
			assert_int_equal(z->member[0], 2);
		}
	}
	assert_string_equal(why, "");
	publish_done(&p);
}

static void places_come_from_rules_and_the_file(void **state)
{
	struct jobs_world *j = *state;
	struct book_world *w = j->w;
	struct zone_record campus = {
		.name = "campus", .title = "Campus", .kind = "custom"};
	struct zone_rule rule = {.kind = "subnet", .value = "10.1.0.0/16"};
	char why[200];
	struct text t = text_init(why, sizeof why);
	struct zone_record global;
	struct publish p;
	FILE *f = fopen("places", "w");

	fputs("192.0.2.0/24 de\n198.51.100.0/24 nowhere\n", f);
	fclose(f);
	w->set->places = strdup("places");
	assert_int_equal(zone_by_name(w->db, "@", &global), 1);
	campus.parent_id = global.id;
	assert_verdict(book_zone_add(w->db, w->set, &w->staff, &campus, T0,
				     &campus.id),
		       BOOK_OK);
	rule.zone_id = campus.id;
	assert_verdict(
		book_zone_rule_add(w->db, &w->staff, &rule, T0, &rule.id),
		BOOK_OK);
	assert_int_equal(publish_load(&p, w->db, w->set, T0, &t), 0);
	assert_int_equal(p.in.n_place, 2);
	assert_string_equal(p.zone[p.place[0].zone].name, "campus");
	assert_int_equal(p.place[0].prefix, 16);
	assert_string_equal(p.zone[p.place[1].zone].name, "de");
	publish_done(&p);

	f = fopen("places", "w");
	fputs("nonsense\n", f);
	fclose(f);
	assert_int_equal(publish_load(&p, w->db, w->set, T0, &t), 0);
	assert_int_equal(p.in.n_place, 1);
	assert_non_null(strstr(why, "places:1"));
	publish_done(&p);
}

/* www is a name in the zone only when it leads somewhere else. */
static void www(void **state)
{
	static const struct {
		const char *url, *web;
	} cases[] = {
		{"https://www.pool.example.org", NULL},
		{"https://pool.example.org", NULL},
		{"http://127.0.0.1:8123", NULL},
		{"https://[2001:db8::1]:8123", NULL},
		{"https://pages.example.net:8443/x", "pages.example.net"},
		{"https://www.pool.example.org.evil.org",
		 "www.pool.example.org.evil.org"},
	};
	struct jobs_world *j = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct publish p;
		char why[100];
		struct text t = text_init(why, sizeof why);

		free(j->w->set->web_url);
		j->w->set->web_url = strdup(cases[i].url);
		assert_int_equal(publish_load(&p, j->w->db, j->w->set, T0, &t),
				 0);
		if (cases[i].web)
			assert_string_equal(p.in.origin.web, cases[i].web);
		else
			assert_null(p.in.origin.web);
		publish_done(&p);
	}
}

/* The folder is gone, the old snapshot stays in use; it is tried again. */
static void a_failing_job_holds_nobody_up(void **state)
{
	struct jobs_world *j = *state;
	struct book_world *w = j->w;

	free(w->set->snapshot);
	w->set->snapshot = strdup("no/such/folder/zones.snap");
	jobs_run(&j->jobs, T0);
	assert_int_equal(j->jobs.failures, 1);
	assert_true(count_rows(w->db, "SELECT count(*) FROM zone") > 200);
	free(w->set->snapshot);
	w->set->snapshot = strdup("zones.snap");
	jobs_run(&j->jobs, T0 + 60000);
	assert_int_equal(j->jobs.failures, 1);
	assert_int_equal(own_v4("@"), 0);
}

/* A host that is named as a zone stops the building: that is said once. */
static void zones_that_cannot_be_built(void **state)
{
	struct jobs_world *j = *state;
	struct book_world *w = j->w;
	struct publish_state s;
	int64_t now = T0, id;

	jobs_run(&j->jobs, now);
	id = in_pool(w, "62.1.2.3", "de");
	free(w->set->name_servers[0]);
	w->set->name_servers[0] = strdup("de.pool.example.org=192.0.2.1");
	for (int i = 0; i < 100; i++)
		jobs_run(&j->jobs, now += 500);
	assert_int_equal(j->lines, 2); /* what, and that it is tried again */
	assert_true(j->jobs.failures <= 2);
	assert_int_equal(own_v4("de"), 0); /* the old one stays in use */
	assert_int_equal(publish_last(w->db, &s), 0);
	assert_string_equal(s.wrong, "de: means two things");
	assert_int_equal(s.built_ms, T0);
	assert_false(publish_is_late(&s, w->set, now));
	assert_true(publish_is_late(&s, w->set, T0 + HOUR_MS));

	/* The next change is tried at once, and the next minute it works. */
	assert_verdict(book_server_netspeed(w->db, &w->staff, id, 5000, now),
		       BOOK_OK);
	jobs_run(&j->jobs, ++now);
	assert_int_equal(j->lines, 2);
	free(w->set->name_servers[0]);
	w->set->name_servers[0] = strdup("ns1.pool.example.org=192.0.2.1");
	jobs_run(&j->jobs, now += 60000);
	assert_int_equal(own_v4("de"), 1);
	assert_int_equal(publish_last(w->db, &s), 0);
	assert_string_equal(s.wrong, "");
	assert_int_equal(s.built_ms, now);
	assert_int_equal(j->lines, 3); /* works again */
}

/* Set back by a year, the clock still makes the jobs run. */
static void a_clock_that_jumps(void **state)
{
	struct jobs_world *j = *state;
	int64_t year = INT64_C(365) * 86400000;

	jobs_run(&j->jobs, T0 + year);
	in_pool(j->w, "62.1.2.3", "de");
	jobs_run(&j->jobs, T0);
	assert_int_equal(own_v4("de"), 1);
	set_score(j->w->db, 1, 0, T0);
	jobs_run(&j->jobs, T0 + 60000);
	assert_int_equal(own_v4("de"), 0);
}

/* --- what nobody needs any more goes ------------------------------------------- */

#define DAY (24 * HOUR_MS)

/* A row of each kind that is of T0, and for how long it is kept. */
/* clang-format off */
static const struct {
	const char *table, *insert;
	int64_t life_ms;
} mortal[] = {
	{"throttle", "INSERT INTO throttle (name, tries, until_ms)"
		" VALUES ('login:x', 1, $1)", 0},
	{"session", "INSERT INTO session (hash, created_ms, seen_ms, expires_ms)"
		" VALUES ('a', $1, $1, $1)", 0},
	{"mail_token", "INSERT INTO mail_token (hash, purpose, email, expires_ms)"
		" VALUES ('a', 'reset', '', $1)", 0},
	{"candidate", "INSERT INTO candidate (account_id, asked, asked_ms, state)"
		" VALUES (1, 'x', $1, 'good')", DAY},
	{"batch", "INSERT INTO batch (id, monitor_id, given_ms)"
		" SELECT 'a', MAX(id), $1 FROM monitor", 7 * DAY},
	{"person", "INSERT INTO person (email, password, created_ms)"
		" VALUES ('late@example.org', '', $1)", 7 * DAY},
	{"verification", "INSERT INTO verification (server_id, method, token, created_ms, expires_ms)"
		" VALUES (1, 'http', 'a', $1, $1)", 30 * DAY},
	{"outbox", "INSERT INTO outbox (kind, target, body, queued_ms, due_ms, done_ms)"
		" VALUES ('mail', 'x', '', $1, $1, $1)", 30 * DAY},
};
/* clang-format on */

static int64_t how_many(struct db *db, const char *table)
{
	char sql[64];

	snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", table);
	return count_rows(db, sql);
}

static void assert_who_is_left(struct db *db, int64_t people, int64_t age_ms)
{
	for (size_t i = 0; i < ARRAY_LEN(mortal); i++) {
		const char *table = mortal[i].table;
		int64_t n = how_many(db, table) -
			    (strcmp(table, "person") == 0 ? people : 0);

		if (n != (age_ms < mortal[i].life_ms))
			fail_msg("%s: %lld rows after %lld hours", table,
				 (long long)n, (long long)(age_ms / HOUR_MS));
	}
}

/* Cleaning is once an hour. */
static void what_is_old_goes(void **state)
{
	struct jobs_world *j = *state;
	struct db *db = j->w->db;
	int64_t people = how_many(db, "person");

	add_server(db, j->w->account, "62.1.2.3");
	assert_int_equal(db_run(db,
				"INSERT INTO monitor (name, created_ms)"
				" VALUES ('m', $1)",
				DB(db_int(T0))),
			 1);
	for (size_t i = 0; i < ARRAY_LEN(mortal); i++)
		assert_int_equal(db_run(db, mortal[i].insert, DB(db_int(T0))),
				 1);
	for (size_t i = 0; i < ARRAY_LEN(mortal); i++) {
		int64_t life = mortal[i].life_ms;

		if (i > 0 && life == mortal[i - 1].life_ms)
			continue;
		jobs_run(&j->jobs, T0 + life - HOUR_MS);
		assert_who_is_left(db, people, life - HOUR_MS);
		jobs_run(&j->jobs, T0 + life + HOUR_MS);
		assert_who_is_left(db, people, life + HOUR_MS);
	}
	assert_int_equal(j->jobs.failures, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(changes_are_published_at_once),
		TEST(members_of_zones_fit),
		TEST(places_come_from_rules_and_the_file),
		TEST(www),
		TEST(a_failing_job_holds_nobody_up),
		TEST(zones_that_cannot_be_built),
		TEST(a_clock_that_jumps),
		TEST(what_is_old_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
