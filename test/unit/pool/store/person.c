/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/person.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmocka_all.h"
#include "pool/store/account.h"
#include "pool/store/session.h"
#include "pool/store/token.h"

#define NOW INT64_C(1800000000000)

static int open_db(void **state)
{
	char why[256];
	struct text t = text_init(why, sizeof why);

	return db_open("sqlite::memory:", (struct db **)state, &t);
}

static int close_db(void **state)
{
	db_close(*state);
	return 0;
}

static int64_t add_person(struct db *db, const char *email)
{
	struct person p = {.created_ms = NOW, .role = PERSON_USER};
	int64_t id = 0;

	snprintf(p.email, sizeof p.email, "%s", email);
	snprintf(p.password, sizeof p.password, "$argon2id$x");
	assert_int_equal(person_insert(db, &p, &id), 0);
	return id;
}

static void test_a_person_is_found_again(void **state)
{
	struct db *db = *state;
	int64_t id = add_person(db, "ann@example.org");
	struct person p;

	assert_int_equal(person_by_email(db, "ann@example.org", &p), 1);
	assert_int_equal(p.id, id);
	assert_int_equal(p.confirmed_ms, 0);
	assert_int_equal(person_set_confirmed(db, id, NOW + 1), 0);
	assert_int_equal(person_set_role(db, id, PERSON_STAFF), 0);
	assert_int_equal(person_set_name(db, id, "Ann 'x' \"; --"), 0);
	assert_int_equal(person_set_disabled(db, id, NOW + 2), 0);
	assert_int_equal(person_by_id(db, id, &p), 1);
	assert_int_equal(p.confirmed_ms, NOW + 1);
	assert_int_equal(p.disabled_ms, NOW + 2);
	assert_int_equal(p.role, PERSON_STAFF);
	assert_string_equal(p.name, "Ann 'x' \"; --");
	assert_int_equal(person_by_email(db, "bob@example.org", &p), 0);
	assert_int_equal(person_set_name(db, id + 1, "x"), -ENOENT);
	assert_int_equal(person_insert(db, &p, &id), -EEXIST);
}

static void test_search_takes_wildcards_as_letters(void **state)
{
	struct db *db = *state;
	struct db_rows rows;
	struct person p;

	add_person(db, "ann@example.org");
	add_person(db, "a_n@example.org");
	person_ask_search(db, &rows, "A_N@", 10);
	assert_true(person_next(&rows, &p));
	assert_string_equal(p.email, "a_n@example.org");
	assert_false(person_next(&rows, &p));
	assert_int_equal(db_end(&rows), 0);
}

static void test_who_never_confirmed_is_forgotten(void **state)
{
	struct db *db = *state;
	int64_t kept = add_person(db, "kept@example.org");
	struct mail_token t = {.purpose = MAIL_CONFIRM,
			       .person_id = add_person(db, "x@example.org"),
			       .email = "x@example.org",
			       .expires_ms = NOW + 9};
	struct person p;

	assert_int_equal(mail_token_insert(db, &t), 0);
	assert_int_equal(person_set_confirmed(db, kept, NOW), 0);
	assert_int_equal(person_forget_unconfirmed(db, NOW), 0);
	assert_int_equal(person_forget_unconfirmed(db, NOW + 1), 1);
	assert_int_equal(person_by_id(db, kept, &p), 1);
	assert_int_equal(person_by_email(db, "x@example.org", &p), 0);
}

static void test_accounts(void **state)
{
	struct db *db = *state;
	struct account a = {
		.slug = "time-lab", .name = "Time Lab", .created_ms = NOW};
	struct account found;
	struct db_rows rows;
	int64_t id;

	assert_int_equal(account_insert(db, &a, &id), 0);
	assert_int_equal(account_insert(db, &a, &id), -EEXIST);
	assert_int_equal(account_by_slug(db, "time-lab", &found), 1);
	found.is_public = true;
	strcpy(found.organisation, "University");
	assert_int_equal(account_update(db, &found), 0);
	assert_int_equal(account_by_id(db, found.id, &found), 1);
	assert_true(found.is_public);
	account_ask_search(db, &rows, "univ", 5);
	assert_true(account_next(&rows, &found));
	assert_int_equal(db_end(&rows), 0);
}

static void test_sessions_end(void **state)
{
	struct db *db = *state;
	int64_t id = add_person(db, "ann@example.org");
	struct session s = {.hash = {1},
			    .person_id = id,
			    .created_ms = NOW,
			    .seen_ms = NOW,
			    .expires_ms = NOW + 10};
	struct session found;
	uint8_t other[SECRET_HASH_LEN] = {2};

	assert_int_equal(session_insert(db, &s), 0);
	assert_int_equal(session_find(db, s.hash, NOW, &found), 1);
	assert_int_equal(found.person_id, id);
	assert_int_equal(session_find(db, s.hash, NOW + 10, &found), 0);
	assert_int_equal(session_find(db, other, NOW, &found), 0);
	assert_int_equal(session_touch(db, s.hash, NOW + 5, NOW + 20), 0);
	assert_int_equal(session_find(db, s.hash, NOW + 10, &found), 1);
	assert_int_equal(session_delete_person(db, id, s.hash), 0);
	assert_int_equal(session_find(db, s.hash, NOW, &found), 1);
	assert_int_equal(session_clean(db, NOW + 20), 1);
	assert_int_equal(session_insert(db, &s), 0);
	assert_int_equal(session_delete_person(db, id, NULL), 0);
	assert_int_equal(session_find(db, s.hash, NOW, &found), 0);
}

static void test_a_mail_token_is_used_once(void **state)
{
	struct db *db = *state;
	int64_t id = add_person(db, "ann@example.org");
	struct mail_token t = {.hash = {7},
			       .purpose = MAIL_RESET,
			       .person_id = id,
			       .email = "ann@example.org",
			       .expires_ms = NOW + 10};
	struct mail_token found;

	assert_int_equal(mail_token_insert(db, &t), 0);
	assert_int_equal(mail_token_find(db, t.hash, MAIL_RESET, NOW, &found),
			 1);
	assert_memory_equal(found.hash, t.hash, SECRET_HASH_LEN);
	/* A link to confirm an address sets no password. */
	assert_int_equal(mail_token_find(db, t.hash, MAIL_CONFIRM, NOW, &found),
			 0);
	assert_int_equal(
		mail_token_find(db, t.hash, MAIL_RESET, NOW + 10, &found), 0);
	assert_int_equal(mail_token_take(db, t.hash), 1);
	assert_int_equal(mail_token_take(db, t.hash), 0);
}

static void test_api_tokens_are_revoked_by_their_account(void **state)
{
	struct db *db = *state;
	int64_t person = add_person(db, "ann@example.org"), account, other;
	struct account a = {.slug = "a", .name = "A", .created_ms = NOW};
	struct account b = {.slug = "b", .name = "B", .created_ms = NOW};
	struct api_token t = {.lookup = "0123456789abcdef",
			      .hash = {9},
			      .name = "terraform",
			      .person_id = person,
			      .scopes = TOKEN_READ,
			      .created_ms = NOW};
	struct api_token found;

	assert_int_equal(account_insert(db, &a, &account), 0);
	assert_int_equal(account_insert(db, &b, &other), 0);
	t.account_id = account;
	assert_int_equal(api_token_insert(db, &t), 0);
	assert_int_equal(api_token_find(db, t.lookup, &found), 1);
	assert_int_equal(found.scopes, TOKEN_READ);
	assert_memory_equal(found.hash, t.hash, SECRET_HASH_LEN);
	assert_int_equal(api_token_touch(db, t.lookup, NOW + 1), 0);
	assert_int_equal(api_token_revoke(db, t.lookup, other, NOW), -ENOENT);
	assert_int_equal(api_token_revoke(db, t.lookup, account, NOW), 0);
	assert_int_equal(api_token_find(db, t.lookup, &found), 1);
	assert_int_equal(found.revoked_ms, NOW);
}

#define WITH_DB(test) cmocka_unit_test_setup_teardown(test, open_db, close_db)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DB(test_a_person_is_found_again),
		WITH_DB(test_search_takes_wildcards_as_letters),
		WITH_DB(test_who_never_confirmed_is_forgotten),
		WITH_DB(test_accounts),
		WITH_DB(test_sessions_end),
		WITH_DB(test_a_mail_token_is_used_once),
		WITH_DB(test_api_tokens_are_revoked_by_their_account),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
