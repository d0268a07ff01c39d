/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/server.h"

#include <math.h>

#include "near.h"
#include "pool/book/change.h"
#include "pool/book/deletion.h"
#include "pool/store/member.h"
#include "pool/store/setting.h"
#include "pool_book.h"

static void netspeed_goes_up_only_when_verified(void **state)
{
	struct book_world *w = *state;
	int64_t id = add_server(w->db, w->account, "192.0.2.1"), changed = 0;
	char audit[200];

	assert_verdict(book_server_netspeed(w->db, &w->owner, id, 10001, T0),
		       BOOK_RAISE_UNVERIFIED);
	assert_verdict(book_server_netspeed(w->db, &w->owner, id, 0, T0 + 5),
		       BOOK_OK);
	assert_int_equal(get_server(w->db, id).kbit, 0);
	last_audit(w->db, audit, sizeof audit);
	assert_string_equal(audit, "server.netspeed {\"was\":10000,\"is\":0}");
	assert_int_equal(
		setting_get_int(w->db, SETTING_ZONES_CHANGED, &changed), 0);
	assert_int_equal(changed, T0 + 5);

	assert_verdict(book_server_netspeed(w->db, &w->owner, id, 512, T0),
		       BOOK_RAISE_UNVERIFIED);
	assert_verdict(book_server_netspeed(w->db, &w->staff, id, 512, T0),
		       BOOK_OK);
	assert_int_equal(server_set_verified(w->db, id, "http", T0), 0);
	assert_verdict(book_server_netspeed(w->db, &w->owner, id, 123457, T0),
		       BOOK_OK);
	assert_int_equal(get_server(w->db, id).kbit, 123457);
	assert_verdict(book_server_netspeed(w->db, &w->owner, id, -1, T0),
		       BOOK_BAD_NETSPEED);
	assert_verdict(book_server_netspeed(w->db, &w->owner, id,
					    BOOK_KBIT_MAX + 1, T0),
		       BOOK_BAD_NETSPEED);
}

static void strangers_change_nothing(void **state)
{
	struct book_world *w = *state;
	int64_t id = add_server(w->db, w->account, "192.0.2.1");
	struct server s;

	assert_verdict(book_server_netspeed(w->db, &w->stranger, id, 0, T0),
		       BOOK_DENIED);
	assert_verdict(
		book_server_pause(w->db, &w->stranger, id, T0 + HOUR_MS, T0),
		BOOK_DENIED);
	assert_verdict(book_server_country(w->db, &w->stranger, id, "de", T0),
		       BOOK_DENIED);
	assert_verdict(book_server_move(w->db, w->set, &w->stranger, id,
					w->other_account, T0),
		       BOOK_DENIED);
	assert_verdict(book_server_get(w->db, &w->stranger, id, &s),
		       BOOK_DENIED);
	assert_verdict(book_server_get(w->db, &w->owner, id + 9, &s),
		       BOOK_UNKNOWN);
	assert_int_equal(count_rows(w->db, "SELECT count(*) FROM audit"), 0);

	assert_int_equal(server_set_deleted(w->db, id, T0), 0);
	assert_verdict(book_server_netspeed(w->db, &w->owner, id, 0, T0),
		       BOOK_DELETED);
}

static void country_moves_it_between_zones(void **state)
{
	struct book_world *w = *state;
	int64_t id = add_server(w->db, w->account, "192.0.2.1");
	char zones[100];

	assert_verdict(book_server_country(w->db, &w->owner, id, "DE", T0),
		       BOOK_OK);
	zones_of(w->db, id, zones, sizeof zones);
	assert_string_equal(zones, "@ europe de");
	assert_verdict(book_server_country(w->db, &w->owner, id, "uk", T0),
		       BOOK_OK);
	zones_of(w->db, id, zones, sizeof zones);
	assert_string_equal(zones, "@ europe gb");
	assert_string_equal(get_server(w->db, id).country, "gb");
	assert_verdict(book_server_country(w->db, &w->owner, id, "xx", T0),
		       BOOK_BAD_COUNTRY);
	assert_verdict(book_server_country(w->db, &w->owner, id, "europe", T0),
		       BOOK_BAD_COUNTRY);
	assert_verdict(book_server_country(w->db, &w->owner, id, "", T0),
		       BOOK_OK);
	zones_of(w->db, id, zones, sizeof zones);
	assert_string_equal(zones, "@");
}

static void pause_ends(void **state)
{
	struct book_world *w = *state;
	int64_t id = add_server(w->db, w->account, "192.0.2.1");
	struct server s;

	set_score(w->db, id, 20, T0);
	s = get_server(w->db, id);
	assert_true(server_is_active(&s, T0));
	assert_verdict(
		book_server_pause(w->db, &w->owner, id, T0 + 6 * HOUR_MS, T0),
		BOOK_OK);
	s = get_server(w->db, id);
	assert_int_equal(server_state(&s, T0), SERVER_PAUSED);
	assert_int_equal(server_state(&s, T0 + 6 * HOUR_MS), SERVER_IN_POOL);
	assert_verdict(book_server_pause(w->db, &w->owner, id, 0, T0), BOOK_OK);
	s = get_server(w->db, id);
	assert_true(server_is_active(&s, T0));
	assert_verdict(book_server_pause(w->db, &w->owner, id, T0, T0),
		       BOOK_BAD_DATE);
	assert_verdict(
		book_server_pause(w->db, &w->owner, id, T0 + 31 * DAY_MS, T0),
		BOOK_BAD_DATE);
}

static void move_needs_membership(void **state)
{
	struct book_world *w = *state;
	int64_t id = add_server(w->db, w->account, "192.0.2.1");

	assert_verdict(book_server_move(w->db, w->set, &w->owner, id,
					w->other_account, T0),
		       BOOK_NOT_MEMBER);
	assert_int_equal(
		member_put(w->db, w->other_account, w->person, "member"), 0);
	assert_verdict(book_server_move(w->db, w->set, &w->owner, id,
					w->other_account, T0),
		       BOOK_OK);
	assert_int_equal(get_server(w->db, id).account_id, w->other_account);
	assert_verdict(
		book_server_move(w->db, w->set, &w->owner, id, w->account, T0),
		BOOK_DENIED);
	assert_verdict(book_server_move(w->db, w->set, &w->staff, id, 999, T0),
		       BOOK_NOT_MEMBER);
}

/* Its zones are built anew, for account-share counts by account. */
static void a_move_tells_the_zones(void **state)
{
	struct book_world *w = *state;
	int64_t id = add_server(w->db, w->account, "192.0.2.1"), changed = 0;

	assert_verdict(book_server_move(w->db, w->set, &w->staff, id,
					w->other_account, T0 + 5),
		       BOOK_OK);
	assert_int_equal(
		setting_get_int(w->db, SETTING_ZONES_CHANGED, &changed), 0);
	assert_int_equal(changed, T0 + 5);
}

/* Two that nobody verified are the most there too. */
static void no_move_around_the_limit(void **state)
{
	struct book_world *w = *state;
	int64_t id = add_server(w->db, w->account, "192.0.2.1");

	assert_int_equal(
		member_put(w->db, w->other_account, w->person, "member"), 0);
	add_server(w->db, w->other_account, "192.0.2.2");
	add_server(w->db, w->other_account, "192.0.2.3");
	assert_verdict(book_server_move(w->db, w->set, &w->owner, id,
					w->other_account, T0),
		       BOOK_UNVERIFIED);
	assert_int_equal(server_set_verified(w->db, id, "http", T0), 0);
	assert_verdict(book_server_move(w->db, w->set, &w->owner, id,
					w->other_account, T0),
		       BOOK_OK);
}

static void threshold(void **state)
{
	struct book_world *w = *state;
	int64_t id = add_server(w->db, w->account, "192.0.2.1");

	assert_verdict(book_server_alert(w->db, &w->owner, id, 9.5, T0),
		       BOOK_OK);
	assert_near(get_server(w->db, id).alert_below, 9.5, 0);
	assert_verdict(book_server_alert(w->db, &w->owner, id, (double)NAN, T0),
		       BOOK_OK);
	assert_true(isnan(get_server(w->db, id).alert_below));
	assert_verdict(book_server_alert(w->db, &w->owner, id, 10.5, T0),
		       BOOK_BAD_NUMBER);
	assert_verdict(
		book_server_alert(w->db, &w->owner, id, -(double)INFINITY, T0),
		BOOK_BAD_NUMBER);
}

/* The first that fits, in the order of the enum. */
static void states(void **state)
{
	struct server s = {.kbit = 1, .score = 10, .score_ms = T0};

	(void)state;
	assert_int_equal(server_state(&s, T0), SERVER_IN_POOL);
	s.score = 9.999;
	assert_int_equal(server_state(&s, T0), SERVER_LOW_SCORE);
	s.score_ms = 0;
	assert_int_equal(server_state(&s, T0), SERVER_NEW);
	s.kbit = 0;
	assert_int_equal(server_state(&s, T0), SERVER_MONITOR_ONLY);
	s.paused_until_ms = T0 + 1;
	assert_int_equal(server_state(&s, T0), SERVER_PAUSED);
	s.delete_on_ms = T0 + 14 * DAY_MS + 1;
	assert_int_equal(server_state(&s, T0), SERVER_PAUSED);
	assert_int_equal(server_state(&s, T0 + 1), SERVER_LEAVING);
	s.deleted_ms = T0;
	assert_int_equal(server_state(&s, T0), SERVER_DELETED);
}

static void netspeeds_ascend(void **state)
{
	unsigned n;
	const int64_t *kbit = book_netspeeds(&n);

	(void)state;
	assert_int_equal(n, 15);
	assert_int_equal(kbit[0], 0);
	assert_int_equal(kbit[14], 3000000);
	for (unsigned i = 1; i < n; i++)
		assert_true(kbit[i] > kbit[i - 1]);
}

static void every_verdict_has_words(void **state)
{
	(void)state;
	for (enum book_verdict v = 0; v < BOOK_VERDICTS; v++) {
		assert_non_null(book_verdict_name(v));
		assert_non_null(book_verdict_text(v));
		assert_true(strlen(book_verdict_text(v)) > 4);
		for (enum book_verdict u = 0; u < v; u++)
			assert_string_not_equal(book_verdict_name(u),
						book_verdict_name(v));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOOK_TEST(netspeed_goes_up_only_when_verified),
		BOOK_TEST(strangers_change_nothing),
		BOOK_TEST(country_moves_it_between_zones),
		BOOK_TEST(pause_ends),
		BOOK_TEST(move_needs_membership),
		BOOK_TEST(a_move_tells_the_zones),
		BOOK_TEST(no_move_around_the_limit),
		BOOK_TEST(threshold),
		cmocka_unit_test(states),
		cmocka_unit_test(netspeeds_ascend),
		cmocka_unit_test(every_verdict_has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
