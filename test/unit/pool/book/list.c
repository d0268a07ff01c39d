/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/list.h"

#include "pool/book/server.h"
#include "pool_book.h"

static struct list_entry entry(const char *hostname)
{
	struct list_entry e = {
		.stratum = 1,
		.country = "de",
		.access_policy = "RestrictedAccess",
		.access_details = "Universities,\nafter a mail",
		.contact = "time@example.org",
	};

	snprintf(e.hostname, sizeof e.hostname, "%s", hostname);
	return e;
}

static int64_t add(struct book_world *w, const struct list_entry *e)
{
	int64_t id = 0;

	assert_verdict(book_list_add(w->db, &w->owner, e, T0, &id), BOOK_OK);
	return id;
}

static int64_t on_list(struct book_world *w, int stratum)
{
	struct list_entry e;
	struct db_rows rows;
	int64_t n = 0;

	list_ask(w->db, &rows, stratum, LIST_BY_COUNTRY);
	while (list_next(&rows, &e))
		n++;
	assert_int_equal(db_end(&rows), 0);
	return n;
}

static void what_can_be_filled_in(void **state)
{
	static const struct {
		const char *key, *typed;
		enum book_verdict want;
		const char *is;
	} rows[] = {
		{"stratum", "2", BOOK_OK, "2"},
		{"stratum", "3", BOOK_BAD_NUMBER, "2"},
		{"country", "JP", BOOK_OK, "jp"},
		{"country", "qq", BOOK_BAD_COUNTRY, "jp"},
		{"country", "", BOOK_MISSING, "jp"},
		{"hostname", "ntp.example.org", BOOK_OK, "ntp.example.org"},
		{"hostname", "a b", BOOK_BAD_NAME, "ntp.example.org"},
		{"address", "192.0.2.1", BOOK_OK, "192.0.2.1"},
		{"address", "2001:db8::1", BOOK_BAD_ADDRESS, "192.0.2.1"},
		{"address", "224.0.0.1", BOOK_BAD_ADDRESS, "192.0.2.1"},
		{"address", "", BOOK_OK, ""},
		{"address6", "2001:DB8::0:1", BOOK_OK, "2001:db8::1"},
		{"address6", "::ffff:192.0.2.1", BOOK_BAD_ADDRESS,
		 "2001:db8::1"},
		{"policy", "ClosedAccess", BOOK_OK, "ClosedAccess"},
		{"policy", "closed", BOOK_BAD_POLICY, "ClosedAccess"},
		{"notify", "yes", BOOK_OK, "yes"},
		{"notify", "", BOOK_OK, "no"},
		{"area", "Europa & \xC3\x9C", BOOK_OK, "Europa & \xC3\x9C"},
		{"area", "two\nlines", BOOK_BAD_TEXT, "Europa & \xC3\x9C"},
		{"area", "\xC3", BOOK_BAD_TEXT, "Europa & \xC3\x9C"},
		{"details", "two\nlines", BOOK_OK, "two\nlines"},
		{"contact", "", BOOK_MISSING, ""},
	};
	struct list_entry e = {0};
	char text[LIST_TEXT_MAX], long_text[300];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct list_field *f = list_field_find(rows[i].key);

		assert_non_null(f);
		assert_verdict(list_field_set(&e, f, rows[i].typed),
			       rows[i].want);
		assert_string_equal(list_field_get(&e, f, text), rows[i].is);
	}
	memset(long_text, 'a', sizeof long_text);
	long_text[sizeof e.contact - 1] = '\0';
	assert_verdict(
		list_field_set(&e, list_field_find("contact"), long_text),
		BOOK_OK);
	long_text[sizeof e.contact - 1] = 'a';
	long_text[sizeof e.contact] = '\0';
	assert_verdict(
		list_field_set(&e, list_field_find("contact"), long_text),
		BOOK_BAD_TEXT);
	assert_null(list_field_find("nonsense"));
}

static void life_of_an_entry(void **state)
{
	struct book_world *w = *state;
	struct list_entry e = entry("one.example.org"), is;
	int64_t id = add(w, &e), mails;
	char audit[2200];

	assert_int_equal(on_list(w, 1), 0);
	assert_verdict(book_list_approve(w->db, w->set, &w->owner, id, T0),
		       BOOK_DENIED);
	assert_verdict(book_list_refuse(w->db, w->set, &w->staff, id, "", T0),
		       BOOK_MISSING);
	mails = count_rows(w->db, "SELECT count(*) FROM outbox");
	assert_verdict(book_list_refuse(w->db, w->set, &w->staff, id,
					"Which university?", T0),
		       BOOK_OK);
	assert_int_equal(count_rows(w->db, "SELECT count(*) FROM outbox"),
			 mails + 1);
	assert_int_equal(list_by_id(w->db, id, &is), 1);
	assert_int_equal(list_state(&is), LIST_REFUSED);
	assert_string_equal(is.why, "Which university?");
	last_audit(w->db, audit, sizeof audit);
	assert_string_equal(audit, "list.refuse {\"entry\":1,\"hostname\":"
				   "\"one.example.org\",\"why\":"
				   "\"Which university?\"}");
	/* Handed in again it waits again. */
	strcpy(is.access_details, "All of them");
	assert_verdict(book_list_change(w->db, &w->owner, &is, T0), BOOK_OK);
	last_audit(w->db, audit, sizeof audit);
	assert_string_equal(audit, "list.change {\"entry\":1,\"hostname\":"
				   "\"one.example.org\",\"was\":{\"details\":"
				   "\"Universities,\\u000aafter a mail\"}}");
	assert_int_equal(list_by_id(w->db, id, &is), 1);
	assert_int_equal(list_state(&is), LIST_PENDING);
	assert_string_equal(is.why, "");
	assert_verdict(book_list_approve(w->db, w->set, &w->staff, id, T0),
		       BOOK_OK);
	assert_int_equal(on_list(w, 1), 1);
	assert_verdict(book_list_remove(w->db, &w->stranger, id, T0),
		       BOOK_DENIED);
	assert_verdict(book_list_remove(w->db, &w->owner, id, T0), BOOK_OK);
	assert_int_equal(on_list(w, 1), 0);
	assert_verdict(book_list_remove(w->db, &w->owner, id, T0),
		       BOOK_UNKNOWN);
}

static void a_change_waits_beside_what_is_shown(void **state)
{
	struct book_world *w = *state;
	struct list_entry e = entry("one.example.org"), is;
	int64_t id = add(w, &e);

	assert_verdict(book_list_approve(w->db, w->set, &w->staff, id, T0),
		       BOOK_OK);
	e.id = id;
	e.stratum = 2;
	assert_verdict(book_list_change(w->db, &w->stranger, &e, T0),
		       BOOK_DENIED);
	assert_verdict(book_list_change(w->db, &w->owner, &e, T0), BOOK_OK);
	/* Changed once more it is still one change. */
	strcpy(e.country, "fr");
	assert_verdict(book_list_change(w->db, &w->owner, &e, T0), BOOK_OK);
	assert_int_equal(on_list(w, 1), 1);
	assert_int_equal(on_list(w, 2), 0);
	assert_int_equal(count_rows(w->db, "SELECT count(*) FROM list_entry"),
			 2);
	/* Refused, the old one stays. */
	assert_verdict(book_list_refuse(w->db, w->set, &w->staff, id,
					"It is stratum 1.", T0),
		       BOOK_OK);
	assert_int_equal(list_by_id(w->db, id, &is), 1);
	assert_int_equal(list_state(&is), LIST_SHOWN);
	assert_int_equal(on_list(w, 1), 1);
	assert_verdict(book_list_change(w->db, &w->owner, &e, T0), BOOK_OK);
	assert_verdict(book_list_approve(w->db, w->set, &w->staff, id, T0),
		       BOOK_OK);
	assert_int_equal(on_list(w, 1), 0);
	assert_int_equal(on_list(w, 2), 1);
	assert_int_equal(list_by_id(w->db, id, &is), 1);
	assert_string_equal(is.country, "fr");
	assert_int_equal(count_rows(w->db, "SELECT count(*) FROM list_entry"),
			 1);
}

static void it_belongs_to_its_server(void **state)
{
	struct book_world *w = *state;
	struct list_entry e = entry("one.example.org"), is;
	int64_t mine = add_server(w->db, w->account, "192.0.2.1"), id;

	add_server(w->db, w->other_account, "2001:db8::2");
	strcpy(e.address4, "192.0.2.1");
	id = add(w, &e);
	assert_int_equal(list_by_server(w->db, mine, &is), 1);
	assert_int_equal(is.id, id);
	assert_string_equal(is.measured_address, "192.0.2.1");
	/* One entry a server, and nobody else's. */
	assert_verdict(book_list_add(w->db, &w->owner, &e, T0, &id),
		       BOOK_EXISTS);
	strcpy(e.address4, "");
	strcpy(e.address6, "2001:db8::2");
	assert_verdict(book_list_add(w->db, &w->owner, &e, T0, &id),
		       BOOK_REGISTERED);
	/* Where the server goes, its entry goes. */
	assert_verdict(book_server_move(w->db, w->set, &w->staff, mine,
					w->other_account, T0),
		       BOOK_OK);
	assert_verdict(book_list_get(w->db, &w->owner, is.id, &e), BOOK_DENIED);
	assert_verdict(book_list_get(w->db, &w->stranger, is.id, &e), BOOK_OK);
}

static void not_too_many(void **state)
{
	struct book_world *w = *state;
	struct list_entry e = entry("one.example.org");
	int64_t id;

	for (int i = 0; i < LIST_ENTRIES_MAX; i++)
		add(w, &e);
	assert_verdict(book_list_add(w->db, &w->owner, &e, T0, &id),
		       BOOK_TOO_OFTEN);
	assert_verdict(book_list_add(w->db, &w->staff, &e, T0, &id),
		       BOOK_DENIED); /* for whom? */
	*e.contact = '\0';
	assert_verdict(book_list_add(w->db, &w->owner, &e, T0, &id),
		       BOOK_MISSING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_can_be_filled_in),
		BOOK_TEST(life_of_an_entry),
		BOOK_TEST(a_change_waits_beside_what_is_shown),
		BOOK_TEST(it_belongs_to_its_server),
		BOOK_TEST(not_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
