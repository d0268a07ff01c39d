/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/server.h"

#include <errno.h>
#include <math.h>

#include "near.h"
#include "pool_rows.h"

static int setup(void **state)
{
	*state = db_for_test();
	return 0;
}

static int teardown(void **state)
{
	db_close(*state);
	return 0;
}

static size_t count(struct db_rows *rows, int64_t *last)
{
	struct server s;
	size_t n = 0;

	while (server_next(rows, &s)) {
		*last = s.id;
		n++;
	}
	assert_int_equal(db_end(rows), 0);
	return n;
}

static void new_server_is_unknown_quantity(void **state)
{
	struct db *db = *state;
	int64_t account = add_account(db, "a");
	struct server s =
		get_server(db, add_server(db, account, "2001:db8::1"));

	assert_int_equal(s.account_id, account);
	assert_string_equal(s.address, "2001:db8::1");
	assert_int_equal(s.family, 6);
	assert_int_equal(s.port, 123);
	assert_int_equal(s.kbit, 10000);
	assert_near(s.score, 0, 0);
	assert_int_equal(s.score_ms, 0);
	assert_int_equal(s.stratum, -1);
	assert_true(isnan(s.strict_score));
	assert_true(isnan(s.alert_below));
	assert_int_equal(s.deleted_ms, 0);
	assert_int_equal(server_by_id(db, s.id + 1, &s), 0);
}

static void address_is_taken_once(void **state)
{
	struct db *db = *state;
	int64_t account = add_account(db, "a");
	int64_t first = add_server(db, account, "192.0.2.1");
	struct server s = get_server(db, first);
	int64_t second = 0;

	assert_int_equal(server_insert(db, &s, &second), -EEXIST);
	assert_int_equal(server_set_deleted(db, first, T0 + 1), 0);
	assert_int_equal(server_by_address(db, "192.0.2.1", 123, &s), 1);
	assert_int_equal(s.id, first);
	assert_int_equal(s.deleted_ms, T0 + 1);

	second = add_server(db, account, "192.0.2.1");
	assert_int_equal(server_by_address(db, "192.0.2.1", 123, &s), 1);
	assert_int_equal(s.id, second);
	assert_int_equal(server_by_address(db, "192.0.2.1", 124, &s), 0);
}

static void each_change_changes_one_thing(void **state)
{
	struct db *db = *state;
	int64_t account = add_account(db, "a"), other = add_account(db, "b");
	int64_t id = add_server(db, account, "192.0.2.1");
	struct server s;

	assert_int_equal(server_set_kbit(db, id, 512), 0);
	assert_int_equal(server_set_paused(db, id, T0 + 5), 0);
	assert_int_equal(server_set_delete_on(db, id, T0 + 6), 0);
	assert_int_equal(server_set_account(db, id, other), 0);
	assert_int_equal(server_set_country(db, id, "de"), 0);
	assert_int_equal(server_set_hostname(db, id, "ntp.example.org"), 0);
	assert_int_equal(server_set_comment(db, id, "caf\xC3\xA9"), 0);
	assert_int_equal(server_set_alert_below(db, id, 9.5), 0);
	assert_int_equal(server_set_verified(db, id, "dns", T0 + 7), 0);
	s = get_server(db, id);
	assert_int_equal(s.kbit, 512);
	assert_int_equal(s.paused_until_ms, T0 + 5);
	assert_int_equal(s.delete_on_ms, T0 + 6);
	assert_int_equal(s.account_id, other);
	assert_string_equal(s.country, "de");
	assert_string_equal(s.hostname, "ntp.example.org");
	assert_string_equal(s.comment, "caf\xC3\xA9");
	assert_near(s.alert_below, 9.5, 0);
	assert_string_equal(s.verified_by, "dns");
	assert_int_equal(s.verified_ms, T0 + 7);

	assert_int_equal(server_set_paused(db, id, 0), 0);
	assert_int_equal(get_server(db, id).paused_until_ms, 0);
	assert_int_equal(server_set_kbit(db, id + 1, 1), -ENOENT);
}

static void lists_leave_the_deleted_out(void **state)
{
	struct db *db = *state;
	int64_t a = add_account(db, "a"), b = add_account(db, "b");
	int64_t zone = add_zone(db, "de", "country", 0);
	int64_t one = add_server(db, a, "192.0.2.1");
	int64_t two = add_server(db, b, "192.0.2.2");
	int64_t gone = add_server(db, a, "192.0.2.3");
	struct db_rows rows;
	int64_t id = 0, n = 0;

	assert_int_equal(zone_put_server(db, zone, two), 0);
	assert_int_equal(zone_put_server(db, zone, gone), 0);
	assert_int_equal(server_set_delete_on(db, one, T0 + 10), 0);
	assert_int_equal(server_set_deleted(db, gone, T0), 0);

	server_ask_all(db, &rows);
	assert_int_equal(count(&rows, &id), 2);
	server_ask_account(db, &rows, a);
	assert_int_equal(count(&rows, &id), 1);
	assert_int_equal(id, one);
	server_ask_zone(db, &rows, zone);
	assert_int_equal(count(&rows, &id), 1);
	assert_int_equal(id, two);
	server_ask_leaving(db, &rows, T0 + 9);
	assert_int_equal(count(&rows, &id), 0);
	server_ask_leaving(db, &rows, T0 + 10);
	assert_int_equal(count(&rows, &id), 1);
	assert_int_equal(id, one);

	assert_int_equal(server_count_unverified(db, a, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(server_set_verified(db, one, "http", T0), 0);
	assert_int_equal(server_count_unverified(db, a, &n), 0);
	assert_int_equal(n, 0);
}

/* What a visitor types is text to look for, not a pattern. */
static void search_takes_signs_as_signs(void **state)
{
	struct db *db = *state;
	int64_t a = add_account(db, "a");
	int64_t id = add_server(db, a, "192.0.2.1"), found = 0;
	struct db_rows rows;
	char far_too_long[4096];

	assert_int_equal(server_set_hostname(db, id, "Time.Example.org"), 0);
	server_ask_search(db, &rows, "EXAMPLE", 10);
	assert_int_equal(count(&rows, &found), 1);
	assert_int_equal(found, id);
	server_ask_search(db, &rows, "192.0.2.", 10);
	assert_int_equal(count(&rows, &found), 1);
	server_ask_search(db, &rows, "%", 10);
	assert_int_equal(count(&rows, &found), 0);
	server_ask_search(db, &rows, "192_0", 10);
	assert_int_equal(count(&rows, &found), 0);
	server_ask_search(db, &rows, "' OR 1=1 --!", 10);
	assert_int_equal(count(&rows, &found), 0);
	memset(far_too_long, '%', sizeof far_too_long - 1);
	far_too_long[sizeof far_too_long - 1] = '\0';
	server_ask_search(db, &rows, far_too_long, 10);
	assert_int_equal(count(&rows, &found), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(new_server_is_unknown_quantity),
		TEST(address_is_taken_once),
		TEST(each_change_changes_one_thing),
		TEST(lists_leave_the_deleted_out),
		TEST(search_takes_signs_as_signs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
