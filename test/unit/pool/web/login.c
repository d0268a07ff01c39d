/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/web/session.h"

#include <sodium.h>
#include <stdlib.h>

#include "pool/book/person.h"
#include "pool/book/second.h"
#include "pool/store/outbox.h"
#include "visit.h"

#define PASSWORD "four+words+not+alike"

struct fixture {
	struct db *db;
	struct pool_settings *set;
	struct browser ann;
	struct visit v;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	char why[256];
	struct text t = text_init(why, sizeof why);

	if (sodium_init() < 0 || db_open("sqlite::memory:", &f->db, &t) < 0)
		return -1;
	f->set = settings_new();
	f->set->password_kib = 8;
	f->ann = (struct browser){.db = f->db, .settings = f->set};
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

/* One visit of which only status and where it leads matter. */
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

/* The path of the link in the mail that waits. */
static void mailed_path(struct fixture *f, char path[128])
{
	struct outbox_item item;
	const char *url;

	assert_int_equal(outbox_claim(f->db, VISIT_NOW, &item), 1);
	url = strstr(item.body, f->set->web_url);
	assert_non_null(url);
	url += strlen(f->set->web_url);
	snprintf(path, 128, "%.*s", (int)strcspn(url, "\n"), url);
	assert_int_equal(outbox_sent(f->db, item.id, VISIT_NOW), 0);
	outbox_item_done(&item);
}

static void sign_up(struct fixture *f)
{
	struct browser mail = {.db = f->db, .settings = f->set};
	char path[128];

	assert_int_equal(get(f, &f->ann, "/signup"), 200);
	assert_int_equal(
		post(f, &f->ann, "/signup",
		     "email=ann@example.org&name=Ann&password=" PASSWORD),
		200);
	mailed_path(f, path);
	/* Following the link alone does nothing; it may be another browser. */
	assert_int_equal(get(f, &mail, path), 200);
	assert_int_equal(post(f, &mail, path, "x=1"), 303);
}

static void log_in(struct fixture *f)
{
	assert_int_equal(get(f, &f->ann, "/login"), 200);
	assert_int_equal(post(f, &f->ann, "/login",
			      "email=ann@example.org&password=" PASSWORD),
			 303);
	assert_string_equal(f->v.rs.location, "/manage");
}

static void test_sign_up_confirm_log_in_log_out(void **state)
{
	struct fixture *f = *state;

	sign_up(f);
	log_in(f);
	assert_int_equal(get(f, &f->ann, "/login"), 303);
	/* The token of the log-in form was another session's. */
	assert_int_equal(post(f, &f->ann, "/logout", "x=1"), 403);
	assert_int_equal(get(f, &f->ann, "/reset"), 200);
	browse_form(&f->ann, &f->v, "/logout", "x=1");
	assert_non_null(strstr(f->v.rs.cookie, "Max-Age=0"));
	visit_done(&f->v);
	assert_int_equal(get(f, &f->ann, "/login"), 200);
}

static void test_the_cookie_is_guarded(void **state)
{
	struct fixture *f = *state;

	browse(&f->ann, &f->v, "GET", "/login", NULL);
	assert_memory_equal(f->v.rs.cookie, "session=", 8);
	assert_non_null(strstr(f->v.rs.cookie, "; HttpOnly; SameSite=Lax"));
	assert_null(strstr(f->v.rs.cookie, "Secure"));
	visit_done(&f->v);
	free(f->set->web_url);
	f->set->web_url = strdup("https://pool.example.org");
	browse(&f->ann, &f->v, "GET", "/login", NULL);
	assert_memory_equal(f->v.rs.cookie, "__Host-session=", 15);
	assert_non_null(strstr(f->v.rs.cookie, "; Secure"));
	visit_done(&f->v);
}

/* A secret that was slipped to a browser before is worth nothing after log-in. */
static void test_session_fixation(void **state)
{
	struct fixture *f = *state;
	struct browser thief;

	sign_up(f);
	assert_int_equal(get(f, &f->ann, "/login"), 200);
	thief = f->ann;
	log_in(f);
	assert_string_not_equal(thief.cookie, f->ann.cookie);
	assert_int_equal(get(f, &thief, "/login"), 200);
	/* Nor is one that he made up put into the database. */
	strcpy(thief.cookie,
	       "session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
	assert_int_equal(get(f, &thief, "/login"), 200);
}

static void test_forms_of_others_are_refused(void **state)
{
	struct fixture *f = *state;
	struct browser other = {.db = f->db, .settings = f->set};
	const char *form = "email=ann@example.org&password=" PASSWORD;

	sign_up(f);
	assert_int_equal(get(f, &f->ann, "/login"), 200);
	assert_int_equal(get(f, &other, "/login"), 200);
	/* No token, another's token, a token without its cookie. */
	browse(&f->ann, &f->v, "POST", "/login", form);
	assert_int_equal(f->v.rs.status, 403);
	visit_done(&f->v);
	memcpy(other.cookie, f->ann.cookie, sizeof other.cookie);
	assert_int_equal(post(f, &other, "/login", form), 403);
	*other.cookie = '\0';
	memcpy(other.csrf, f->ann.csrf, sizeof other.csrf);
	assert_int_equal(post(f, &other, "/login", form), 403);
	/* The right token, but a browser says that the form is a stranger's. */
	f->ann.origin = "https://evil.example";
	assert_int_equal(post(f, &f->ann, "/login", form), 403);
	f->ann.origin = "null";
	assert_int_equal(post(f, &f->ann, "/login", form), 403);
	f->ann.origin = "http://127.0.0.1:8123";
	assert_int_equal(post(f, &f->ann, "/login", form), 303);
}

static void test_nobody_is_led_astray(void **state)
{
	static const char *const next[] = {
		"//evil.example",      "https://evil.example",
		"/\\evil.example",     "/a%0d%0aSet-Cookie:x=1",
		"/%22%3E%3Cscript%3E", "manage"};
	struct fixture *f = *state;

	sign_up(f);
	for (size_t i = 0; i < sizeof next / sizeof *next; i++) {
		char form[256];

		f->ann.cookie[0] = '\0';
		assert_int_equal(get(f, &f->ann, "/login"), 200);
		snprintf(form, sizeof form,
			 "email=ann@example.org&next=%s&password=" PASSWORD,
			 next[i]);
		assert_int_equal(post(f, &f->ann, "/login", form), 303);
		assert_string_equal(f->v.rs.location, "/manage");
	}
	f->ann.cookie[0] = '\0';
	assert_int_equal(get(f, &f->ann, "/login?next=/manage/team"), 200);
	assert_int_equal(post(f, &f->ann, "/login",
			      "email=ann@example.org&next=/manage/team"
			      "&password=" PASSWORD),
			 303);
	assert_string_equal(f->v.rs.location, "/manage/team");
}

static void test_wrong_log_ins(void **state)
{
	struct fixture *f = *state;
	int status = 0;

	sign_up(f);
	assert_int_equal(get(f, &f->ann, "/login"), 200);
	browse_form(&f->ann, &f->v, "/login",
		    "email=%3Cscript%3E@example.org&password=x");
	assert_int_equal(f->v.rs.status, 403);
	assert_null(strstr(visit_body(&f->v), "<script>"));
	assert_non_null(strstr(visit_body(&f->v), "&lt;script&gt;"));
	visit_done(&f->v);
	assert_int_equal(post(f, &f->ann, "/login",
			      "email=ann@example.org' OR '1'='1"
			      "&password=' OR '1'='1"),
			 403);
	for (int i = 0; i < LOGIN_TRIES_PERSON + 1; i++)
		status = post(f, &f->ann, "/login",
			      "email=ann@example.org&password=wrong");
	assert_int_equal(status, 429);
	assert_int_not_equal(f->v.rs.retry_s, 0);
}

static void test_a_new_password_by_mail(void **state)
{
	struct fixture *f = *state;
	struct browser mail = {.db = f->db, .settings = f->set};
	char path[128];

	sign_up(f);
	assert_int_equal(get(f, &f->ann, "/reset"), 200);
	assert_int_equal(post(f, &f->ann, "/reset", "email=ann@example.org"),
			 200);
	mailed_path(f, path);
	assert_int_equal(get(f, &mail, path), 200);
	assert_int_equal(post(f, &mail, path, "password=short"), 400);
	assert_int_equal(post(f, &mail, path, "password=long+enough+now"), 303);
	assert_int_equal(post(f, &mail, path, "password=long+enough+now"), 400);
	assert_int_equal(get(f, &f->ann, "/login"), 200);
	assert_int_equal(post(f, &f->ann, "/login",
			      "email=ann@example.org&password=" PASSWORD),
			 403);
	assert_int_equal(post(f, &f->ann, "/login",
			      "email=ann@example.org&password=long+enough+now"),
			 303);
}

/* The text after a mark on the page in hand, up to a quote or a tag. */
static void page_text(const struct fixture *f, const char *mark, char *out,
		      size_t cap)
{
	const char *found = strstr(visit_body(&f->v), mark);

	assert_non_null(found);
	found += strlen(mark);
	snprintf(out, cap, "%.*s", (int)strcspn(found, "\"<"), found);
}

static void app_shows(struct fixture *f, int64_t at_ms, char form[64])
{
	struct second_step s;

	assert_int_equal(second_step_find(f->db, 1, &s), 1);
	snprintf(form, 64, "code=%06u",
		 totp_number(s.secret, sizeof s.secret,
			     (uint64_t)(at_ms / TOTP_STEP_MS)) %
			 1000000);
}

static void test_a_second_step(void **state)
{
	struct fixture *f = *state;
	char code[64], recovery[64], pass[64], form[256], uri[256];

	sign_up(f);
	log_in(f);
	assert_int_equal(get(f, &f->ann, "/manage/person/second"), 200);
	assert_int_equal(post(f, &f->ann, "/manage/person/second", "x=1"), 303);
	browse(&f->ann, &f->v, "GET", "/manage/person/second", NULL);
	page_text(f, "otpauth://totp/", uri, sizeof uri);
	assert_non_null(strstr(uri, ":ann@example.org?secret="));
	visit_done(&f->v);
	assert_int_equal(
		post(f, &f->ann, "/manage/person/second/on", "code=12345"),
		403);
	app_shows(f, VISIT_NOW, code);
	browse_form(&f->ann, &f->v, "/manage/person/second/on", code);
	assert_int_equal(f->v.rs.status, 200);
	assert_int_equal(f->v.rs.max_age_s, 0);
	page_text(f, "<li><code>", recovery, sizeof recovery);
	visit_done(&f->v);

	/* Neither the password nor the pass that follows it opens anything. */
	f->ann.cookie[0] = '\0';
	assert_int_equal(get(f, &f->ann, "/login"), 200);
	browse_form(&f->ann, &f->v, "/login",
		    "email=ann@example.org&next=/manage/team"
		    "&password=" PASSWORD);
	assert_int_equal(f->v.rs.status, 200);
	assert_string_equal(f->v.rs.cookie, "");
	page_text(f, "name=\"pass\" value=\"", pass, sizeof pass);
	visit_done(&f->v);
	assert_int_equal(get(f, &f->ann, "/manage"), 303);
	assert_memory_equal(f->v.rs.location, "/login", 6);
	/* The code of turning it on was used. */
	snprintf(form, sizeof form, "pass=%s&%s", pass, code);
	assert_int_equal(post(f, &f->ann, "/login", form), 403);
	snprintf(form, sizeof form, "pass=%s&next=/manage/team&code=%s", pass,
		 recovery);
	assert_int_equal(post(f, &f->ann, "/login", form), 303);
	assert_string_equal(f->v.rs.location, "/manage/team");
	assert_int_equal(get(f, &f->ann, "/manage"), 200);

	f->ann.now_ms = VISIT_NOW + 4 * TOTP_STEP_MS;
	assert_int_equal(get(f, &f->ann, "/manage/person/second"), 200);
	app_shows(f, f->ann.now_ms, code);
	snprintf(form, sizeof form, "password=" PASSWORD "&%s", code);
	assert_int_equal(post(f, &f->ann, "/manage/person/second/off", form),
			 303);
	f->ann.cookie[0] = '\0';
	log_in(f);
}

static void test_a_proxy_names_the_person(void **state)
{
	struct fixture *f = *state;

	f->set->user_header = strdup("X-User");
	f->ann.user = "ann@example.org";
	/* The header alone is anybody's. */
	assert_int_equal(get(f, &f->ann, "/login"), 200);
	f->ann.from_proxy = true;
	assert_int_equal(get(f, &f->ann, "/login"), 303);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_sign_up_confirm_log_in_log_out),
		TEST(test_the_cookie_is_guarded),
		TEST(test_session_fixation),
		TEST(test_forms_of_others_are_refused),
		TEST(test_nobody_is_led_astray),
		TEST(test_wrong_log_ins),
		TEST(test_a_new_password_by_mail),
		TEST(test_a_second_step),
		TEST(test_a_proxy_names_the_person),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
