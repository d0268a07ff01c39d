/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/person.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "pool/book/team.h"
#include "pool/store/member.h"
#include "pool/store/outbox.h"

#define NOW INT64_C(1800000000000)
#define HOUR (INT64_C(3600) * 1000)
#define PASSWORD "four words not alike"

struct fixture {
	struct db *db;
	struct pool_settings *set;
	struct actor stranger;
	char mail_body[4096]; /* of the mail that was read last */
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
	f->stranger = (struct actor){.source = "web", .address = "192.0.2.1"};
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

/* The secret in the link of the oldest mail that waits; "" when none does. */
static const char *read_mail(struct fixture *f, const char *to, int64_t now_ms)
{
	struct outbox_item item;
	char *link;

	if (outbox_claim(f->db, now_ms, &item) != 1)
		return "";
	assert_string_equal(item.target, to);
	snprintf(f->mail_body, sizeof f->mail_body, "%s", item.body);
	assert_int_equal(outbox_sent(f->db, item.id, now_ms), 0);
	outbox_item_done(&item);
	link = strstr(f->mail_body, "http://");
	assert_non_null(link);
	link[strcspn(link, "\n")] = '\0';
	return strrchr(link, '/') + 1;
}

static enum book_verdict sign_up(struct fixture *f, const char *email,
				 const char *password, int64_t now_ms)
{
	return book_sign_up(f->db, f->set, &f->stranger, email, "Ann", password,
			    now_ms);
}

static void make_person(struct fixture *f, const char *email, struct actor *who)
{
	struct person p;

	assert_int_equal(sign_up(f, email, PASSWORD, NOW), BOOK_OK);
	assert_int_equal(book_confirm(f->db, &f->stranger,
				      read_mail(f, email, NOW), NOW),
			 BOOK_OK);
	assert_int_equal(person_by_email(f->db, email, &p), 1);
	*who = f->stranger;
	who->person_id = p.id;
}

static enum book_verdict log_in(struct fixture *f, const char *email,
				const char *password, int64_t now_ms,
				char session[SECRET_TEXT_LEN])
{
	return book_log_in(f->db, f->set, &f->stranger, email, password, now_ms,
			   session);
}

static int64_t account_of(struct fixture *f, int64_t person_id)
{
	struct db_rows rows;
	struct account a = {0};

	account_ask_person(f->db, &rows, person_id);
	(void)account_next(&rows, &a);
	assert_int_equal(db_end(&rows), 0);
	return a.id;
}

/* --- secrets --------------------------------------------------------------- */

/* A code goes behind a command, where "-x" would be an option. */
static void test_secret_is_no_option(void **state)
{
	char text[SECRET_TEXT_LEN];

	(void)state;
	for (int i = 0; i < 2000; i++) {
		secret_draw(text);
		assert_int_equal(strlen(text), SECRET_TEXT_LEN - 1);
		assert_int_not_equal(text[0], '-');
	}
}

static void test_secrets(void **state)
{
	char a[SECRET_TEXT_LEN], b[SECRET_TEXT_LEN], t[SECRET_TEXT_LEN];
	uint8_t hash[SECRET_HASH_LEN], again[SECRET_HASH_LEN];

	(void)state;
	secret_new(a, hash);
	assert_true(secret_hash(a, again));
	assert_memory_equal(hash, again, sizeof hash);
	secret_new(b, again);
	assert_string_not_equal(a, b);
	assert_false(secret_hash("", again));
	assert_false(secret_hash("x", again));
	b[10] = '!';
	assert_false(secret_hash(b, again));
	secret_derive(a, "form", t);
	secret_derive(a, "form", b);
	assert_string_equal(t, b);
	assert_true(secret_same(t, b));
	secret_derive(a, "other", b);
	assert_string_not_equal(t, b);
	assert_false(secret_same(t, b));
	assert_false(secret_same(t, ""));
}

static void test_mail_addresses(void **state)
{
	static const char *const bad[] = {
		"",
		"ann",
		"@example.org",
		"ann@",
		"a@b@c",
		"ann @example.org",
		"ann@example.org\nBcc: x@y.z",
		"\"a b\"@example.org",
		"ann@example.org,bob@example.org",
		"<ann@example.org>",
	};
	char email[EMAIL_LEN], big[400];

	(void)state;
	assert_true(person_mail_clean(" Ann.B+x@Example.ORG \n", email));
	assert_string_equal(email, "ann.b+x@example.org");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(person_mail_clean(bad[i], email));
	memset(big, 'a', sizeof big);
	memcpy(big + sizeof big - 5, "@b.c", 5);
	assert_false(person_mail_clean(big, email));
}

/* --- coming in ------------------------------------------------------------- */

static void test_sign_up_confirm_log_in(void **state)
{
	struct fixture *f = *state;
	char session[SECRET_TEXT_LEN];
	char token[SECRET_TEXT_LEN];
	struct person p;
	char role[12];

	assert_int_equal(sign_up(f, "Ann@Example.org", PASSWORD, NOW), BOOK_OK);
	/* Right, but not confirmed: the mail comes again. */
	assert_int_equal(log_in(f, "ann@example.org", PASSWORD, NOW, session),
			 BOOK_UNCONFIRMED);
	snprintf(token, sizeof token, "%s",
		 read_mail(f, "ann@example.org", NOW));
	assert_string_not_equal(read_mail(f, "ann@example.org", NOW), token);
	assert_int_equal(book_confirm(f->db, &f->stranger, token, NOW),
			 BOOK_OK);
	/* Every link of this kind is used up. */
	assert_int_equal(book_confirm(f->db, &f->stranger, token, NOW),
			 BOOK_BAD_LINK);
	assert_int_equal(log_in(f, "ANN@example.org", PASSWORD, NOW, session),
			 BOOK_OK);
	assert_int_equal(book_session_find(f->db, session, NOW, &p), 1);
	assert_string_equal(p.email, "ann@example.org");
	assert_int_equal(member_role(f->db, account_of(f, p.id), p.id, role),
			 1);
	assert_string_equal(role, "owner");
	assert_int_equal(book_log_out(f->db, session), BOOK_OK);
	assert_int_equal(book_session_find(f->db, session, NOW, &p), 0);
}

static void test_links_age(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(sign_up(f, "ann@example.org", PASSWORD, NOW), BOOK_OK);
	assert_int_equal(book_confirm(f->db, &f->stranger,
				      read_mail(f, "ann@example.org", NOW),
				      NOW + CONFIRM_LIFE_MS),
			 BOOK_BAD_LINK);
	assert_int_equal(book_confirm(f->db, &f->stranger, "nonsense", NOW),
			 BOOK_BAD_LINK);
}

static void test_a_known_address_is_not_told_to_strangers(void **state)
{
	struct fixture *f = *state;
	struct actor ann;

	make_person(f, "ann@example.org", &ann);
	assert_int_equal(sign_up(f, "ann@example.org", "another password", NOW),
			 BOOK_OK);
	assert_string_equal(read_mail(f, "ann@example.org", NOW), "login");
	assert_int_equal(book_reset_ask(f->db, f->set, &f->stranger,
					"nobody@example.org", NOW),
			 BOOK_OK);
	assert_string_equal(read_mail(f, "", NOW), "");
}

static void test_what_sign_up_refuses(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(sign_up(f, "ann", PASSWORD, NOW), BOOK_BAD_MAIL);
	assert_int_equal(sign_up(f, "ann@example.org", "short", NOW),
			 BOOK_WEAK_PASSWORD);
	assert_int_equal(sign_up(f, "ann@example.org", "ANN@example.org", NOW),
			 BOOK_WEAK_PASSWORD);
	assert_int_equal(book_sign_up(f->db, f->set, &f->stranger,
				      "ann@example.org", "a\x1b[2J", PASSWORD,
				      NOW),
			 BOOK_BAD_TEXT);
	f->set->sign_up = false;
	assert_int_equal(sign_up(f, "ann@example.org", PASSWORD, NOW),
			 BOOK_CLOSED);
}

static void test_log_in_is_throttled(void **state)
{
	struct fixture *f = *state;
	char session[SECRET_TEXT_LEN];
	struct actor ann;

	make_person(f, "ann@example.org", &ann);
	for (int i = 0; i < LOGIN_TRIES_PERSON; i++)
		assert_int_equal(
			log_in(f, "ann@example.org", "wrong", NOW, session),
			BOOK_WRONG_LOGIN);
	assert_int_equal(log_in(f, "ann@example.org", PASSWORD, NOW, session),
			 BOOK_TOO_OFTEN);
	assert_int_equal(
		log_in(f, "ann@example.org", PASSWORD, NOW + HOUR, session),
		BOOK_OK);
	/* And whoever tries many addresses. */
	for (int i = 0; i < LOGIN_TRIES_ADDRESS; i++) {
		char email[64];

		snprintf(email, sizeof email, "x%d@example.org", i);
		assert_int_not_equal(
			log_in(f, email, "wrong", NOW + 2 * HOUR, session),
			BOOK_OK);
	}
	assert_int_equal(
		log_in(f, "new@example.org", "wrong", NOW + 2 * HOUR, session),
		BOOK_TOO_OFTEN);
	f->stranger.address = "192.0.2.2";
	assert_int_equal(
		log_in(f, "new@example.org", "wrong", NOW + 2 * HOUR, session),
		BOOK_WRONG_LOGIN);
}

static void test_mails_are_throttled(void **state)
{
	struct fixture *f = *state;
	int sent = 0;

	for (int i = 0; i < 20; i++)
		sent += book_reset_ask(f->db, f->set, &f->stranger,
				       "ann@example.org", NOW) == BOOK_OK;
	assert_in_range(sent, 1, 5);
}

static void test_a_session_ends(void **state)
{
	struct fixture *f = *state;
	char session[SECRET_TEXT_LEN];
	struct actor ann;
	struct person p;

	make_person(f, "ann@example.org", &ann);
	assert_int_equal(log_in(f, "ann@example.org", PASSWORD, NOW, session),
			 BOOK_OK);
	/* It lives as long as it is used. */
	assert_int_equal(book_session_find(f->db, session,
					   NOW + SESSION_LIFE_MS - 1, &p),
			 1);
	assert_int_equal(book_session_find(f->db, session,
					   NOW + SESSION_LIFE_MS + HOUR, &p),
			 1);
	assert_int_equal(book_session_find(f->db, session,
					   NOW + 3 * SESSION_LIFE_MS, &p),
			 0);
}

static void test_a_new_password(void **state)
{
	struct fixture *f = *state;
	char old_session[SECRET_TEXT_LEN], session[SECRET_TEXT_LEN];
	struct actor ann;
	struct person p;

	make_person(f, "ann@example.org", &ann);
	assert_int_equal(
		log_in(f, "ann@example.org", PASSWORD, NOW, old_session),
		BOOK_OK);
	assert_int_equal(book_reset_ask(f->db, f->set, &f->stranger,
					"ann@example.org", NOW),
			 BOOK_OK);
	read_mail(f, "ann@example.org", NOW);
	assert_int_equal(book_reset(f->db, f->set, &f->stranger,
				    strrchr(f->mail_body, '/') + 1,
				    "new password", NOW),
			 BOOK_OK);
	assert_int_equal(book_session_find(f->db, old_session, NOW, &p), 0);
	assert_int_equal(log_in(f, "ann@example.org", PASSWORD, NOW, session),
			 BOOK_WRONG_LOGIN);
	assert_int_equal(
		log_in(f, "ann@example.org", "new password", NOW, session),
		BOOK_OK);
	assert_int_equal(
		log_in(f, "ann@example.org", "new password", NOW, old_session),
		BOOK_OK);
	assert_int_equal(book_password(f->db, f->set, &ann, "wrong",
				       "third password", session, NOW),
			 BOOK_WRONG_LOGIN);
	assert_int_equal(book_password(f->db, f->set, &ann, "new password",
				       "third password", session, NOW),
			 BOOK_OK);
	assert_int_equal(book_session_find(f->db, session, NOW, &p), 1);
	assert_int_equal(book_session_find(f->db, old_session, NOW, &p), 0);
}

static void test_staff_locks_out(void **state)
{
	struct fixture *f = *state;
	char session[SECRET_TEXT_LEN];
	struct actor ann, staff;
	struct person p;

	make_person(f, "ann@example.org", &ann);
	make_person(f, "staff@example.org", &staff);
	assert_int_equal(log_in(f, "ann@example.org", PASSWORD, NOW, session),
			 BOOK_OK);
	assert_int_equal(
		book_person_disable(f->db, &staff, ann.person_id, true, NOW),
		BOOK_DENIED);
	staff.staff = true;
	assert_int_equal(
		book_person_disable(f->db, &staff, staff.person_id, true, NOW),
		BOOK_DENIED);
	assert_int_equal(
		book_person_disable(f->db, &staff, ann.person_id, true, NOW),
		BOOK_OK);
	assert_int_equal(book_session_find(f->db, session, NOW, &p), 0);
	assert_int_equal(log_in(f, "ann@example.org", PASSWORD, NOW, session),
			 BOOK_DISABLED);
	assert_int_equal(
		book_person_disable(f->db, &staff, ann.person_id, false, NOW),
		BOOK_OK);
	assert_int_equal(log_in(f, "ann@example.org", PASSWORD, NOW, session),
			 BOOK_OK);
}

static void test_only_an_admin_gives_roles(void **state)
{
	struct fixture *f = *state;
	struct actor ann, bob,
		shell = {.staff = true, .source = "poolctl", .address = ""};
	struct person p;

	make_person(f, "ann@example.org", &ann);
	make_person(f, "bob@example.org", &bob);
	assert_int_equal(book_person_role(f->db, &shell, ann.person_id,
					  PERSON_STAFF, NOW),
			 BOOK_OK);
	ann.staff = true;
	assert_int_equal(
		book_person_role(f->db, &ann, ann.person_id, PERSON_ADMIN, NOW),
		BOOK_DENIED);
	assert_int_equal(book_person_role(f->db, &shell, ann.person_id,
					  PERSON_ADMIN, NOW),
			 BOOK_OK);
	assert_int_equal(
		book_person_role(f->db, &ann, bob.person_id, PERSON_STAFF, NOW),
		BOOK_OK);
	assert_int_equal(person_by_id(f->db, bob.person_id, &p), 1);
	assert_int_equal(p.role, PERSON_STAFF);
}

static void test_a_proxy_says_who_it_is(void **state)
{
	struct fixture *f = *state;
	struct person p, again;

	assert_int_equal(book_log_in_trusted(f->db, &f->stranger,
					     "Kim@example.org", NOW, &p),
			 BOOK_OK);
	assert_int_equal(book_log_in_trusted(f->db, &f->stranger,
					     "kim@example.org", NOW, &again),
			 BOOK_OK);
	assert_int_equal(p.id, again.id);
	assert_int_not_equal(account_of(f, p.id), 0);
	assert_int_equal(
		book_log_in_trusted(f->db, &f->stranger, "kim", NOW, &p),
		BOOK_BAD_MAIL);
}

/* --- teams ----------------------------------------------------------------- */

static void test_a_team(void **state)
{
	struct fixture *f = *state;
	struct actor ann, bob, eve;
	int64_t team, joined;
	char token[SECRET_TEXT_LEN], role[12];

	make_person(f, "ann@example.org", &ann);
	make_person(f, "bob@example.org", &bob);
	make_person(f, "eve@example.org", &eve);
	assert_int_equal(book_team_new(f->db, &ann, "Time Lab", NOW, &team),
			 BOOK_OK);
	assert_int_equal(book_team_invite(f->db, f->set, &eve, team,
					  "eve@example.org", NOW),
			 BOOK_DENIED);
	assert_int_equal(book_team_invite(f->db, f->set, &ann, team,
					  "bob@example.org", NOW),
			 BOOK_OK);
	snprintf(token, sizeof token, "%s",
		 read_mail(f, "bob@example.org", NOW));
	assert_int_equal(book_team_join(f->db, &bob, token, NOW, &joined),
			 BOOK_OK);
	assert_int_equal(joined, team);
	assert_int_equal(book_team_join(f->db, &eve, token, NOW, &joined),
			 BOOK_BAD_LINK);
	assert_int_equal(member_role(f->db, team, bob.person_id, role), 1);
	assert_string_equal(role, "member");
	/* A member rules nobody. */
	assert_int_equal(
		book_team_remove(f->db, &bob, team, ann.person_id, NOW),
		BOOK_DENIED);
	assert_int_equal(
		book_team_role(f->db, &bob, team, bob.person_id, "owner", NOW),
		BOOK_DENIED);
	/* The last owner stays. */
	assert_int_equal(
		book_team_remove(f->db, &ann, team, ann.person_id, NOW),
		BOOK_LAST_OWNER);
	assert_int_equal(
		book_team_role(f->db, &ann, team, ann.person_id, "member", NOW),
		BOOK_LAST_OWNER);
	assert_int_equal(
		book_team_role(f->db, &ann, team, bob.person_id, "owner", NOW),
		BOOK_OK);
	assert_int_equal(
		book_team_remove(f->db, &ann, team, ann.person_id, NOW),
		BOOK_OK);
	assert_int_equal(member_role(f->db, team, ann.person_id, role), 0);
}

static void test_teams_of_one_name(void **state)
{
	struct fixture *f = *state;
	struct actor ann;
	struct account a, b;
	int64_t one, two;

	make_person(f, "ann@example.org", &ann);
	assert_int_equal(
		book_team_new(f->db, &ann, "Z\xC3\xBCri -- Time!", NOW, &one),
		BOOK_OK);
	assert_int_equal(book_team_new(f->db, &ann, "z ri time", NOW, &two),
			 BOOK_OK);
	assert_int_equal(account_by_id(f->db, one, &a), 1);
	assert_int_equal(account_by_id(f->db, two, &b), 1);
	assert_string_equal(a.slug, "z-ri-time");
	assert_memory_equal(b.slug, "z-ri-time-", 10);
	strcpy(a.url, "javascript:alert(1)");
	assert_int_equal(book_team_update(f->db, &ann, &a, NOW), BOOK_BAD_URL);
	strcpy(a.url, "https://time.example.org/");
	assert_int_equal(book_team_update(f->db, &ann, &a, NOW), BOOK_OK);
}

static void test_api_tokens(void **state)
{
	struct fixture *f = *state;
	struct actor ann, eve;
	struct api_token t;
	char token[TOKEN_TEXT_LEN];
	int64_t team;

	make_person(f, "ann@example.org", &ann);
	make_person(f, "eve@example.org", &eve);
	team = account_of(f, ann.person_id);
	assert_int_equal(
		book_token_new(f->db, &eve, team, "x", TOKEN_READ, NOW, token),
		BOOK_DENIED);
	assert_int_equal(
		book_token_new(f->db, &ann, team, "ci", TOKEN_READ, NOW, token),
		BOOK_OK);
	assert_int_equal(book_token_find(f->db, token, NOW, &t), 1);
	assert_int_equal(t.account_id, team);
	assert_int_equal(t.scopes, TOKEN_READ);
	/* One letter of the secret, the lookup, the length. */
	token[30] = token[30] == 'A' ? 'B' : 'A';
	assert_int_equal(book_token_find(f->db, token, NOW, &t), 0);
	assert_int_equal(book_token_find(f->db, "np_", NOW, &t), 0);
	assert_int_equal(book_token_find(f->db, "", NOW, &t), 0);
	assert_int_equal(book_token_new(f->db, &ann, team, "cd", TOKEN_WRITE,
					NOW, token),
			 BOOK_OK);
	assert_int_equal(book_token_find(f->db, token, NOW, &t), 1);
	assert_int_equal(book_token_revoke(f->db, &eve, team, t.lookup, NOW),
			 BOOK_DENIED);
	assert_int_equal(book_token_revoke(f->db, &ann, team, t.lookup, NOW),
			 BOOK_OK);
	assert_int_equal(book_token_find(f->db, token, NOW, &t), 0);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_secrets),
		TEST(test_secret_is_no_option),
		TEST(test_mail_addresses),
		TEST(test_sign_up_confirm_log_in),
		TEST(test_links_age),
		TEST(test_a_known_address_is_not_told_to_strangers),
		TEST(test_what_sign_up_refuses),
		TEST(test_log_in_is_throttled),
		TEST(test_mails_are_throttled),
		TEST(test_a_session_ends),
		TEST(test_a_new_password),
		TEST(test_staff_locks_out),
		TEST(test_only_an_admin_gives_roles),
		TEST(test_a_proxy_says_who_it_is),
		TEST(test_a_team),
		TEST(test_teams_of_one_name),
		TEST(test_api_tokens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
