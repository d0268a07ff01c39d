/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/candidate.h"

#include <errno.h>
#include <math.h>

#include "near.h"
#include "pool_rows.h"

static int64_t add(struct db *db, int64_t account, int64_t first,
		   const char *asked, int64_t at_ms)
{
	struct candidate c = {
		.first_id = first,
		.account_id = account,
		.asked_ms = at_ms,
		.port = 123,
		.stratum = -1,
		.offset_s = (double)NAN,
		.rtt_s = (double)NAN,
	};
	int64_t id = 0;

	snprintf(c.asked, sizeof c.asked, "%s", asked);
	assert_int_equal(candidate_insert(db, &c, &id), 0);
	return id;
}

static void a_name_becomes_a_group(void **state)
{
	struct db *db = db_for_test();
	int64_t account = add_account(db, "a");
	int64_t first = add(db, account, 0, "ntp.example.org", T0);
	int64_t other = add(db, account, 0, "ntp2.example.org", T0 + 1);
	int64_t second = add(db, account, first, "ntp.example.org", T0);
	struct candidate c;
	struct db_rows rows;

	(void)state;
	candidate_ask_group(db, &rows, first);
	assert_true(candidate_next(&rows, &c));
	assert_int_equal(c.id, first);
	assert_int_equal(c.first_id, first);
	assert_true(candidate_next(&rows, &c));
	assert_int_equal(c.id, second);
	assert_int_equal(c.first_id, first);
	assert_false(candidate_next(&rows, &c));
	assert_int_equal(db_end(&rows), 0);

	candidate_ask_state(db, &rows, CANDIDATE_ASKED, 2);
	assert_true(candidate_next(&rows, &c));
	assert_int_equal(c.id, first);
	assert_true(candidate_next(&rows, &c));
	assert_int_equal(c.id, second);
	assert_false(candidate_next(&rows, &c));
	assert_int_equal(db_end(&rows), 0);

	assert_int_equal(candidate_forget(db, T0 + 1), 0);
	assert_int_equal(candidate_by_id(db, first, &c), 0);
	assert_int_equal(candidate_by_id(db, other, &c), 1);
	db_close(db);
}

static void what_was_found_comes_back(void **state)
{
	struct db *db = db_for_test();
	struct candidate c;
	int64_t id = add(db, add_account(db, "a"), 0, "192.0.2.1", T0);

	(void)state;
	assert_int_equal(candidate_by_id(db, id, &c), 1);
	assert_int_equal(c.state, CANDIDATE_ASKED);
	assert_int_equal(c.stratum, -1);
	assert_true(isnan(c.offset_s));
	c.state = CANDIDATE_GOOD;
	c.stratum = 2;
	c.offset_s = -0.0025;
	c.rtt_s = 0.01;
	strcpy(c.country, "de");
	strcpy(c.address, "192.0.2.1");
	assert_int_equal(candidate_update(db, &c), 0);
	memset(&c, 0, sizeof c);
	assert_int_equal(candidate_by_id(db, id, &c), 1);
	assert_int_equal(c.state, CANDIDATE_GOOD);
	assert_int_equal(c.stratum, 2);
	assert_near(c.offset_s, -0.0025, 0);
	assert_near(c.rtt_s, 0.01, 0);
	assert_string_equal(c.country, "de");
	c.id++;
	assert_int_equal(candidate_update(db, &c), -ENOENT);
	db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_becomes_a_group),
		cmocka_unit_test(what_was_found_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
