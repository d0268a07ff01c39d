/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/import.h"

#include "pool_book.h"

static void reading(void **state)
{
	static const struct {
		const char *text, *address, *country;
		int64_t kbit;
		const char *comment;
		enum book_verdict verdict;
		unsigned line;
	} rows[] = {
		{"192.0.2.1", "192.0.2.1", "", -1, "", BOOK_OK, 1},
		{"192.0.2.1,de,1000,rack\r\n", "192.0.2.1", "de", 1000, "rack",
		 BOOK_OK, 1},
		{"ADDRESS,country\n#x,y\n\n a,de", " a", "de", -1, "", BOOK_OK,
		 4},
		{"a,,0,\"b, \"\"c\"\"\"", "a", "", 0, "b, \"c\"", BOOK_OK, 1},
		{"a,de,x", "a", "de", -1, "", BOOK_BAD_NETSPEED, 1},
		{"a,de,-1", "a", "de", -1, "", BOOK_BAD_NETSPEED, 1},
		{"a,de,100000001", "a", "de", -1, "", BOOK_BAD_NETSPEED, 1},
		{"a,de,1,b,c", "a", "de", -1, "b", BOOK_BAD_TEXT, 1},
		{"a,\"de\nb", "a", "de", -1, "", BOOK_BAD_TEXT, 1},
		{"a,\"de\"b", "a", "de", -1, "", BOOK_BAD_TEXT, 1},
		{"a,abcdefgh", "a", "abcdefg", -1, "", BOOK_BAD_TEXT, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *text = rows[i].text;
		struct import_row row = {.line = 0};

		assert_true(import_next(&text, &row));
		assert_verdict(row.verdict, rows[i].verdict);
		assert_int_equal(row.line, rows[i].line);
		assert_string_equal(row.address, rows[i].address);
		assert_int_equal(row.kbit, rows[i].kbit);
		if (row.verdict == BOOK_OK) {
			assert_string_equal(row.country, rows[i].country);
			assert_string_equal(row.comment, rows[i].comment);
		}
	}
}

/* What cannot be read is one row, and the rest is read all the same. */
static void a_bad_line_costs_itself_only(void **state)
{
	const char *text = "a,\"open\nb\n\nc,de\n";
	struct import_row row = {.line = 0};

	(void)state;
	assert_true(import_next(&text, &row));
	assert_verdict(row.verdict, BOOK_BAD_TEXT);
	assert_true(import_next(&text, &row));
	assert_string_equal(row.address, "b");
	assert_true(import_next(&text, &row));
	assert_string_equal(row.address, "c");
	assert_int_equal(row.line, 4);
	assert_false(import_next(&text, &row));
}

static enum book_verdict hand_in(struct book_world *w, const struct actor *who,
				 const char *text, struct import_row *row)
{
	*row = (struct import_row){.line = 0};
	assert_true(import_next(&text, row));
	book_import(w->db, w->set, who, row, T0);
	return row->verdict;
}

static void handing_in(void **state)
{
	struct book_world *w = *state;
	struct actor staff = w->staff;
	struct import_row row;
	struct server s;

	staff.account_id = w->account;
	assert_verdict(hand_in(w, &staff, "8.8.4.4,de,77,\"a, b\"", &row),
		       BOOK_OK);
	assert_int_equal(server_by_id(w->db, row.server_id, &s), 1);
	assert_int_equal(s.kbit, 77);
	assert_string_equal(s.country, "de");
	assert_string_equal(s.comment, "a, b");
	assert_verdict(hand_in(w, &staff, "8.8.4.4", &row), BOOK_REGISTERED);
	assert_verdict(hand_in(w, &staff, "8.8.4.5,qq", &row),
		       BOOK_BAD_COUNTRY);
	assert_verdict(hand_in(w, &staff, "10.0.0.1", &row),
		       BOOK_PRIVATE_ADDRESS);
	assert_verdict(hand_in(w, &staff, "ntp.example.org", &row), BOOK_OK);
	assert_int_equal(row.server_id, 0);
	assert_int_not_equal(row.candidate_id, 0);
	/* For others poold looks first. */
	assert_verdict(hand_in(w, &w->owner, "8.8.8.8,de", &row), BOOK_OK);
	assert_int_equal(row.server_id, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reading),
		cmocka_unit_test(a_bad_line_costs_itself_only),
		BOOK_TEST(handing_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
