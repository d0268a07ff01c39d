/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/deletion.h"

#include "pool/book/server.h"
#include "pool/book/webhook.h"
#include "pool_book.h"

static void dates_from_three_days_on(void **state)
{
	static const int days[DELETION_DATES] = {3,  4,  5,  6,  7,
						 10, 13, 16, 19, 22};
	int64_t dates[DELETION_DATES];

	(void)state;
	book_deletion_dates(T0 + DAY_MS - 1, dates);
	for (int i = 0; i < DELETION_DATES; i++)
		assert_int_equal(dates[i], T0 + days[i] * DAY_MS);
}

/* Out of the DNS at once, monitored until the date, then gone; an hour a step. */
static void a_server_leaves(void **state)
{
	struct book_world *w = *state;
	int64_t id = add_server(w->db, w->account, "192.0.2.1");
	int64_t date = T0 + 22 * DAY_MS, left = 0, deleted = 0;

	set_score(w->db, id, 20, T0);
	assert_verdict(book_deletion_schedule(w->db, w->set, &w->owner, id,
					      date, T0 + 1),
		       BOOK_OK);
	for (int64_t now = T0; now < T0 + 30 * DAY_MS; now += HOUR_MS) {
		int n = book_deletion_run(w->db, w->set, now);
		struct server s = get_server(w->db, id);

		if (n == 1)
			deleted = now;
		else
			assert_int_equal(n, 0);
		if (!left && !server_is_active(&s, now))
			left = now;
		assert_int_equal(s.deleted_ms != 0, deleted != 0);
	}
	assert_int_equal(left, date - 14 * DAY_MS);
	assert_int_equal(deleted, date);
	assert_verdict(
		book_deletion_undo(w->db, w->set, &w->owner, id, date + 1),
		BOOK_DELETED);
}

static void undo(void **state)
{
	struct book_world *w = *state;
	int64_t id = add_server(w->db, w->account, "192.0.2.1");
	struct server s;

	set_score(w->db, id, 20, T0);
	assert_verdict(book_deletion_schedule(w->db, w->set, &w->owner, id,
					      T0 + 3 * DAY_MS, T0),
		       BOOK_OK);
	s = get_server(w->db, id);
	assert_int_equal(server_state(&s, T0), SERVER_LEAVING);
	assert_verdict(book_deletion_undo(w->db, w->set, &w->stranger, id, T0),
		       BOOK_DENIED);
	assert_verdict(book_deletion_undo(w->db, w->set, &w->owner, id, T0),
		       BOOK_OK);
	s = get_server(w->db, id);
	assert_int_equal(server_state(&s, T0), SERVER_IN_POOL);
	assert_int_equal(book_deletion_run(w->db, w->set, T0 + 100 * DAY_MS),
			 0);
}

static void only_dates_that_are_offered(void **state)
{
	struct book_world *w = *state;
	int64_t id = add_server(w->db, w->account, "192.0.2.1");

	assert_verdict(book_deletion_schedule(w->db, w->set, &w->owner, id,
					      T0 + 2 * DAY_MS, T0),
		       BOOK_BAD_DATE);
	assert_verdict(book_deletion_schedule(w->db, w->set, &w->owner, id,
					      T0 + 3 * DAY_MS + 1, T0),
		       BOOK_BAD_DATE);
	assert_verdict(
		book_deletion_schedule(w->db, w->set, &w->staff, id, T0, T0),
		BOOK_PAST_DATE);
	assert_verdict(book_deletion_schedule(w->db, w->set, &w->staff, id,
					      T0 + DAY_MS, T0),
		       BOOK_OK);
}

/* The team hears of each step, by mail and by webhook. */
static void every_step_is_told(void **state)
{
	struct book_world *w = *state;
	int64_t id = add_server(w->db, w->account, "192.0.2.1");
	struct webhook hook;
	char text[2000];

	assert_verdict(book_webhook_add(w->db, &w->owner,
					"https://example.org/hook", T0, &hook),
		       BOOK_OK);
	assert_verdict(book_deletion_schedule(w->db, w->set, &w->owner, id,
					      T0 + 3 * DAY_MS, T0),
		       BOOK_OK);
	last_outbox(w->db, "mail", text, sizeof text);
	assert_non_null(strstr(text, "ada@example.org|A server leaves the "
				     "pool|Hello Ada Lovelace,\n\n192.0.2.1 "
				     "will be deleted from the pool on 2026"));
	assert_non_null(strstr(text, "/manage/server/"));
	last_outbox(w->db, "webhook", text, sizeof text);
	assert_non_null(strstr(text, "{\"event\":\"server.leaving\""));
	assert_non_null(strstr(text, "\"date\":\"2026-"));

	assert_verdict(book_deletion_undo(w->db, w->set, &w->staff, id, T0),
		       BOOK_OK);
	last_outbox(w->db, "mail", text, sizeof text);
	assert_non_null(strstr(text, "|A server stays in the pool|"));
	last_outbox(w->db, "webhook", text, sizeof text);
	assert_non_null(strstr(text, "server.staying"));
	/* Nothing was undone the second time. */
	assert_verdict(book_deletion_undo(w->db, w->set, &w->staff, id, T0),
		       BOOK_OK);
	assert_int_equal(count_rows(w->db, "SELECT count(*) FROM outbox"), 4);

	assert_verdict(book_deletion_schedule(w->db, w->set, &w->staff, id,
					      T0 + DAY_MS, T0),
		       BOOK_OK);
	assert_int_equal(book_deletion_run(w->db, w->set, T0 + DAY_MS), 1);
	last_outbox(w->db, "mail", text, sizeof text);
	assert_non_null(strstr(text, "|A server left the pool|"));
	last_outbox(w->db, "webhook", text, sizeof text);
	assert_non_null(strstr(text, "server.deleted"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_from_three_days_on),
		BOOK_TEST(a_server_leaves),
		BOOK_TEST(undo),
		BOOK_TEST(every_step_is_told),
		BOOK_TEST(only_dates_that_are_offered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
