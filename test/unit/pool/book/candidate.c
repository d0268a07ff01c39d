/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/candidate.h"

#include <math.h>

#include "near.h"
#include "pool/book/server.h"
#include "pool/store/person.h"
#include "pool_book.h"

static const struct candidate_check good = {
	.stratum = 2,
	.offset_s = 0.001,
	.rtt_s = 0.02,
	.country = "de",
};

static struct net_addr addr(const char *text)
{
	struct net_addr a;

	if (net_addr_parse(text, &a) < 0)
		fail_msg("%s", text);
	return a;
}

static struct candidate get(struct book_world *w, int64_t id)
{
	struct candidate c;

	assert_int_equal(candidate_by_id(w->db, id, &c), 1);
	return c;
}

static enum book_verdict ask(struct book_world *w, const char *text,
			     int64_t *id)
{
	return book_candidate_ask(w->db, w->set, &w->owner, text, T0, id);
}

static void add_staff(struct db *db, const char *email, const char *name,
		      int64_t confirmed_ms)
{
	struct person p = {.role = PERSON_STAFF, .confirmed_ms = confirmed_ms};
	int64_t id;

	snprintf(p.email, sizeof p.email, "%s", email);
	snprintf(p.name, sizeof p.name, "%s", name);
	assert_int_equal(person_insert(db, &p, &id), 0);
}

/* Tutorial step 11. */
static void address_becomes_a_server(void **state)
{
	struct book_world *w = *state;
	int64_t id = 0, server = 0;
	struct candidate c;
	struct server s;
	char text[2000];

	add_staff(w->db, "sam@example.org", "Sam", T0);
	add_staff(w->db, "tim@example.org", "Tim", 0);
	assert_verdict(ask(w, " 62.1.2.3\n", &id), BOOK_OK);
	c = get(w, id);
	assert_string_equal(c.address, "62.1.2.3");
	assert_string_equal(c.hostname, "");
	assert_int_equal(c.port, 123);
	assert_int_equal(c.state, CANDIDATE_ASKED);
	assert_verdict(book_candidate_add(w->db, w->set, &w->owner, id, NULL,
					  "", T0, &server),
		       BOOK_NOT_READY);

	assert_verdict(book_candidate_checked(w->db, id, &good), BOOK_OK);
	c = get(w, id);
	assert_int_equal(c.state, CANDIDATE_GOOD);
	assert_int_equal(c.stratum, 2);
	assert_near(c.offset_s, 0.001, 0);

	assert_verdict(book_candidate_add(w->db, w->set, &w->stranger, id, NULL,
					  "", T0, &server),
		       BOOK_DENIED);
	assert_verdict(book_candidate_add(w->db, w->set, &w->owner, id, NULL,
					  "hello\nthere", T0 + 7, &server),
		       BOOK_OK);
	/* What was written goes to the staff: to those who read mail. */
	last_outbox(w->db, "mail", text, sizeof text);
	assert_non_null(strstr(text, "sam@example.org|A comment on 62.1.2.3|"
				     "Hello Sam,"));
	assert_non_null(strstr(text, "\n\nhello\nthere\n\n"));
	assert_int_equal(count_rows(w->db, "SELECT count(*) FROM outbox"), 1);
	s = get_server(w->db, server);
	assert_string_equal(s.address, "62.1.2.3");
	assert_string_equal(s.country, "de");
	assert_string_equal(s.comment, "hello\nthere");
	assert_int_equal(s.family, 4);
	assert_int_equal(s.kbit, BOOK_KBIT_DEFAULT);
	assert_int_equal(s.added_ms, T0 + 7);
	assert_int_equal(s.account_id, w->account);
	assert_int_equal(server_state(&s, T0), SERVER_NEW);
	zones_of(w->db, server, text, sizeof text);
	assert_string_equal(text, "@ europe de");
	last_audit(w->db, text, sizeof text);
	assert_non_null(strstr(text, "server.add {\"address\":\"62.1.2.3\""));

	assert_verdict(book_candidate_add(w->db, w->set, &w->owner, id, NULL,
					  "", T0, &server),
		       BOOK_REGISTERED);
	assert_verdict(ask(w, "62.1.2.3", &id), BOOK_REGISTERED);
}

static void country_by_hand_wins(void **state)
{
	struct book_world *w = *state;
	int64_t id = 0, server = 0;
	char zones[100];

	assert_verdict(ask(w, "2a00:1450::1", &id), BOOK_OK);
	assert_verdict(book_candidate_checked(w->db, id, &good), BOOK_OK);
	assert_verdict(book_candidate_add(w->db, w->set, &w->owner, id, "zz",
					  "", T0, &server),
		       BOOK_BAD_COUNTRY);
	assert_verdict(book_candidate_add(w->db, w->set, &w->owner, id, "JP",
					  "moved in May", T0, &server),
		       BOOK_OK);
	assert_int_equal(get_server(w->db, server).family, 6);
	zones_of(w->db, server, zones, sizeof zones);
	assert_string_equal(zones, "@ asia jp");
}

static void what_is_typed_is_checked(void **state)
{
	static const struct {
		const char *text;
		enum book_verdict verdict;
	} cases[] = {
		{"", BOOK_BAD_NAME},
		{"localhost", BOOK_BAD_NAME},
		{"ntp.example.org:1123", BOOK_BAD_NAME},
		{"62.1.2.3:124", BOOK_BAD_NAME},
		{"a b.example.org", BOOK_BAD_NAME},
		{"ntp.example.org\x01", BOOK_BAD_NAME},
		{"ntp.ex\xFF"
		 "ample.org",
		 BOOK_BAD_NAME},
		{"<script>alert(1)</script>", BOOK_BAD_NAME},
		{"'; DROP TABLE server; --", BOOK_BAD_NAME},
		{"0.0.0.0", BOOK_BAD_ADDRESS},
		{"::", BOOK_BAD_ADDRESS},
		{"224.0.1.1", BOOK_BAD_ADDRESS},
		{"ff05::101", BOOK_BAD_ADDRESS},
		{"255.255.255.255", BOOK_BAD_ADDRESS},
		{"fe80::1%1", BOOK_BAD_ADDRESS},
		{"127.0.0.1", BOOK_PRIVATE_ADDRESS},
		{"::ffff:127.0.0.1", BOOK_PRIVATE_ADDRESS},
		{"::1", BOOK_PRIVATE_ADDRESS},
		{"10.1.2.3", BOOK_PRIVATE_ADDRESS},
		{"2001:db8::1", BOOK_PRIVATE_ADDRESS},
	};
	struct book_world *w = *state;
	int64_t id = 0;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		enum book_verdict v = ask(w, cases[i].text, &id);

		if (v != cases[i].verdict)
			fail_msg("\"%s\": %s", cases[i].text,
				 book_verdict_name(v));
	}
	assert_int_equal(count_rows(w->db, "SELECT count(*) FROM candidate"),
			 0);
}

static void a_private_pool_takes_private_addresses(void **state)
{
	struct book_world *w = *state;
	int64_t id = 0;

	w->set->private_addresses = true;
	assert_verdict(ask(w, "127.0.0.1:11123", &id), BOOK_OK);
	assert_int_equal(get(w, id).port, 11123);
	assert_verdict(ask(w, "[fd00::1]:11123", &id), BOOK_OK);
	assert_string_equal(get(w, id).address, "fd00::1");
	assert_verdict(ask(w, "::ffff:10.0.0.1", &id), BOOK_OK);
	assert_string_equal(get(w, id).address, "10.0.0.1");
	assert_verdict(ask(w, "0.0.0.0", &id), BOOK_BAD_ADDRESS);
}

static void bad_answers_are_told(void **state)
{
	static const struct {
		struct candidate_check check;
		const char *why;
	} cases[] = {
		{{.error = "no answer", .stratum = -1, .country = ""},
		 "no answer"},
		{{.error = "RATE", .stratum = 0, .country = ""}, "RATE"},
		{{.stratum = 0, .country = ""}, "stratum is 0"},
		{{.stratum = 6, .country = ""}, "stratum is 6"},
		{{.stratum = 16, .country = ""}, "stratum is 16"},
	};
	struct book_world *w = *state;
	int64_t id = 0, server = 0;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_verdict(ask(w, "62.1.2.3", &id), BOOK_OK);
		assert_verdict(
			book_candidate_checked(w->db, id, &cases[i].check),
			BOOK_REFUSED);
		assert_int_equal(get(w, id).state, CANDIDATE_BAD);
		if (!strstr(get(w, id).why, cases[i].why))
			fail_msg("%s", get(w, id).why);
		assert_verdict(book_candidate_add(w->db, w->set, &w->owner, id,
						  NULL, "", T0, &server),
			       BOOK_REFUSED);
	}
}

static void a_name_has_a_row_for_each_address(void **state)
{
	struct book_world *w = *state;
	struct net_addr found[] = {
		addr("62.1.2.3"),        addr("2a00:1450::1"), addr("62.1.2.3"),
		addr("::ffff:62.1.2.4"), addr("127.0.0.1"),
	};
	static const char *const want[] = {"62.1.2.3", "2a00:1450::1",
					   "62.1.2.4", "127.0.0.1"};
	int64_t id = 0;
	struct candidate c;
	struct db_rows rows;

	assert_verdict(ask(w, "NTP.example.org", &id), BOOK_OK);
	assert_string_equal(get(w, id).hostname, "ntp.example.org");
	assert_string_equal(get(w, id).address, "");
	assert_verdict(book_candidate_checked(w->db, id, &good), BOOK_UNKNOWN);
	assert_verdict(book_candidate_found(w->db, w->set, id, found, 5),
		       BOOK_OK);
	candidate_ask_group(w->db, &rows, id);
	for (int i = 0; i < 4; i++) {
		assert_true(candidate_next(&rows, &c));
		assert_string_equal(c.address, want[i]);
		assert_string_equal(c.hostname, "ntp.example.org");
		assert_int_equal(c.state,
				 i < 3 ? CANDIDATE_ASKED : CANDIDATE_BAD);
	}
	assert_false(candidate_next(&rows, &c));
	assert_int_equal(db_end(&rows), 0);
	/* A second round of errands finds nothing to do. */
	assert_verdict(book_candidate_found(w->db, w->set, id, found, 5),
		       BOOK_UNKNOWN);
}

/* D-02 */
static void names_that_lead_nowhere(void **state)
{
	struct book_world *w = *state;
	struct net_addr found[] = {addr("0.0.0.0"), addr("239.1.1.1"),
				   addr("127.0.0.1")};
	int64_t id = 0;

	assert_verdict(ask(w, "evil.example.org", &id), BOOK_OK);
	assert_verdict(book_candidate_found(w->db, w->set, id, found, 3),
		       BOOK_OK);
	assert_int_equal(count_rows(w->db, "SELECT count(*) FROM candidate"
					   " WHERE state = 'bad'"),
			 3);
	assert_verdict(ask(w, "nothing.example.org", &id), BOOK_OK);
	assert_verdict(book_candidate_found(w->db, w->set, id, NULL, 0),
		       BOOK_OK);
	assert_int_equal(get(w, id).state, CANDIDATE_BAD);
	assert_non_null(strstr(get(w, id).why, "does not exist"));
}

/* D-01 */
static void a_thousand_addresses_are_cut(void **state)
{
	struct book_world *w = *state;
	struct net_addr found[1000];
	int64_t id = 0;

	for (size_t i = 0; i < 1000; i++) {
		found[i] = addr("62.1.0.0");
		found[i].ip[2] = (uint8_t)(i >> 8);
		found[i].ip[3] = (uint8_t)(i & 0xFF);
	}
	assert_verdict(ask(w, "many.example.org", &id), BOOK_OK);
	assert_verdict(book_candidate_found(w->db, w->set, id, found, 1000),
		       BOOK_OK);
	assert_int_equal(count_rows(w->db, "SELECT count(*) FROM candidate"),
			 CANDIDATE_ADDRESSES_MAX);
}

static void two_unverified_are_enough(void **state)
{
	struct book_world *w = *state;
	int64_t id = 0, late = 0, server = 0;
	int64_t one = add_server(w->db, w->account, "62.1.0.1");

	assert_verdict(ask(w, "62.1.0.3", &late), BOOK_OK);
	assert_verdict(book_candidate_checked(w->db, late, &good), BOOK_OK);
	add_server(w->db, w->account, "62.1.0.2");
	assert_verdict(ask(w, "62.1.0.4", &id), BOOK_UNVERIFIED);
	/* Neither through what was asked for before. */
	assert_verdict(book_candidate_add(w->db, w->set, &w->owner, late, NULL,
					  "", T0, &server),
		       BOOK_UNVERIFIED);
	assert_verdict(book_candidate_ask(w->db, w->set, &w->staff, "62.1.0.4",
					  T0, &id),
		       BOOK_DENIED); /* for whom? */
	w->staff.account_id = w->account;
	assert_verdict(book_candidate_ask(w->db, w->set, &w->staff, "62.1.0.4",
					  T0, &id),
		       BOOK_OK);
	assert_int_equal(server_set_verified(w->db, one, "dns", T0), 0);
	assert_verdict(book_candidate_add(w->db, w->set, &w->owner, late, NULL,
					  "", T0, &server),
		       BOOK_OK);
}

static void asking_is_throttled(void **state)
{
	struct book_world *w = *state;
	char text[32];
	int64_t id = 0;

	for (int i = 0; i < 30; i++) {
		snprintf(text, sizeof text, "62.1.0.%d", i);
		assert_verdict(ask(w, text, &id), BOOK_OK);
	}
	assert_verdict(ask(w, "62.1.1.1", &id), BOOK_TOO_OFTEN);
	assert_verdict(book_candidate_ask(w->db, w->set, &w->stranger,
					  "62.1.1.1", T0, &id),
		       BOOK_OK);
	assert_verdict(book_candidate_ask(w->db, w->set, &w->owner, "62.1.1.1",
					  T0 + HOUR_MS, &id),
		       BOOK_OK);
}

static void a_deleted_address_starts_anew(void **state)
{
	struct book_world *w = *state;
	int64_t old = add_server(w->db, w->account, "62.1.2.3"), id = 0,
		server = 0;

	assert_int_equal(server_set_verified(w->db, old, "http", T0), 0);
	assert_verdict(ask(w, "62.1.2.3", &id), BOOK_REGISTERED);
	assert_int_equal(server_set_deleted(w->db, old, T0), 0);
	assert_verdict(ask(w, "62.1.2.3", &id), BOOK_OK);
	assert_verdict(book_candidate_checked(w->db, id, &good), BOOK_OK);
	assert_verdict(book_candidate_add(w->db, w->set, &w->owner, id, NULL,
					  "", T0, &server),
		       BOOK_OK);
	assert_int_not_equal(server, old);
	assert_int_equal(get_server(w->db, server).verified_ms, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOOK_TEST(address_becomes_a_server),
		BOOK_TEST(country_by_hand_wins),
		BOOK_TEST(what_is_typed_is_checked),
		BOOK_TEST(a_private_pool_takes_private_addresses),
		BOOK_TEST(bad_answers_are_told),
		BOOK_TEST(a_name_has_a_row_for_each_address),
		BOOK_TEST(names_that_lead_nowhere),
		BOOK_TEST(a_thousand_addresses_are_cut),
		BOOK_TEST(two_unverified_are_enough),
		BOOK_TEST(asking_is_throttled),
		BOOK_TEST(a_deleted_address_starts_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
