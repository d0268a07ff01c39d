/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/second.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "pool/book/person.h"
#include "pool/book/roster.h"

#define NOW INT64_C(1800000000000)
#define QUARTER (INT64_C(15) * 60 * 1000)
#define PASSWORD "four words not alike"

struct fixture {
	struct db *db;
	struct pool_settings *set;
	struct actor shell, ann, staff;
	char recovery[RECOVERY_CODES][RECOVERY_TEXT_LEN];
	char pass[SECRET_TEXT_LEN], session[SECRET_TEXT_LEN];
};

static struct actor add_person(struct fixture *f, const char *email,
			       enum person_role role)
{
	struct new_person p = {email, "", PASSWORD, role};
	struct actor who = {.source = "web",
			    .address = "192.0.2.1",
			    .staff = role != PERSON_USER};

	assert_int_equal(book_person_add(f->db, f->set, &f->shell, &p, NOW,
					 &who.person_id),
			 BOOK_OK);
	return who;
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	char why[256];
	struct text t = text_init(why, sizeof why);

	if (sodium_init() < 0 || db_open("sqlite::memory:", &f->db, &t) < 0)
		return -1;
	f->set = settings_new();
	f->set->password_kib = 8;
	f->shell = (struct actor){
		.staff = true, .source = "poolctl", .address = ""};
	f->ann = add_person(f, "ann@example.org", PERSON_USER);
	f->staff = add_person(f, "staff@example.org", PERSON_STAFF);
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

/* What the app of that person shows. */
static const char *code_at(struct fixture *f, const struct actor *who,
			   int64_t at_ms, char code[8])
{
	struct second_step s;

	assert_int_equal(second_step_find(f->db, who->person_id, &s), 1);
	snprintf(code, 8, "%06u",
		 totp_number(s.secret, sizeof s.secret,
			     (uint64_t)(at_ms / TOTP_STEP_MS)) %
			 1000000);
	return code;
}

static void turn_on(struct fixture *f, const struct actor *who)
{
	char code[8];

	assert_int_equal(book_second_begin(f->db, who, NOW), BOOK_OK);
	assert_int_equal(book_second_on(f->db, who, code_at(f, who, NOW, code),
					NOW, f->recovery),
			 BOOK_OK);
}

/* The first step, at a time. */
static enum book_verdict log_in(struct fixture *f, int64_t at_ms)
{
	return book_log_in(f->db, f->set, &f->shell, "ann@example.org",
			   PASSWORD, at_ms, f->pass);
}

/* The second. */
static enum book_verdict give(struct fixture *f, const char *code,
			      int64_t at_ms)
{
	return book_log_in_code(f->db, &f->shell, f->pass, code, at_ms,
				f->session);
}

static bool is_in(struct fixture *f, const char *session)
{
	struct person p;

	return book_session_find(f->db, session, NOW, &p) == 1;
}

static void test_on_only_with_a_code(void **state)
{
	struct fixture *f = *state;
	char code[8];

	assert_int_equal(
		book_second_on(f->db, &f->ann, "000000", NOW, f->recovery),
		BOOK_UNKNOWN);
	assert_int_equal(book_second_begin(f->db, &f->ann, NOW), BOOK_OK);
	assert_int_equal(book_second_on(f->db, &f->ann, "", NOW, f->recovery),
			 BOOK_WRONG_CODE);
	/* Not asked for yet. */
	assert_int_equal(log_in(f, NOW), BOOK_OK);
	assert_true(is_in(f, f->pass));
	assert_int_equal(book_second_on(f->db, &f->ann,
					code_at(f, &f->ann, NOW, code), NOW,
					f->recovery),
			 BOOK_OK);
	assert_int_equal(recovery_code_count(f->db, f->ann.person_id),
			 RECOVERY_CODES);
	assert_int_equal(book_second_begin(f->db, &f->ann, NOW), BOOK_EXISTS);
	assert_int_equal(book_second_on(f->db, &f->ann, code, NOW, f->recovery),
			 BOOK_EXISTS);
}

static void test_no_session_before_the_code(void **state)
{
	struct fixture *f = *state;
	int64_t later = NOW + 2 * TOTP_STEP_MS;
	char code[8];

	turn_on(f, &f->ann);
	assert_int_equal(log_in(f, later), BOOK_NEEDS_CODE);
	assert_false(is_in(f, f->pass));
	assert_int_equal(give(f, "", later), BOOK_WRONG_CODE);
	assert_int_equal(give(f, "12345", later), BOOK_WRONG_CODE);
	assert_int_equal(give(f, code_at(f, &f->ann, later, code), later),
			 BOOK_OK);
	assert_true(is_in(f, f->session));
	/* The pass is used up. */
	assert_int_equal(give(f, code_at(f, &f->ann, later + 90000, code),
			      later + 90000),
			 BOOK_BAD_LINK);
}

static void test_a_code_counts_once(void **state)
{
	struct fixture *f = *state;
	int64_t later = NOW + 10 * TOTP_STEP_MS;
	char code[8];

	turn_on(f, &f->ann);
	/* That of turning it on, too. */
	assert_int_equal(log_in(f, NOW), BOOK_NEEDS_CODE);
	assert_int_equal(give(f, code_at(f, &f->ann, NOW, code), NOW),
			 BOOK_WRONG_CODE);
	assert_int_equal(log_in(f, later), BOOK_NEEDS_CODE);
	assert_int_equal(give(f, code_at(f, &f->ann, later, code), later),
			 BOOK_OK);
	assert_int_equal(log_in(f, later), BOOK_NEEDS_CODE);
	assert_int_equal(give(f, code, later), BOOK_WRONG_CODE);
	/* Nor one that is older than the last. */
	assert_int_equal(
		give(f, code_at(f, &f->ann, later - TOTP_STEP_MS, code), later),
		BOOK_WRONG_CODE);
}

static void test_clocks_may_be_a_step_apart(void **state)
{
	static const struct {
		int64_t steps;
		enum book_verdict v;
	} rows[] = {{-2, BOOK_WRONG_CODE},
		    {-1, BOOK_OK},
		    {1, BOOK_OK},
		    {2, BOOK_WRONG_CODE}};
	struct fixture *f = *state;
	char code[8];

	turn_on(f, &f->ann);
	for (size_t i = 0; i < 4; i++) {
		int64_t at = NOW + (int64_t)(i + 1) * 20 * TOTP_STEP_MS;
		int64_t theirs = at + rows[i].steps * TOTP_STEP_MS;

		assert_int_equal(log_in(f, at), BOOK_NEEDS_CODE);
		assert_int_equal(give(f, code_at(f, &f->ann, theirs, code), at),
				 rows[i].v);
	}
}

static void test_recovery_codes(void **state)
{
	struct fixture *f = *state;
	char typed[64];

	turn_on(f, &f->ann);
	assert_int_equal(log_in(f, NOW), BOOK_NEEDS_CODE);
	assert_int_equal(give(f, f->recovery[3], NOW), BOOK_OK);
	assert_true(is_in(f, f->session));
	assert_int_equal(log_in(f, NOW), BOOK_NEEDS_CODE);
	assert_int_equal(give(f, f->recovery[3], NOW), BOOK_WRONG_CODE);
	/* As people type. */
	snprintf(typed, sizeof typed, " %.4s%s ", f->recovery[9],
		 f->recovery[9] + 4);
	for (char *c = typed; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	assert_int_equal(give(f, typed, NOW), BOOK_OK);
	assert_int_equal(recovery_code_count(f->db, f->ann.person_id),
			 RECOVERY_CODES - 2);
}

static void test_codes_are_throttled(void **state)
{
	struct fixture *f = *state;
	char code[8];

	turn_on(f, &f->ann);
	assert_int_equal(log_in(f, NOW), BOOK_NEEDS_CODE);
	/* Turning it on was the first try. */
	for (int i = 1; i < LOGIN_TRIES_PERSON; i++)
		assert_int_equal(give(f, "12345", NOW), BOOK_WRONG_CODE);
	assert_int_equal(give(f, f->recovery[0], NOW), BOOK_TOO_OFTEN);
	/* Another pass does not help; waiting does. */
	assert_int_equal(log_in(f, NOW), BOOK_NEEDS_CODE);
	assert_int_equal(give(f, f->recovery[0], NOW), BOOK_TOO_OFTEN);
	assert_int_equal(log_in(f, NOW + QUARTER), BOOK_NEEDS_CODE);
	assert_int_equal(give(f, code_at(f, &f->ann, NOW + QUARTER, code),
			      NOW + QUARTER),
			 BOOK_OK);
}

static void test_a_pass_ends(void **state)
{
	struct fixture *f = *state;
	int64_t late = NOW + CODE_LIFE_MS;
	char code[8];

	turn_on(f, &f->ann);
	assert_int_equal(log_in(f, NOW), BOOK_NEEDS_CODE);
	assert_int_equal(give(f, code_at(f, &f->ann, late, code), late),
			 BOOK_BAD_LINK);
	/* With the password that it was given for. */
	assert_int_equal(log_in(f, late), BOOK_NEEDS_CODE);
	assert_int_equal(book_person_password(f->db, f->set, &f->shell,
					      f->ann.person_id,
					      "quite another one", late),
			 BOOK_OK);
	assert_int_equal(give(f, code, late), BOOK_BAD_LINK);
	strcpy(f->pass, "nonsense");
	assert_int_equal(give(f, code, late), BOOK_BAD_LINK);
}

static void test_who_is_locked_out_stays_out(void **state)
{
	struct fixture *f = *state;

	turn_on(f, &f->ann);
	assert_int_equal(log_in(f, NOW), BOOK_NEEDS_CODE);
	assert_int_equal(book_person_disable(f->db, &f->staff, f->ann.person_id,
					     true, NOW),
			 BOOK_OK);
	assert_int_not_equal(give(f, f->recovery[0], NOW), BOOK_OK);
}

static void test_off_takes_password_and_code(void **state)
{
	struct fixture *f = *state;

	turn_on(f, &f->ann);
	assert_int_equal(book_second_off(f->db, f->set, &f->ann, "wrong",
					 f->recovery[0], NOW),
			 BOOK_WRONG_LOGIN);
	assert_int_equal(
		book_second_off(f->db, f->set, &f->ann, PASSWORD, "12345", NOW),
		BOOK_WRONG_CODE);
	assert_int_equal(log_in(f, NOW), BOOK_NEEDS_CODE);
	assert_int_equal(book_second_off(f->db, f->set, &f->ann, PASSWORD,
					 f->recovery[0], NOW),
			 BOOK_OK);
	assert_int_equal(recovery_code_count(f->db, f->ann.person_id), 0);
	assert_int_equal(log_in(f, NOW), BOOK_OK);
	assert_int_equal(
		book_second_off(f->db, f->set, &f->ann, PASSWORD, "x", NOW),
		BOOK_UNKNOWN);
}

static void test_staff_take_it_off(void **state)
{
	struct fixture *f = *state;
	struct actor admin = add_person(f, "admin@example.org", PERSON_ADMIN);

	turn_on(f, &f->ann);
	turn_on(f, &f->staff);
	turn_on(f, &admin);
	assert_int_equal(
		book_second_take_off(f->db, &f->ann, f->staff.person_id, NOW),
		BOOK_DENIED);
	assert_int_equal(
		book_second_take_off(f->db, &f->staff, f->staff.person_id, NOW),
		BOOK_DENIED);
	assert_int_equal(
		book_second_take_off(f->db, &f->staff, admin.person_id, NOW),
		BOOK_DENIED);
	assert_int_equal(book_second_take_off(f->db, &f->staff, 12345, NOW),
			 BOOK_UNKNOWN);
	assert_int_equal(
		book_second_take_off(f->db, &f->staff, f->ann.person_id, NOW),
		BOOK_OK);
	assert_int_equal(log_in(f, NOW), BOOK_OK);
	/* An admin who is locked out has the shell. */
	assert_int_equal(
		book_second_take_off(f->db, &f->shell, admin.person_id, NOW),
		BOOK_OK);
	assert_int_equal(second_is_on(f->db, admin.person_id), 0);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_on_only_with_a_code),
		TEST(test_no_session_before_the_code),
		TEST(test_a_code_counts_once),
		TEST(test_clocks_may_be_a_step_apart),
		TEST(test_recovery_codes),
		TEST(test_codes_are_throttled),
		TEST(test_a_pass_ends),
		TEST(test_who_is_locked_out_stays_out),
		TEST(test_off_takes_password_and_code),
		TEST(test_staff_take_it_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
