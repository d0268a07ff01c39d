/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/outbox.h"

#include "pool_db.h"

#define MINUTE_MS INT64_C(60000)

static void put(struct db *db, const char *to, int64_t now_ms)
{
	assert_int_equal(outbox_add(db, "mail", to, NULL, "Hello",
				    "a\n.\n\"b\"", now_ms),
			 0);
}

static void claimed_once(void **state)
{
	struct db *db = db_for_test();
	struct outbox_item a, b;

	(void)state;
	assert_int_equal(outbox_claim(db, 0, &a), 0);
	put(db, "second@example.org", 2000);
	put(db, "first@example.org", 1000);
	assert_int_equal(outbox_claim(db, 999, &a), 0);
	assert_int_equal(outbox_claim(db, 5000, &a), 1);
	assert_string_equal(a.target, "first@example.org");
	assert_string_equal(a.subject, "Hello");
	assert_string_equal(a.body, "a\n.\n\"b\"");
	assert_int_equal(a.queued_ms, 1000);
	assert_int_equal(a.tries, 1);
	assert_int_equal(outbox_claim(db, 5000, &b), 1);
	assert_string_equal(b.target, "second@example.org");
	outbox_item_done(&b);
	assert_int_equal(outbox_claim(db, 5000, &b), 0);
	assert_int_equal(outbox_sent(db, a.id, 6000), 0);
	outbox_item_done(&a);
	db_close(db);
}

/* Whoever claimed may have died: after the backoff it is tried again. */
static void tried_again_and_given_up(void **state)
{
	struct db *db = db_for_test();
	struct outbox_item item;
	struct outbox_count count;
	int64_t now_ms = 0;

	(void)state;
	put(db, "a@example.org", now_ms);
	for (unsigned i = 1; i <= OUTBOX_TRIES; i++) {
		assert_int_equal(outbox_claim(db, now_ms, &item), 1);
		assert_int_equal(item.tries, i);
		assert_int_equal(outbox_failed(db, &item, "no route", now_ms),
				 0);
		outbox_item_done(&item);
		now_ms += outbox_backoff_ms(i);
		if (i < OUTBOX_TRIES)
			assert_int_equal(outbox_claim(db, now_ms - 1, &item),
					 0);
	}
	assert_int_equal(outbox_claim(db, now_ms + 1000 * MINUTE_MS, &item), 0);
	assert_int_equal(outbox_count(db, &count), 0);
	assert_int_equal(count.waiting, 0);
	assert_int_equal(count.sent, 0);
	assert_int_equal(count.given_up, 1);
	db_close(db);
}

static void backoff(void **state)
{
	int64_t sum = 0;

	(void)state;
	assert_int_equal(outbox_backoff_ms(1), MINUTE_MS);
	assert_int_equal(outbox_backoff_ms(2), 2 * MINUTE_MS);
	assert_int_equal(outbox_backoff_ms(1000), 8 * 60 * MINUTE_MS);
	for (unsigned i = 1; i < OUTBOX_TRIES; i++)
		sum += outbox_backoff_ms(i);
	assert_in_range(sum, 24 * 60 * MINUTE_MS, 30 * 60 * MINUTE_MS);
}

static void what_was_sent_is_forgotten(void **state)
{
	struct db *db = db_for_test();
	struct outbox_count count;
	struct outbox_item item;
	int64_t n = 0;

	(void)state;
	assert_int_equal(outbox_count(db, &count), 0);
	assert_int_equal(count.waiting + count.sent + count.given_up, 0);
	put(db, "a@example.org", 0);
	put(db, "b@example.org", 0);
	assert_int_equal(outbox_claim(db, 0, &item), 1);
	assert_int_equal(outbox_sent(db, item.id, 10), 0);
	outbox_item_done(&item);
	assert_int_equal(outbox_count(db, &count), 0);
	assert_int_equal(count.waiting, 1);
	assert_int_equal(count.sent, 1);
	assert_int_equal(db_one_int(db, &n,
				    "SELECT COUNT(*) FROM outbox "
				    "WHERE body <> ''",
				    DB_NONE),
			 1);
	assert_int_equal(n, 1);
	assert_int_equal(outbox_clean(db, 10), 0);
	assert_int_equal(outbox_clean(db, 11), 1);
	db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(claimed_once),
		cmocka_unit_test(tried_again_and_given_up),
		cmocka_unit_test(backoff),
		cmocka_unit_test(what_was_sent_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
