/* SPDX-License-Identifier: BSD-2-Clause */
/* The calendar of bad scores: years of it in milliseconds. */
#include "pool/book/alert.h"

#include <math.h>

#include "pool/book/deletion.h"
#include "pool/book/webhook.h"
#include "pool/store/outbox.h"
#include "pool_book.h"

static int64_t mails(struct db *db)
{
	return count_rows(db,
			  "SELECT count(*) FROM outbox WHERE kind = 'mail'");
}

/* Run the job every hour of some days; the day of each mail, from T0, as text. */
static void run_days(struct book_world *w, int64_t from_day, int64_t days,
		     char *text, size_t cap)
{
	struct text t = text_init(text, cap);
	int64_t before = mails(w->db);

	for (int64_t h = from_day * 24; h < (from_day + days) * 24; h++) {
		int64_t now;

		assert_true(book_alert_run(w->db, w->set, T0 + h * HOUR_MS) >=
			    0);
		now = mails(w->db);
		for (; before < now; before++)
			text_add(&t, "%s%lld", t.len ? " " : "",
				 (long long)(h / 24));
	}
}

static void a_dead_server_until_it_is_removed(void **state)
{
	struct book_world *w = *state;
	int64_t id = add_server(w->db, w->account, "62.1.2.3");
	char days[100], mail[2000];

	set_score(w->db, id, -14.9, T0);
	run_days(w, 0, 30, days, sizeof days);
	assert_string_equal(days, "");
	set_score(w->db, id, -15, T0);
	run_days(w, 30, 15, days, sizeof days);
	assert_string_equal(days, "30 44");
	last_outbox(w->db, "mail", mail, sizeof mail);
	assert_non_null(strstr(mail, "ada@example.org|NTP servers with a bad "
				     "score|Hello Ada Lovelace,\n"));
	assert_non_null(strstr(mail, "/scores/62.1.2.3\n"));

	/* Told on days 30, 44, 58 and 72: more than 45 days after the first
	 * and 5 after the last one it is day 77. */
	set_score(w->db, id, -100, T0);
	run_days(w, 45, 40, days, sizeof days);
	assert_string_equal(days, "58 72 77");
	last_outbox(w->db, "mail", mail, sizeof mail);
	assert_non_null(strstr(mail, "will be removed"));
	assert_int_equal(get_server(w->db, id).delete_on_ms, T0 + 79 * DAY_MS);
	assert_int_equal(book_deletion_run(w->db, w->set, T0 + 79 * DAY_MS), 1);
	run_days(w, 85, 400, days, sizeof days);
	assert_string_equal(days, "");
}

static void undone_removal_comes_back_in_five_days(void **state)
{
	struct book_world *w = *state;
	int64_t id = add_server(w->db, w->account, "62.1.2.3");
	char days[100];

	set_score(w->db, id, -50, T0);
	run_days(w, 0, 48, days, sizeof days);
	assert_string_equal(days, "0 14 28 42 47");
	assert_verdict(book_deletion_undo(w->db, w->set, &w->owner, id,
					  T0 + 48 * DAY_MS),
		       BOOK_OK);
	run_days(w, 48, 10, days, sizeof days);
	assert_string_equal(days, "52");
}

static void climbing_is_left_in_peace(void **state)
{
	struct book_world *w = *state;
	int64_t id = add_server(w->db, w->account, "62.1.2.3");
	char days[100];

	set_score(w->db, id, -80, T0);
	run_days(w, 0, 1, days, sizeof days);
	assert_string_equal(days, "0");
	set_score(w->db, id, -69.9, T0);
	run_days(w, 1, 99, days, sizeof days);
	assert_string_equal(days, "");
	set_score(w->db, id, -70, T0);
	run_days(w, 100, 1, days, sizeof days);
	assert_string_equal(days, "100");
	assert_true(get_server(w->db, id).delete_on_ms != 0);
}

static void recovered(void **state)
{
	struct book_world *w = *state;
	int64_t id = add_server(w->db, w->account, "62.1.2.3");
	char days[100], mail[2000];

	set_score(w->db, id, -30, T0);
	run_days(w, 0, 1, days, sizeof days);
	set_score(w->db, id, 10, T0);
	run_days(w, 1, 1, days, sizeof days);
	assert_string_equal(days, "");
	set_score(w->db, id, 10.1, T0);
	run_days(w, 2, 1, days, sizeof days);
	assert_string_equal(days, "2");
	last_outbox(w->db, "mail", mail, sizeof mail);
	assert_non_null(strstr(mail, "well again"));
	assert_null(strstr(mail, "firewall"));
	/* The calendar begins anew. */
	set_score(w->db, id, -30, T0);
	run_days(w, 3, 1, days, sizeof days);
	assert_string_equal(days, "3");
}

static void one_mail_for_an_account(void **state)
{
	struct book_world *w = *state;
	char days[100], mail[4000];
	int64_t first = add_server(w->db, w->account, "62.1.2.3");
	int64_t other = add_server(w->db, w->other_account, "62.1.3.3");

	set_score(w->db, first, -20, T0);
	run_days(w, 0, 5, days, sizeof days);
	assert_string_equal(days, "0");
	for (int i = 0; i < 3; i++) {
		char address[20];

		snprintf(address, sizeof address, "62.1.2.%d", 10 + i);
		set_score(w->db, add_server(w->db, w->account, address), -15,
			  T0);
	}
	run_days(w, 5, 5, days, sizeof days);
	assert_string_equal(days, "5");
	last_outbox(w->db, "mail", mail, sizeof mail);
	/* The one of the earlier mail is in the list again. */
	assert_non_null(strstr(mail, "62.1.2.3 "));
	assert_non_null(strstr(mail, "62.1.2.10 "));
	assert_non_null(strstr(mail, "62.1.2.12 "));

	set_score(w->db, other, -20, T0);
	run_days(w, 10, 1, days, sizeof days);
	last_outbox(w->db, "mail", mail, sizeof mail);
	assert_non_null(strstr(mail, "eve@example.org"));
	assert_null(strstr(mail, "62.1.2."));
}

static void own_threshold(void **state)
{
	struct book_world *w = *state;
	int64_t id = add_server(w->db, w->account, "62.1.2.3");
	char days[100];

	assert_int_equal(server_set_alert_below(w->db, id, 9), 0);
	set_score(w->db, id, 8.5, T0);
	/* Out for less than a quarter of an hour. */
	assert_int_equal(db_run(w->db, "UPDATE server SET out_since_ms = $1",
				DB(db_int(T0))),
			 1);
	assert_int_equal(book_alert_run(w->db, w->set, T0 + 14 * 60000), 0);
	assert_int_equal(book_alert_run(w->db, w->set, T0 + 15 * 60000), 1);
	/* Around the threshold it is neither good nor bad news. */
	set_score(w->db, id, 13.9, T0);
	run_days(w, 1, 1, days, sizeof days);
	assert_string_equal(days, "");
	set_score(w->db, id, 14, T0);
	run_days(w, 2, 1, days, sizeof days);
	assert_string_equal(days, "2");
}

static void hooks_hear_it_too(void **state)
{
	struct book_world *w = *state;
	int64_t id = add_server(w->db, w->account, "62.1.2.3");
	struct outbox_item item;
	struct webhook hook;

	assert_verdict(book_webhook_add(w->db, &w->owner,
					"https://hooks.example.org/x", T0,
					&hook),
		       BOOK_OK);
	assert_int_equal(db_run(w->db, "DELETE FROM member", DB_NONE), 2);
	set_score(w->db, id, -15.5, T0);
	assert_int_equal(book_alert_run(w->db, w->set, T0), 1);
	assert_int_equal(outbox_claim(w->db, T0, &item), 1);
	assert_string_equal(item.kind, "webhook");
	assert_string_equal(item.target, "https://hooks.example.org/x");
	assert_string_equal(item.secret, hook.secret);
	assert_non_null(strstr(item.body, "{\"event\":\"score.bad\""));
	assert_non_null(strstr(item.body, "\"score\":-15.5"));
	outbox_item_done(&item);
	assert_int_equal(outbox_claim(w->db, T0, &item), 0);
}

static void only_confirmed_addresses_get_mail(void **state)
{
	struct book_world *w = *state;
	int64_t id = add_server(w->db, w->account, "62.1.2.3");
	char days[100];

	assert_int_equal(
		db_run(w->db, "UPDATE person SET confirmed_ms = NULL", DB_NONE),
		2);
	set_score(w->db, id, -20, T0);
	run_days(w, 0, 3, days, sizeof days);
	assert_string_equal(days, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOOK_TEST(a_dead_server_until_it_is_removed),
		BOOK_TEST(undone_removal_comes_back_in_five_days),
		BOOK_TEST(climbing_is_left_in_peace),
		BOOK_TEST(recovered),
		BOOK_TEST(one_mail_for_an_account),
		BOOK_TEST(own_threshold),
		BOOK_TEST(hooks_hear_it_too),
		BOOK_TEST(only_confirmed_addresses_get_mail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
