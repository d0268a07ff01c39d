/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/verify.h"

#include "pool_book.h"

static struct verification begin(struct book_world *w, int64_t server,
				 enum verify_method method)
{
	struct verification v;

	assert_verdict(
		book_verify_begin(w->db, &w->owner, server, method, T0, &v),
		BOOK_OK);
	return v;
}

static void the_server_comes_to_us(void **state)
{
	struct book_world *w = *state;
	int64_t server = add_server(w->db, w->account, "62.1.2.3");
	struct verification v = begin(w, server, VERIFY_HTTP);
	char audit[200];

	assert_int_equal(strlen(v.token), 32);
	assert_int_equal(strspn(v.token, "0123456789abcdef"), 32);
	assert_verdict(book_verify_came(w->db, "0123", "62.1.2.3", T0),
		       BOOK_UNKNOWN);
	assert_verdict(book_verify_came(w->db, "' OR ''='", "62.1.2.3", T0),
		       BOOK_UNKNOWN);
	assert_verdict(book_verify_came(w->db, v.token, "62.1.2.4", T0),
		       BOOK_WRONG_SOURCE);
	assert_verdict(book_verify_came(w->db, v.token, "nonsense", T0),
		       BOOK_WRONG_SOURCE);
	assert_int_equal(get_server(w->db, server).verified_ms, 0);
	assert_verdict(
		book_verify_came(w->db, v.token, "::ffff:62.1.2.3", T0 + 9),
		BOOK_OK);
	assert_int_equal(get_server(w->db, server).verified_ms, T0 + 9);
	assert_string_equal(get_server(w->db, server).verified_by, "http");
	last_audit(w->db, audit, sizeof audit);
	assert_string_equal(audit,
			    "server.verified {\"method\":\"http\",\"evidence\":"
			    "\"asked for the page from 62.1.2.3\"}");
	assert_verdict(book_verify_came(w->db, v.token, "62.1.2.3", T0),
		       BOOK_VERIFIED);
}

static void tokens_live_72_hours(void **state)
{
	struct book_world *w = *state;
	int64_t server = add_server(w->db, w->account, "62.1.2.3");
	struct verification v = begin(w, server, VERIFY_HTTP), again;

	assert_verdict(
		book_verify_came(w->db, v.token, "62.1.2.3", T0 + 72 * HOUR_MS),
		BOOK_EXPIRED);
	assert_verdict(book_verify_begin(w->db, &w->owner, server, VERIFY_HTTP,
					 T0 + 72 * HOUR_MS - 1, &again),
		       BOOK_OK);
	assert_string_equal(again.token, v.token);
	assert_verdict(book_verify_begin(w->db, &w->owner, server, VERIFY_HTTP,
					 T0 + 72 * HOUR_MS, &again),
		       BOOK_OK);
	assert_string_not_equal(again.token, v.token);
	assert_verdict(book_verify_came(w->db, again.token, "62.1.2.3",
					T0 + 73 * HOUR_MS),
		       BOOK_OK);
}

static void errands_try(void **state)
{
	struct book_world *w = *state;
	int64_t server = add_server(w->db, w->account, "62.1.2.3");
	struct verification v = begin(w, server, VERIFY_NTP), open;

	assert_verdict(book_verify_tried(w->db, &v, false, "no answer", T0 + 5),
		       BOOK_OK);
	assert_int_equal(
		verification_open(w->db, server, VERIFY_NTP, T0 + 5, &open), 1);
	assert_string_equal(open.evidence, "no answer");
	assert_int_equal(open.tried_ms, T0 + 5);
	assert_verdict(book_verify_again(w->db, &w->stranger, server, T0),
		       BOOK_DENIED);
	assert_verdict(book_verify_again(w->db, &w->owner, server, T0 + 6),
		       BOOK_OK);
	assert_int_equal(
		verification_open(w->db, server, VERIFY_NTP, T0 + 6, &open), 1);
	assert_int_equal(open.tried_ms, 0);
	assert_verdict(
		book_verify_tried(w->db, &v, true, "hash matches", T0 + 7),
		BOOK_OK);
	assert_string_equal(get_server(w->db, server).verified_by, "ntp");
}

/* The token of one way must not work in another. */
static void ways_do_not_mix(void **state)
{
	struct book_world *w = *state;
	int64_t server = add_server(w->db, w->account, "62.1.2.3");
	struct verification v;

	assert_verdict(
		book_verify_begin(w->db, &w->owner, server, VERIFY_DNS, T0, &v),
		BOOK_NO_HOSTNAME);
	assert_int_equal(server_set_hostname(w->db, server, "ntp.example.org"),
			 0);
	v = begin(w, server, VERIFY_DNS);
	assert_verdict(book_verify_came(w->db, v.token, "62.1.2.3", T0),
		       BOOK_UNKNOWN);
	assert_verdict(book_verify_begin(w->db, &w->stranger, server,
					 VERIFY_HTTP, T0, &v),
		       BOOK_DENIED);
}

static void staff_may_say_so(void **state)
{
	struct book_world *w = *state;
	int64_t server = add_server(w->db, w->account, "62.1.2.3");
	struct verification v;

	assert_verdict(book_verify_begin(w->db, &w->owner, server, VERIFY_ADMIN,
					 T0, &v),
		       BOOK_DENIED);
	assert_verdict(book_verify_begin(w->db, &w->staff, server, VERIFY_ADMIN,
					 T0, &v),
		       BOOK_OK);
	assert_string_equal(get_server(w->db, server).verified_by, "admin");
	assert_verdict(book_verify_begin(w->db, &w->staff, server, VERIFY_HTTP,
					 T0, &v),
		       BOOK_VERIFIED);
}

static void file_name_is_half_of_it(void **state)
{
	struct verification v = {.token = "0123456789abcdef0123456789abcdef"};
	char name[VERIFY_NAME_LEN];

	(void)state;
	book_verify_file_name(&v, name);
	assert_string_equal(name, "0123456789abcdef");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOOK_TEST(the_server_comes_to_us),
		BOOK_TEST(tokens_live_72_hours),
		BOOK_TEST(errands_try),
		BOOK_TEST(ways_do_not_mix),
		BOOK_TEST(staff_may_say_so),
		cmocka_unit_test(file_name_is_half_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
