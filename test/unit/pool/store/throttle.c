/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/throttle.h"

#include "pool_db.h"

#define HOUR_MS INT64_C(3600000)

static void a_window_and_the_next(void **state)
{
	struct db *db = db_for_test();

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(throttle_try(db, "login:a", 3, HOUR_MS, 1000),
				 1);
	assert_int_equal(throttle_try(db, "login:a", 3, HOUR_MS, 1000), 0);
	assert_int_equal(throttle_try(db, "login:b", 3, HOUR_MS, 1000), 1);
	/* Trying on does not make it longer. */
	assert_int_equal(throttle_try(db, "login:a", 3, HOUR_MS, HOUR_MS), 0);
	assert_int_equal(
		throttle_try(db, "login:a", 3, HOUR_MS, HOUR_MS + 1000), 1);
	db_close(db);
}

static void forgotten_and_cleaned(void **state)
{
	struct db *db = db_for_test();

	(void)state;
	assert_int_equal(throttle_try(db, "x", 1, HOUR_MS, 0), 1);
	assert_int_equal(throttle_try(db, "x", 1, HOUR_MS, 0), 0);
	assert_int_equal(throttle_forget(db, "x"), 0);
	assert_int_equal(throttle_forget(db, "x"), 0);
	assert_int_equal(throttle_try(db, "x", 1, HOUR_MS, 0), 1);
	assert_int_equal(throttle_try(db, "y", 1, 2 * HOUR_MS, 0), 1);
	assert_int_equal(throttle_clean(db, HOUR_MS), 1);
	assert_int_equal(throttle_clean(db, HOUR_MS), 0);
	db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_window_and_the_next),
		cmocka_unit_test(forgotten_and_cleaned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
