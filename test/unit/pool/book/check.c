/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/check.h"

#include "pool/book/publish.h"
#include "pool/store/log.h"
#include "pool_book.h"
#include "scratch.h"

#define SERVERS 9

/* Scores that begin at 0, as checks with good time make them. */
static void put_history(struct db *db, int64_t account)
{
	assert_int_equal(db_run(db,
				"INSERT INTO monitor (id, name, created_ms)"
				" VALUES (1, 'm', 0)",
				DB_NONE),
			 1);
	for (int i = 1; i <= SERVERS; i++) {
		char address[32];
		double score = 0;
		struct log_row row = {.monitor_id = 1,
				      .offset_s = 0.001,
				      .rtt_s = 0.01,
				      .stratum = 2,
				      .profile = "classic",
				      .rule = "good",
				      .step = 1,
				      .samples = 3,
				      .voice = 2,
				      .counts = true};

		snprintf(address, sizeof address, "192.0.2.%d", i);
		row.server_id = add_server(db, account, address);
		for (int k = 1; k <= 20; k++) {
			row.at_ms = row.taken_ms = T0 + k * HOUR_MS;
			row.score = score = score * 0.95 + 1;
			assert_int_equal(log_insert(db, &row), 0);
		}
	}
}

static void use_files(struct pool_settings *set)
{
	free(set->snapshot);
	free(set->snapshot_public);
	set->snapshot = strdup("zones.snap");
	set->snapshot_public = strdup("public");
}

static const struct check *named(const struct check *c, const char *name)
{
	for (size_t i = 0; i < BOOK_CHECKS; i++)
		if (strcmp(c[i].name, name) == 0)
			return &c[i];
	fail_msg("no check %s", name);
	return NULL;
}

static void assert_state(const struct check *all, const char *name,
			 enum check_state want, const char *word)
{
	const struct check *c = named(all, name);

	if (c->state != want || !strstr(c->text, word))
		fail_msg("%s is %s: %s", name, check_state_name(c->state),
			 c->text);
}

static void whole_books(void **state)
{
	struct book_world *w = *state;
	struct check c[BOOK_CHECKS];

	use_files(w->set);
	put_history(w->db, w->account);
	assert_int_equal(book_check(w->db, w->set, T0, 4, c), 0);
	for (size_t i = 0; i + 1 < BOOK_CHECKS; i++)
		assert_state(c, c[i].name, CHECK_GOOD, "");
	assert_state(c, "replay", CHECK_GOOD, "80 rows of 4 of 9 servers");
	assert_state(c, "snapshot", CHECK_DOUBTFUL, "zones.snap");
}

/* With all servers asked for, the one changed digit is found. */
static void a_changed_score(void **state)
{
	struct book_world *w = *state;
	struct check c[BOOK_CHECKS];

	use_files(w->set);
	put_history(w->db, w->account);
	assert_int_equal(db_run(w->db,
				"UPDATE log SET score = score + 1e-9 WHERE"
				" server_id = 5 AND at_ms = $1",
				DB(db_int(T0 + 7 * HOUR_MS))),
			 1);
	assert_int_equal(book_check(w->db, w->set, T0, SERVERS, c), 0);
	assert_state(c, "replay", CHECK_BAD, "server 5 monitor 1 at ");
	assert_state(c, "rows", CHECK_GOOD, "");
}

static void the_snapshot(void **state)
{
	struct book_world *w = *state;
	struct check c[BOOK_CHECKS];
	struct snapshot_key key;
	char why[200] = "";
	struct text t = text_init(why, sizeof why);
	FILE *f;

	use_files(w->set);
	assert_int_equal(snapshot_key_make("secret", "public"), 0);
	assert_int_equal(snapshot_key_read("secret", &key), 0);
	assert_true(publish_zones(w->db, w->set, &key, T0, &t) >= 0);
	assert_int_equal(book_check(w->db, w->set, T0 + 5000, 1, c), 0);
	assert_state(c, "snapshot", CHECK_GOOD, "5 s old, signature good");
	assert_int_equal(book_check(w->db, w->set, T0 + HOUR_MS, 1, c), 0);
	assert_state(c, "snapshot", CHECK_DOUBTFUL, "nobody renews it");
	f = fopen("zones.snap", "r+b");
	assert_non_null(f);
	assert_int_equal(fseek(f, 100, SEEK_SET), 0);
	fputc(0x55, f);
	fclose(f);
	assert_int_equal(book_check(w->db, w->set, T0 + 5000, 1, c), 0);
	assert_state(c, "snapshot", CHECK_BAD, "zones.snap: ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOOK_TEST(whole_books),
		BOOK_TEST(a_changed_score),
		BOOK_TEST(the_snapshot),
	};

	return cmocka_run_group_tests(tests, scratch_enter, scratch_leave);
}
