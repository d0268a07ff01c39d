/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/verification.h"

#include "pool_rows.h"

static int64_t add(struct db *db, int64_t server, enum verify_method method,
		   const char *token, int64_t expires_ms)
{
	struct verification v = {
		.server_id = server,
		.method = method,
		.created_ms = T0,
		.expires_ms = expires_ms,
	};
	int64_t id = 0;

	strcpy(v.token, token);
	assert_int_equal(verification_insert(db, &v, &id), 0);
	return id;
}

static unsigned due(struct db *db, int64_t now_ms, int64_t tried_before_ms)
{
	struct verification v;
	struct db_rows rows;
	unsigned n = 0;

	verification_ask_due(db, &rows, now_ms, tried_before_ms, 100);
	while (verification_next(&rows, &v))
		n++;
	assert_int_equal(db_end(&rows), 0);
	return n;
}

static void open_until_done_or_expired(void **state)
{
	struct db *db = db_for_test();
	int64_t server = add_server(db, add_account(db, "a"), "192.0.2.1");
	struct verification v;
	int64_t http = add(db, server, VERIFY_HTTP, "aaaa", T0 + 100);

	(void)state;
	add(db, server, VERIFY_DNS, "bbbb", T0 + 200);
	assert_int_equal(verification_open(db, server, VERIFY_HTTP, T0, &v), 1);
	assert_int_equal(v.id, http);
	assert_string_equal(v.token, "aaaa");
	assert_int_equal(verification_open(db, server, VERIFY_NTP, T0, &v), 0);
	assert_int_equal(
		verification_open(db, server, VERIFY_HTTP, T0 + 100, &v), 0);
	assert_int_equal(verification_by_token(db, "bbbb", &v), 1);
	assert_int_equal(v.method, VERIFY_DNS);
	assert_int_equal(verification_by_token(db, "cccc", &v), 0);

	assert_int_equal(due(db, T0, T0), 2);
	assert_int_equal(due(db, T0 + 100, T0), 1);
	v.tried_ms = T0 + 5;
	strcpy(v.evidence, "no such name");
	assert_int_equal(verification_update(db, &v), 0);
	assert_int_equal(due(db, T0 + 10, T0 + 5), 1);
	assert_int_equal(due(db, T0 + 10, T0 + 6), 2);
	v.done_ms = T0 + 6;
	assert_int_equal(verification_update(db, &v), 0);
	assert_int_equal(due(db, T0 + 10, T0 + 10), 1);

	assert_int_equal(verification_forget(db, T0 + 1000), 0);
	assert_int_equal(verification_by_token(db, "aaaa", &v), 0);
	assert_int_equal(verification_by_token(db, "bbbb", &v), 1);
	assert_string_equal(v.evidence, "no such name");
	db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(open_until_done_or_expired),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
