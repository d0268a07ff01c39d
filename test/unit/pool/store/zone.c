/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/zone.h"

#include <errno.h>

#include "pool_rows.h"

#define DAY INT64_C(86400000)

static void families_and_order(void **state)
{
	struct db *db = db_for_test();
	int64_t country, global, continent;
	struct zone_record z;
	struct db_rows rows;

	(void)state;
	country = add_zone(db, "de", "country", 0);
	global = add_zone(db, "@", "global", 0);
	continent = add_zone(db, "europe", "continent", global);
	assert_int_equal(zone_by_name(db, "de", &z), 1);
	z.parent_id = continent;
	z.min_servers = 4;
	strcpy(z.policy, "strict");
	assert_int_equal(zone_update(db, &z), 0);
	assert_int_equal(zone_by_id(db, country, &z), 1);
	assert_int_equal(z.parent_id, continent);
	assert_int_equal(z.min_servers, 4);
	assert_string_equal(z.policy, "strict");
	strcpy(z.name, "@");
	assert_int_equal(zone_insert(db, &z, &country), -EEXIST);

	zone_ask_all(db, &rows);
	for (size_t i = 0; i < 3; i++) {
		assert_true(zone_next(&rows, &z));
		assert_int_equal(z.name[0], "@ed"[i]);
	}
	assert_false(zone_next(&rows, &z));
	assert_int_equal(db_end(&rows), 0);

	zone_ask_children(db, &rows, global);
	assert_true(zone_next(&rows, &z));
	assert_string_equal(z.name, "europe");
	assert_false(zone_next(&rows, &z));
	assert_int_equal(db_end(&rows), 0);
	assert_int_equal(zone_delete(db, continent), -EBUSY);
	db_close(db);
}

static void a_zone_goes_with_what_hangs_on_it(void **state)
{
	struct db *db = db_for_test();
	int64_t server = add_server(db, add_account(db, "a"), "192.0.2.1");
	int64_t zone = add_zone(db, "campus", "custom", 0), rule = 0;
	struct zone_rule r = {
		.zone_id = zone, .kind = "subnet", .value = "192.0.2.0/24"};
	struct zone_record z;
	struct db_rows rows;

	(void)state;
	assert_int_equal(zone_rule_insert(db, &r, &rule), 0);
	assert_int_equal(zone_put_server(db, zone, server), 0);
	assert_int_equal(zone_put_server(db, zone, server), 0);
	assert_int_equal(zone_count_all(db, T0), 0);
	zone_ask_rules(db, &rows, 0);
	assert_true(zone_rule_next(&rows, &r));
	assert_string_equal(r.value, "192.0.2.0/24");
	assert_false(zone_rule_next(&rows, &r));
	assert_int_equal(db_end(&rows), 0);

	assert_int_equal(zone_delete(db, zone), 0);
	assert_int_equal(zone_by_id(db, zone, &z), 0);
	zone_ask_server(db, &rows, server);
	assert_false(zone_next(&rows, &z));
	assert_int_equal(db_end(&rows), 0);
	assert_int_equal(zone_rule_delete(db, rule), -ENOENT);
	assert_int_equal(zone_delete(db, zone), -ENOENT);
	db_close(db);
}

/* One active server and one of each kind that is not. */
static int64_t zone_with_all_sorts(struct db *db)
{
	static const char *const address[] = {
		"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4",
		"192.0.2.5", "192.0.2.6", "192.0.2.7"};
	int64_t account = add_account(db, "a");
	int64_t zone = add_zone(db, "de", "country", 0);
	int64_t id[7];

	for (size_t i = 0; i < 7; i++) {
		id[i] = add_server(db, account, address[i]);
		assert_int_equal(zone_put_server(db, zone, id[i]), 0);
		if (i != 1)
			set_score(db, id[i], i == 2 ? 9.99 : 10, T0);
	}
	assert_int_equal(server_set_kbit(db, id[3], 0), 0);
	assert_int_equal(server_set_paused(db, id[4], T0 + 1), 0);
	assert_int_equal(server_set_delete_on(db, id[5], T0 + 14 * DAY), 0);
	assert_int_equal(server_set_deleted(db, id[6], T0), 0);
	return zone;
}

static void counts(void **state)
{
	struct db *db = db_for_test();
	int64_t zone = zone_with_all_sorts(db);
	struct zone_count c;
	struct db_rows rows;

	(void)state;
	zone_ask_counts_now(db, &rows, zone, T0);
	assert_true(zone_count_next(&rows, &c));
	assert_int_equal(c.family, 4);
	assert_int_equal(c.registered, 6);
	assert_int_equal(c.active, 1);
	assert_int_equal(c.kbit, 10000);
	assert_false(zone_count_next(&rows, &c));
	assert_int_equal(db_end(&rows), 0);

	assert_int_equal(zone_count_all(db, T0 + 1), 0);
	assert_int_equal(zone_count_all(db, T0 + DAY - 1), 0);
	assert_int_equal(zone_count_all(db, T0 + DAY), 0);
	zone_ask_counts(db, &rows, zone, T0);
	for (int i = 0; i < 2; i++) {
		assert_true(zone_count_next(&rows, &c));
		assert_int_equal(c.day_ms, T0 + i * DAY);
		assert_int_equal(c.active, 2); /* the pause is over */
	}
	assert_false(zone_count_next(&rows, &c));
	assert_int_equal(db_end(&rows), 0);
	db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(families_and_order),
		cmocka_unit_test(a_zone_goes_with_what_hangs_on_it),
		cmocka_unit_test(counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
