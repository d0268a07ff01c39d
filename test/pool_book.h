/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <sodium.h>

#include "pool/book/verdict.h"
#include "pool/book/zones.h"
#include "pool/settings/settings.h"
#include "pool_rows.h"

#define HOUR_MS (INT64_C(3600) * 1000)

/* Two teams with one person each, staff, and the zones of the world. */
struct book_world {
	struct db *db;
	struct pool_settings *set;
	int64_t account, person, other_account;
	struct actor owner, stranger, staff;
};

static inline int book_setup(void **state)
{
	struct book_world *w = calloc(1, sizeof *w);

	assert_true(sodium_init() >= 0);
	w->db = db_for_test();
	w->set = settings_new();
	w->account = add_account(w->db, "team");
	w->other_account = add_account(w->db, "others");
	w->person = add_person(w->db, w->account, "ada@example.org",
			       "Ada Lovelace");
	w->owner = (struct actor){.person_id = w->person,
				  .account_id = w->account,
				  .source = "web",
				  .address = "198.51.100.7"};
	w->stranger = w->owner;
	w->stranger.account_id = w->other_account;
	w->stranger.person_id =
		add_person(w->db, w->other_account, "eve@example.org", "Eve");
	w->staff = (struct actor){
		.staff = true, .source = "poolctl", .address = ""};
	assert_int_equal(zones_seed(w->db), 0);
	*state = w;
	return 0;
}

static inline int book_teardown(void **state)
{
	struct book_world *w = *state;

	db_close(w->db);
	settings_free(w->set);
	free(w);
	return 0;
}

#define BOOK_TEST(f) \
	cmocka_unit_test_setup_teardown(f, book_setup, book_teardown)

#define assert_verdict(got, want) \
	assert_string_equal(book_verdict_name(got), book_verdict_name(want))

/* The newest audit row's action and detail, "" when there is none. */
static inline void last_audit(struct db *db, char *text, size_t cap)
{
	struct db_rows rows;

	text[0] = '\0';
	db_ask(db, &rows,
	       "SELECT action || ' ' || detail FROM audit ORDER BY id DESC"
	       " LIMIT 1",
	       DB_NONE);
	if (db_next(&rows))
		db_copy_text(&rows, 0, text, cap);
	assert_int_equal(db_end(&rows), 0);
}

static inline int64_t count_rows(struct db *db, const char *sql)
{
	int64_t n = -1;

	assert_int_equal(db_one_int(db, &n, sql, DB_NONE), 1);
	return n;
}

/* The newest mail or webhook as "target|subject|body", "" when there is none. */
static inline void last_outbox(struct db *db, const char *kind, char *text,
			       size_t cap)
{
	struct db_rows rows;

	text[0] = '\0';
	db_ask(db, &rows,
	       "SELECT target || '|' || COALESCE(subject, '') || '|' || body"
	       " FROM outbox WHERE kind = $1 ORDER BY id DESC LIMIT 1",
	       DB(db_text(kind)));
	if (db_next(&rows))
		db_copy_text(&rows, 0, text, cap);
	assert_int_equal(db_end(&rows), 0);
}

/* Names of the zones that a server is in, the widest first. */
static inline void zones_of(struct db *db, int64_t server_id, char *text,
			    size_t cap)
{
	struct text t = text_init(text, cap);
	struct zone_record z;
	struct db_rows rows;

	zone_ask_server(db, &rows, server_id);
	while (zone_next(&rows, &z))
		text_add(&t, "%s%s", t.len ? " " : "", z.name);
	assert_int_equal(db_end(&rows), 0);
}
