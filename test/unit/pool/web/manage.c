/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/web/desk.h"

#include <math.h>
#include <sodium.h>
#include <stdlib.h>

#include "pool/book/candidate.h"
#include "pool/book/person.h"
#include "pool/book/spot.h"
#include "pool/book/team.h"
#include "pool/book/zones.h"
#include "pool/store/server.h"
#include "visit.h"

#define HOSTILE "%3Cscript%3Ealert(1)%3C/script%3E%22%27"

struct fixture {
	struct db *db;
	struct pool_settings *set;
	struct browser ann, eve, staff;
	int64_t ann_account;
	struct visit v;
};

/* Somebody who is logged in, without the way through mails. */
static void make_person(struct fixture *f, struct browser *b, const char *email,
			enum person_role role)
{
	struct actor who = {.source = "web", .address = "192.0.2.7"};
	char session[SECRET_TEXT_LEN];
	struct person p = {.confirmed_ms = VISIT_NOW, .role = role};
	int64_t team;

	*b = (struct browser){.db = f->db, .settings = f->set};
	snprintf(p.email, sizeof p.email, "%s", email);
	assert_int_equal(password_hash(f->set, "long enough", p.password), 0);
	assert_int_equal(person_insert(f->db, &p, &who.person_id), 0);
	assert_int_equal(book_team_new(f->db, &who, email, VISIT_NOW, &team),
			 BOOK_OK);
	assert_int_equal(book_log_in(f->db, f->set, &who, email, "long enough",
				     VISIT_NOW, session),
			 BOOK_OK);
	snprintf(b->cookie, sizeof b->cookie, "session=%s", session);
}

static int get(struct fixture *f, struct browser *b, const char *target)
{
	browse(b, &f->v, "GET", target, NULL);
	visit_done(&f->v);
	return f->v.rs.status;
}

static int post(struct fixture *f, struct browser *b, const char *target,
		const char *form)
{
	browse_form(b, &f->v, target, form);
	visit_done(&f->v);
	return f->v.rs.status;
}

/* Does the page at target hold the text? */
static bool shows(struct fixture *f, struct browser *b, const char *target,
		  const char *text)
{
	bool found;

	browse(b, &f->v, "GET", target, NULL);
	found = strstr(visit_body(&f->v), text) != NULL;
	visit_done(&f->v);
	return found;
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	char why[256];
	struct text t = text_init(why, sizeof why);

	if (sodium_init() < 0 || db_open("sqlite::memory:", &f->db, &t) < 0 ||
	    zones_seed(f->db) < 0)
		return -1;
	f->set = settings_new();
	f->set->password_kib = 8;
	make_person(f, &f->ann, "ann@example.org", PERSON_USER);
	make_person(f, &f->eve, "eve@example.org", PERSON_USER);
	make_person(f, &f->staff, "staff@example.org", PERSON_STAFF);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	db_close(f->db);
	settings_free(f->set);
	free(f);
	return 0;
}

/* The way of the tutorial, step 11.  Returns the server's id. */
static int64_t add_server(struct fixture *f, struct browser *b,
			  const char *address)
{
	struct candidate_check check = {.stratum = 2,
					.offset_s = 0.001,
					.rtt_s = 0.01,
					.country = "de"};
	char form[128], path[512];
	int64_t id;

	assert_int_equal(get(f, b, "/manage/add"), 200);
	snprintf(form, sizeof form, "address=%s", address);
	assert_int_equal(post(f, b, "/manage/add", form), 303);
	snprintf(path, sizeof path, "%s", f->v.rs.location);
	id = atoll(strrchr(path, '/') + 1);
	/* Not looked at yet: the page comes again. */
	browse(b, &f->v, "GET", path, NULL);
	assert_int_not_equal(f->v.rs.refresh_s, 0);
	visit_done(&f->v);
	assert_int_equal(book_candidate_checked(f->db, id, &check), BOOK_OK);
	browse(b, &f->v, "GET", path, NULL);
	assert_int_equal(f->v.rs.refresh_s, 0);
	assert_non_null(strstr(visit_body(&f->v), "<strong>Germany</strong>"));
	assert_non_null(
		strstr(visit_body(&f->v), "Yes, this is my server, add it!"));
	visit_done(&f->v);
	assert_int_equal(post(f, b, path, "country=de&comment=" HOSTILE), 303);
	return atoll(strrchr(f->v.rs.location, '/') + 1);
}

static void path_of(char path[96], int64_t server, const char *what)
{
	snprintf(path, 96, "/manage/server/%lld%s", (long long)server, what);
}

static void test_strangers_are_sent_to_log_in(void **state)
{
	struct fixture *f = *state;
	struct browser nobody = {.db = f->db, .settings = f->set};

	assert_int_equal(get(f, &nobody, "/manage"), 303);
	assert_string_equal(f->v.rs.location, "/login?next=/manage");
	assert_int_equal(get(f, &nobody, "/staff"), 303);
	assert_int_equal(get(f, &f->ann, "/staff"), 404);
	assert_int_equal(get(f, &f->staff, "/staff"), 200);
	/* No snapshot was ever built. */
	assert_true(shows(f, &f->staff, "/staff", "The DNS was last"));
	assert_int_equal(get(f, &f->ann, "/manage"), 200);
}

static void test_add_a_server(void **state)
{
	struct fixture *f = *state;
	int64_t id = add_server(f, &f->ann, "8.8.4.4");
	struct server s;
	char path[96];

	assert_int_equal(server_by_id(f->db, id, &s), 1);
	assert_string_equal(s.address, "8.8.4.4");
	assert_string_equal(s.country, "de");
	assert_true(shows(f, &f->ann, "/manage", "8.8.4.4"));
	path_of(path, id, "");
	assert_true(shows(f, &f->ann, path, "&lt;script&gt;alert(1)"));
	assert_false(shows(f, &f->ann, path, "<script>"));
	assert_true(shows(f, &f->ann, path, "Europe"));
	/* What is refused says so beside the field. */
	assert_int_equal(get(f, &f->ann, "/manage/add"), 200);
	assert_int_equal(post(f, &f->ann, "/manage/add", "address=8.8.4.4"),
			 409);
	assert_int_equal(post(f, &f->ann, "/manage/add", "address=127.0.0.1"),
			 400);
	assert_int_equal(post(f, &f->ann, "/manage/add", "address=" HOSTILE),
			 400);
}

static void test_add_many(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(get(f, &f->ann, "/manage/add/many"), 200);
	browse_form(&f->ann, &f->v, "/manage/add/many",
		    "rows=8.8.4.4,de%0A10.0.0.1%0A" HOSTILE ",de%0A");
	assert_non_null(strstr(visit_body(&f->v), "Is being looked at"));
	assert_non_null(strstr(visit_body(&f->v), "cannot be reached from"));
	assert_non_null(strstr(visit_body(&f->v), "&lt;script&gt;"));
	assert_null(strstr(visit_body(&f->v), "<script"));
	visit_done(&f->v);
	assert_int_equal(get(f, &f->staff, "/manage/add/many"), 200);
	browse_form(&f->staff, &f->v, "/manage/add/many",
		    "rows=8.8.4.4,de,500%0A8.8.8.8,jp");
	assert_non_null(strstr(visit_body(&f->v), ">In the pool</a>"));
	visit_done(&f->v);
	assert_true(shows(f, &f->staff, "/manage", "8.8.8.8"));
}

static void test_what_can_be_done_with_it(void **state)
{
	struct fixture *f = *state;
	int64_t id = add_server(f, &f->ann, "8.8.4.4");
	struct server s;
	char path[96];

	path_of(path, id, "");
	assert_int_equal(get(f, &f->ann, path), 200);
	/* Alone it would have all of the zone. */
	assert_true(shows(f, &f->ann, path,
			  ">Germany</a></th><td class=\"number\">100 %</td>"
			  "<td class=\"number\">10 Mbit/s</td>"
			  "<td class=\"number\">1000</td>"
			  "<td class=\"number\">0.98 to 16 per second"));
	/* Its own speed after the slower ones; faster ones once verified. */
	assert_true(shows(f, &f->ann, path,
			  "selected>10 Mbit/s</option>\n</select>"));
	/* It came without a name, which a record in the DNS would need. */
	assert_false(shows(f, &f->ann, path, "value=\"dns\""));
	path_of(path, id, "/netspeed");
	assert_int_equal(post(f, &f->ann, path, "kbit=1500&other="), 303);
	assert_int_equal(post(f, &f->ann, path, "kbit=1500&other=777"), 303);
	assert_int_equal(post(f, &f->ann, path, "kbit=100000"), 403);
	assert_int_equal(post(f, &f->ann, path, "kbit=x"), 400);
	path_of(path, id, "/pause");
	assert_int_equal(post(f, &f->ann, path, "hours=6"), 303);
	assert_int_equal(post(f, &f->ann, path, "hours=99999"), 400);
	path_of(path, id, "/alert");
	assert_int_equal(post(f, &f->ann, path, "below=-5.5"), 303);
	assert_int_equal(post(f, &f->ann, path, "below=nan"), 400);
	path_of(path, id, "/country");
	assert_int_equal(post(f, &f->ann, path, "country=fr"), 303);
	assert_int_equal(server_by_id(f->db, id, &s), 1);
	assert_int_equal(s.kbit, 777);
	assert_int_equal(s.paused_until_ms,
			 VISIT_NOW + INT64_C(6) * 3600 * 1000);
	assert_true(s.alert_below < -5.4 && s.alert_below > -5.6);
	assert_string_equal(s.country, "fr");

	/* What became of it, in words. */
	snprintf(path, sizeof path, "/manage/audit/%lld",
		 (long long)s.account_id);
	assert_true(shows(f, &f->ann, path,
			  ">Netspeed</th><td>8.8.4.4</td><td class=\"detail\">"
			  "1.5 Mbit/s → 777 kbit/s</td><td class=\"plain\">"
			  "ann@example.org, web "));
	assert_true(shows(f, &f->ann, path,
			  ">Paused until</th><td>8.8.4.4</td>"
			  "<td class=\"detail\">not paused → "
			  "2027-01-15 14:00 UTC"));
	assert_true(shows(f, &f->ann, path, "the pool&#39;s own → -5.5<"));
	assert_true(shows(f, &f->ann, path, "de → fr<"));
	path_of(path, id, "");
	assert_int_equal(get(f, &f->staff, path), 200);
	path_of(path, id, "/netspeed");
	assert_int_equal(post(f, &f->staff, path, "kbit=512&other="), 303);
	snprintf(path, sizeof path, "/manage/audit/%lld",
		 (long long)s.account_id);
	assert_true(shows(f, &f->ann, path,
			  "512 kbit/s</td><td class=\"plain\">staff</td>"));
	assert_true(shows(f, &f->staff, path,
			  "512 kbit/s</td><td class=\"plain"
			  "\">staff@example.org, web "));
}

static void test_leaving_and_staying(void **state)
{
	struct fixture *f = *state;
	int64_t id = add_server(f, &f->ann, "8.8.4.4");
	struct server s;
	char page[96], path[96], form[64];
	const char *date;

	path_of(page, id, "");
	browse(&f->ann, &f->v, "GET", page, NULL);
	date = strstr(visit_body(&f->v), "id=\"date\"");
	assert_non_null(date);
	date = strstr(date, "value=\"") + 7;
	snprintf(form, sizeof form, "date=%.*s", (int)strcspn(date, "\""),
		 date);
	visit_done(&f->v);
	path_of(path, id, "/delete");
	assert_int_equal(post(f, &f->ann, path, "date=12345"), 400);
	assert_int_equal(post(f, &f->ann, path, form), 303);
	assert_true(shows(f, &f->ann, page, "Stay after all"));
	path_of(path, id, "/undo");
	assert_int_equal(post(f, &f->ann, path, "x=1"), 303);
	assert_int_equal(server_by_id(f->db, id, &s), 1);
	assert_int_equal(s.delete_on_ms, 0);
}

static void test_others_cannot_even_see_it(void **state)
{
	static const char *const what[] = {
		"/netspeed", "/pause", "/delete", "/undo",         "/country",
		"/alert",    "/move",  "/verify", "/verify-again", "/probe",
	};
	struct fixture *f = *state;
	int64_t id = add_server(f, &f->ann, "8.8.4.4");
	struct server before, after;
	char path[96];

	assert_int_equal(server_by_id(f->db, id, &before), 1);
	path_of(path, id, "");
	assert_int_equal(get(f, &f->eve, path), 404);
	assert_int_equal(get(f, &f->eve, "/manage/add"), 200);
	for (size_t i = 0; i < sizeof what / sizeof *what; i++) {
		path_of(path, id, what[i]);
		assert_int_equal(
			post(f, &f->eve, path,
			     "kbit=0&hours=6&country=fr&below=1&method=http"),
			404);
	}
	assert_int_equal(server_by_id(f->db, id, &after), 1);
	assert_memory_equal(&before, &after, sizeof before);
	/* Staff may. */
	path_of(path, id, "");
	assert_int_equal(get(f, &f->staff, path), 200);
	path_of(path, id, "/netspeed");
	assert_int_equal(post(f, &f->staff, path, "kbit=100000"), 303);
}

static int64_t add_monitor(struct fixture *f, const char *name)
{
	struct monitor m = {.state = MONITOR_ACTIVE, .families = 3};
	int64_t id;

	snprintf(m.name, sizeof m.name, "%s", name);
	assert_int_equal(monitor_insert(f->db, &m, &id), 0);
	assert_int_equal(
		monitor_set_seen(f->db, id, VISIT_NOW, "192.0.2.9", "0.1", 3),
		0);
	return id;
}

/* The page fills while monitors answer, and is escaped as any other. */
static void test_probing(void **state)
{
	struct fixture *f = *state;
	int64_t id = add_server(f, &f->ann, "8.8.4.4"), spot;
	int64_t one = add_monitor(f, "ams1"), two = add_monitor(f, "ber1");
	struct spot_result r = {.monitor_id = one,
				.at_ms = VISIT_NOW,
				.offset_s = (double)NAN,
				.rtt_s = 0.0123,
				.stratum = 0,
				.error = "<script>",
				.samples = 3,
				.lost = 1};
	char path[96], page[512], json[540];

	path_of(path, id, "");
	assert_true(shows(f, &f->ann, path, "Probe now"));
	path_of(path, id, "/probe");
	assert_int_equal(post(f, &f->ann, path, "x=1"), 303);
	snprintf(page, sizeof page, "%s", f->v.rs.location);
	spot = atoll(strrchr(page, '/') + 1);
	assert_int_equal(get(f, &f->eve, page), 404);
	assert_int_equal(get(f, &f->staff, page), 200);
	browse(&f->ann, &f->v, "GET", page, NULL);
	assert_non_null(strstr(visit_body(&f->v), "has not called yet"));
	assert_int_not_equal(f->v.rs.refresh_s, 0);
	visit_done(&f->v);

	assert_int_equal(spot_set_given(f->db, spot, one, VISIT_NOW), 0);
	assert_int_equal(spot_set_given(f->db, spot, two, VISIT_NOW), 0);
	assert_int_equal(spot_set_result(f->db, spot, &r), 0);
	browse(&f->ann, &f->v, "GET", page, NULL);
	assert_non_null(strstr(visit_body(&f->v), "1 of 3"));
	assert_non_null(strstr(visit_body(&f->v), "12.3 ms"));
	assert_non_null(strstr(visit_body(&f->v), "&lt;script&gt;"));
	assert_non_null(strstr(visit_body(&f->v), "is measuring"));
	visit_done(&f->v);
	snprintf(json, sizeof json, "%s/json", page);
	assert_true(shows(f, &f->ann, json, "\"waiting\":true"));

	f->ann.now_ms = VISIT_NOW + SPOT_WAIT_MS + 1;
	browse(&f->ann, &f->v, "GET", page, NULL);
	assert_non_null(strstr(visit_body(&f->v), "sent no result"));
	assert_int_equal(f->v.rs.refresh_s, 0);
	visit_done(&f->v);
	assert_true(shows(f, &f->ann, json, "\"waiting\":false"));
	assert_true(shows(f, &f->ann, json, "\"state\":\"missing\""));
	assert_true(shows(f, &f->ann, json, "\"rule\":\"error\""));
}

static void test_verifying(void **state)
{
	struct fixture *f = *state;
	int64_t id = add_server(f, &f->ann, "8.8.4.4");
	struct browser server = {
		.db = f->db, .settings = f->set, .address = "8.8.4.4"};
	char page[96], path[96], token[96];
	const char *url;

	path_of(page, id, "");
	path_of(path, id, "/verify");
	assert_int_equal(post(f, &f->ann, path, "method=admin"), 403);
	assert_int_equal(post(f, &f->ann, path, "method=magic"), 400);
	assert_int_equal(post(f, &f->ann, path, "method=http"), 303);
	browse(&f->ann, &f->v, "GET", page, NULL);
	url = strstr(visit_body(&f->v), "/verify/");
	assert_non_null(url);
	snprintf(token, sizeof token, "%.*s", (int)strcspn(url, "<"), url);
	visit_done(&f->v);
	/* From another address it proves nothing. */
	assert_int_equal(get(f, &f->eve, token), 403);
	assert_int_equal(get(f, &server, token), 200);
	assert_true(shows(f, &f->ann, page, "Verified on"));
	assert_int_equal(get(f, &server, "/verify/nonsense"), 404);
}

static void test_the_team(void **state)
{
	struct fixture *f = *state;
	struct browser *ann = &f->ann;
	char team[96], path[128];

	assert_int_equal(get(f, ann, "/manage/person"), 200);
	assert_int_equal(post(f, ann, "/manage/team", "team=Time+Lab"), 303);
	snprintf(team, sizeof team, "%.90s", f->v.rs.location);
	assert_int_equal(get(f, ann, team), 200);
	assert_int_equal(get(f, &f->eve, team), 404);
	assert_int_equal(
		post(f, ann, team, "name=Lab+" HOSTILE "&organisation=&url="),
		303);
	assert_false(shows(f, ann, team, "<script>"));
	assert_int_equal(
		post(f, ann, team, "name=Lab&organisation=&url=javascript:x"),
		400);
	snprintf(path, sizeof path, "%s/invite", team);
	assert_int_equal(post(f, ann, path, "email=kim@example.org"), 303);
	assert_true(shows(f, ann, team, "kim@example.org was invited"));
	snprintf(path, sizeof path, "/manage/audit/%s", strrchr(team, '/') + 1);
	assert_true(shows(f, ann, path, ">Invited</th>"));
	assert_int_equal(get(f, &f->eve, path), 404);
}

static void test_the_api(void **state)
{
	struct fixture *f = *state;
	int64_t id = add_server(f, &f->ann, "8.8.4.4");
	struct browser program = {.db = f->db, .settings = f->set};
	char path[96], bearer[128], body[128];
	const char *token;
	struct server s;

	assert_int_equal(server_by_id(f->db, id, &s), 1);
	snprintf(path, sizeof path, "/manage/access/%lld",
		 (long long)s.account_id);
	assert_int_equal(get(f, &f->ann, path), 200);
	assert_int_equal(get(f, &f->eve, path), 404);
	snprintf(path, sizeof path, "/manage/access/%lld/token",
		 (long long)s.account_id);
	browse_form(&f->ann, &f->v, path, "name=ci&write=yes");
	token = strstr(visit_body(&f->v), "np_");
	assert_non_null(token);
	snprintf(bearer, sizeof bearer, "Bearer %.*s", (int)strcspn(token, "<"),
		 token);
	visit_done(&f->v);
	/* Shown once. */
	assert_false(shows(f, &f->ann, path, bearer + 7));

	assert_int_equal(get(f, &program, "/api/v1/servers"), 401);
	program.bearer = bearer;
	assert_true(shows(f, &program, "/api/v1/servers",
			  "\"address\":\"8.8.4.4\""));
	assert_int_equal(get(f, &program, "/api/v1/servers/8.8.8.8"), 404);
	for (int i = 0; i < 2; i++) {
		browse(&program, &f->v, "PUT", "/api/v1/servers/8.8.4.4",
		       "{\"netspeed_kbit\": 512, \"alert_below\": 0}");
		assert_int_equal(f->v.rs.status, 200);
		assert_non_null(
			strstr(visit_body(&f->v), "\"netspeed_kbit\":512"));
		visit_done(&f->v);
	}
	browse(&program, &f->v, "POST", "/api/v1/servers/8.8.4.4/probe", "{}");
	assert_int_equal(f->v.rs.status, 200);
	snprintf(body, sizeof body, "/api/v1/probes/%.10s",
		 strchr(visit_body(&f->v), ':') + 1);
	*strchr(body, ',') = '\0';
	visit_done(&f->v);
	assert_true(shows(f, &program, body, "\"address\":\"8.8.4.4\""));
	assert_int_equal(get(f, &program, "/api/v1/probes/99999"), 404);
	/* All or nothing. */
	browse(&program, &f->v, "PUT", "/api/v1/servers/8.8.4.4",
	       "{\"netspeed_kbit\": 0, \"country\": \"xx\"}");
	assert_int_equal(f->v.rs.status, 400);
	visit_done(&f->v);
	browse(&program, &f->v, "PUT", "/api/v1/servers/8.8.4.4",
	       "{\"netspeed\": 0}");
	assert_int_equal(f->v.rs.status, 400);
	visit_done(&f->v);
	assert_int_equal(server_by_id(f->db, id, &s), 1);
	assert_int_equal(s.kbit, 512);
	for (int i = 0; i < 2; i++) {
		browse(&program, &f->v, "DELETE", "/api/v1/servers/8.8.4.4",
		       NULL);
		assert_int_equal(f->v.rs.status, 200);
		visit_done(&f->v);
	}
	/* Without the scope it only reads; a person's cookie is no token. */
	snprintf(body, sizeof body, "name=ro");
	browse_form(&f->ann, &f->v, path, body);
	token = strstr(visit_body(&f->v), "np_");
	assert_non_null(token);
	snprintf(bearer, sizeof bearer, "Bearer %.*s", (int)strcspn(token, "<"),
		 token);
	visit_done(&f->v);
	assert_int_equal(get(f, &program, "/api/v1/servers/8.8.4.4"), 200);
	browse(&program, &f->v, "PUT", "/api/v1/servers/8.8.4.4",
	       "{\"netspeed_kbit\": 0}");
	assert_int_equal(f->v.rs.status, 403);
	visit_done(&f->v);
	assert_int_equal(get(f, &f->ann, "/api/v1/servers"), 401);
}

static void test_monitors_and_webhooks(void **state)
{
	struct fixture *f = *state;
	struct db_rows rows;
	struct account a = {0};
	char page[96], path[128];

	account_ask_search(f->db, &rows, "ann@", 1);
	assert_true(account_next(&rows, &a));
	assert_int_equal(db_end(&rows), 0);
	snprintf(page, sizeof page, "/manage/access/%lld", (long long)a.id);
	assert_int_equal(get(f, &f->ann, page), 200);
	snprintf(path, sizeof path, "%s/monitor", page);
	browse_form(&f->ann, &f->v, path, "monitor=ams1&place=" HOSTILE);
	assert_int_equal(f->v.rs.status, 200);
	assert_non_null(strstr(visit_body(&f->v), "poolmon enrol "));
	visit_done(&f->v);
	assert_true(shows(f, &f->ann, page, "ams1"));
	assert_false(shows(f, &f->ann, page, "<script>"));
	assert_int_equal(get(f, &f->eve, "/manage"), 200);
	assert_int_equal(post(f, &f->eve, path, "monitor=x&place="), 404);
	snprintf(path, sizeof path, "%s/webhook", page);
	assert_int_equal(get(f, &f->ann, page), 200);
	assert_int_equal(
		post(f, &f->ann, path, "url=https://hooks.example.org/x"), 303);
	assert_true(shows(f, &f->ann, page, "https://hooks.example.org/x"));
	assert_int_equal(post(f, &f->ann, path, "url=javascript:x"), 400);
	assert_true(shows(f, &f->staff, "/staff/monitors", "ams1"));
}

/* What was written with a new server stands there until staff tick it off. */
static void test_comments(void **state)
{
	struct fixture *f = *state;
	int64_t id = add_server(f, &f->ann, "8.8.4.4");
	char done[64];

	assert_true(shows(f, &f->staff, "/staff", "What people wrote"));
	assert_true(shows(f, &f->staff, "/staff", "&lt;script&gt;"));
	assert_false(shows(f, &f->staff, "/staff", "<script>"));
	snprintf(done, sizeof done, "/staff/comment/%lld", (long long)id);
	assert_int_equal(post(f, &f->ann, done, "x=1"), 404);
	assert_int_equal(post(f, &f->staff, done, "x=1"), 303);
	assert_false(shows(f, &f->staff, "/staff", "What people wrote"));
	assert_true(shows(f, &f->staff, "/staff/audit",
			  "Comment answered</th><td>8.8.4.4</td>"));
}

static void test_staff(void **state)
{
	struct fixture *f = *state;
	struct browser *staff = &f->staff;
	char zone[96], path[128];

	add_server(f, &f->ann, "8.8.4.4");
	assert_true(shows(f, staff, "/staff?q=8.8", "8.8.4.4"));
	assert_true(shows(f, staff, "/staff?q=ann@", "/staff/person/"));
	assert_false(shows(f, staff, "/staff?q=" HOSTILE, "<script>"));
	assert_int_equal(get(f, staff, "/staff/zones"), 200);
	assert_int_equal(post(f, staff, "/staff/zones",
			      "name=campus-a&kind=custom&parent=@&title=A"
			      "&min_servers=1&min_kbit=0&max_hosts=0&ttl_s=0"
			      "&policy="),
			 303);
	snprintf(zone, sizeof zone, "%.90s", f->v.rs.location);
	snprintf(path, sizeof path, "%s/rule", zone);
	assert_int_equal(
		post(f, staff, path, "rule_kind=subnet&value=8.8.0.0/16"), 303);
	assert_int_equal(post(f, staff, path, "rule_kind=subnet&value=x"), 400);
	assert_true(shows(f, staff, zone, "8.8.0.0/16"));
	assert_int_equal(
		post(f, &f->ann, path, "rule_kind=subnet&value=9.0.0.0/8"),
		404);
	assert_int_equal(post(f, staff, zone, "what=remove"), 303);
	assert_int_equal(get(f, staff, zone), 404);
	assert_true(shows(f, staff, "/staff/audit", ">Server added</th>"));
}

/* The path in the first link of the page that begins so. */
static void link_on(struct fixture *f, struct browser *b, const char *page,
		    const char *start, char path[128])
{
	const char *found;

	browse(b, &f->v, "GET", page, NULL);
	found = strstr(visit_body(&f->v), start);
	assert_non_null(found);
	snprintf(path, 128, "%.*s", (int)strcspn(found, "\""), found);
	visit_done(&f->v);
}

#define ENTRY                                                               \
	"stratum=2&country=de&address=8.8.4.4&policy=RestrictedAccess&area" \
	"=" HOSTILE "&contact=ann%40example.org&hostname="

static void test_the_public_list(void **state)
{
	struct fixture *f = *state;
	int64_t id = add_server(f, &f->ann, "8.8.4.4");
	char page[96], new[128], own[128], approve[128], refuse[128];

	path_of(page, id, "");
	link_on(f, &f->ann, page, "/manage/lists/", new);
	assert_true(shows(f, &f->ann, new, "id=\"address\" value=\"8.8.4.4\""));
	assert_int_equal(get(f, &f->eve, new), 404);
	assert_int_equal(post(f, &f->ann, new, ENTRY "not+a+host"), 400);
	browse_form(&f->ann, &f->v, new, ENTRY "not+a+host");
	assert_non_null(strstr(visit_body(&f->v), "Host name: This is"));
	assert_non_null(strstr(visit_body(&f->v), "value=\"not a host\""));
	visit_done(&f->v);
	assert_int_equal(post(f, &f->ann, new, ENTRY "ntp.example.org"), 303);
	snprintf(own, sizeof own, "%.100s", f->v.rs.location);
	assert_true(shows(f, &f->ann, own, "waits for approval"));
	assert_false(shows(f, &f->ann, own, "Approve"));
	assert_false(shows(f, &f->staff, own, "<script>"));
	assert_int_equal(get(f, &f->eve, own), 404);
	link_on(f, &f->staff, own, "/staff/list/", approve);
	snprintf(refuse, sizeof refuse, "%.*srefuse",
		 (int)(strrchr(approve, '/') + 1 - approve), approve);
	assert_true(shows(f, &f->staff, "/staff/lists", own));
	assert_int_equal(post(f, &f->ann, approve, "x=1"), 404);
	assert_int_equal(post(f, &f->staff, refuse, "why=Too+far"), 303);
	assert_true(shows(f, &f->ann, own, "Too far"));
	assert_int_equal(post(f, &f->ann, own, ENTRY "ntp1.example.org"), 303);
	assert_int_equal(post(f, &f->staff, approve, "x=1"), 303);
	assert_true(shows(f, &f->eve, "/lists/stratum2", "ntp1.example.org"));
	/* A change is not seen before it is let in. */
	assert_int_equal(post(f, &f->ann, own, ENTRY "ntp2.example.org"), 303);
	assert_false(shows(f, &f->eve, "/lists/stratum2", "ntp2.example.org"));
	assert_true(
		shows(f, &f->staff, own,
		      "<td>ntp1.example.org</td><td>ntp2.example.org</td>"));
	snprintf(new, sizeof new, "%.100s/remove", own);
	assert_int_equal(get(f, &f->eve, "/manage/add"), 200);
	assert_int_equal(post(f, &f->eve, new, "x=1"), 404);
	assert_int_equal(post(f, &f->ann, new, "x=1"), 303);
	assert_false(shows(f, &f->eve, "/lists/stratum2", "example.org"));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_strangers_are_sent_to_log_in),
		TEST(test_add_a_server),
		TEST(test_add_many),
		TEST(test_what_can_be_done_with_it),
		TEST(test_leaving_and_staying),
		TEST(test_others_cannot_even_see_it),
		TEST(test_probing),
		TEST(test_verifying),
		TEST(test_the_team),
		TEST(test_the_public_list),
		TEST(test_the_api),
		TEST(test_monitors_and_webhooks),
		TEST(test_comments),
		TEST(test_staff),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
