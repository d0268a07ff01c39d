/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/audit.h"

#include "pool/store/setting.h"
#include "pool_rows.h"

static void pages_backwards(void **state)
{
	struct db *db = db_for_test();
	struct audit a = {.at_ms = T0, .account_id = 7, .source = "web"};
	struct db_rows rows;

	(void)state;
	for (int i = 1; i <= 5; i++) {
		a.server_id = i % 2;
		snprintf(a.action, sizeof a.action, "act.%d", i);
		assert_int_equal(audit_add(db, &a), 0);
	}
	audit_ask_account(db, &rows, 7, 0, 2);
	assert_true(audit_next(&rows, &a));
	assert_string_equal(a.action, "act.5");
	assert_true(audit_next(&rows, &a));
	assert_string_equal(a.action, "act.4");
	assert_false(audit_next(&rows, &a));
	assert_int_equal(db_end(&rows), 0);

	audit_ask_all(db, &rows, a.id, 10);
	assert_true(audit_next(&rows, &a));
	assert_string_equal(a.action, "act.3");
	assert_int_equal(db_end(&rows), 0);

	audit_ask_server(db, &rows, 1, 0, 10);
	for (int i = 5; i >= 1; i -= 2) {
		assert_true(audit_next(&rows, &a));
		assert_int_equal(a.action[4], '0' + i);
	}
	assert_false(audit_next(&rows, &a));
	assert_int_equal(db_end(&rows), 0);
	db_close(db);
}

static void settings_are_remembered(void **state)
{
	struct db *db = db_for_test();
	int64_t n = 5;
	char text[8] = "x";

	(void)state;
	assert_int_equal(setting_get(db, "a", text, sizeof text), 0);
	assert_string_equal(text, "");
	assert_int_equal(setting_get_int(db, "a", &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(setting_set_int(db, "a", INT64_MIN), 0);
	assert_int_equal(setting_get_int(db, "a", &n), 0);
	assert_true(n == INT64_MIN);
	assert_int_equal(setting_set(db, "a", "it's"), 0);
	assert_int_equal(setting_get(db, "a", text, sizeof text), 1);
	assert_string_equal(text, "it's");
	db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_backwards),
		cmocka_unit_test(settings_are_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
