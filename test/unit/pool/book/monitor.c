/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/monitor.h"

#include "near.h"
#include "pool/book/server.h"
#include "pool/score/score.h"
#include "pool_monitor.h"

static int state_of(struct book_world *w, int64_t server, int64_t monitor)
{
	struct pair p;

	return pair_get(w->db, server, monitor, &p) == 1 ? p.state : -1;
}

static void who_may_add_one(void **state)
{
	struct book_world *w = *state;
	char code[TALK_CODE_LEN];
	int64_t id;

	assert_verdict(book_monitor_add(w->db, &w->owner, "mine", "here",
					w->account, T0, &id, code),
		       BOOK_OK);
	assert_int_equal(strlen(code), TALK_CODE_LEN - 1);
	assert_verdict(book_monitor_add(w->db, &w->owner, "mine", "",
					w->account, T0, &id, code),
		       BOOK_EXISTS);
	assert_verdict(
		book_monitor_add(w->db, &w->owner, "x", "", 0, T0, &id, code),
		BOOK_DENIED);
	assert_verdict(book_monitor_add(w->db, &w->owner, "x", "",
					w->other_account, T0, &id, code),
		       BOOK_DENIED);
	assert_verdict(
		book_monitor_add(w->db, &w->staff, "a b", "", 0, T0, &id, code),
		BOOK_BAD_NAME);
	assert_verdict(book_monitor_add(w->db, &w->staff, MONITOR_SCORER, "", 0,
					T0, &id, code),
		       BOOK_BAD_NAME);
	assert_verdict(book_monitor_add(w->db, &w->staff, "x", "a\x1b[2J", 0,
					T0, &id, code),
		       BOOK_BAD_TEXT);
}

static void a_code_is_good_once(void **state)
{
	struct book_world *w = *state;
	struct fake_monitor m = {.address = "203.0.113.1"};
	char code[TALK_CODE_LEN], newer[TALK_CODE_LEN];
	struct monitor got;
	int64_t id;

	assert_verdict(book_monitor_add(w->db, &w->owner, "mine", "",
					w->account, T0, &id, code),
		       BOOK_OK);
	assert_int_equal(enrol(w, &m, "no code", T0), 401);
	assert_int_equal(enrol(w, &m, code, T0 + MONITOR_CODE_LIFE_MS), 401);
	assert_int_equal(enrol(w, &m, code, T0), 200);
	assert_int_equal(monitor_by_id(w->db, id, &got), 1);
	assert_true(got.has_key);
	assert_memory_equal(got.public_key, m.public_key, 32);
	assert_int_equal(enrol(w, &m, code, T0), 401);
	/* a stranger's monitor is on trial first; the same after a new key */
	assert_int_equal(got.state, MONITOR_TESTING);
	assert_verdict(book_monitor_code(w->db, &w->stranger, id, T0, newer),
		       BOOK_DENIED);
	assert_verdict(book_monitor_code(w->db, &w->owner, id, T0, newer),
		       BOOK_OK);
	assert_int_equal(enrol(w, &m, newer, T0), 200);
	assert_int_equal(monitor_by_id(w->db, id, &got), 1);
	assert_int_equal(got.state, MONITOR_TESTING);
}

static void states(void **state)
{
	struct book_world *w = *state;
	struct fake_monitor m = {.address = "203.0.113.1"};
	char code[TALK_CODE_LEN];
	int64_t id;

	assert_verdict(book_monitor_add(w->db, &w->owner, "mine", "",
					w->account, T0, &id, code),
		       BOOK_OK);
	assert_verdict(book_monitor_state(w->db, w->set, &w->staff, id,
					  MONITOR_ACTIVE, T0),
		       BOOK_DENIED);
	assert_int_equal(enrol(w, &m, code, T0), 200);
	assert_verdict(book_monitor_state(w->db, w->set, &w->owner, id,
					  MONITOR_ACTIVE, T0),
		       BOOK_DENIED);
	assert_verdict(book_monitor_state(w->db, w->set, &w->stranger, id,
					  MONITOR_PAUSED, T0),
		       BOOK_DENIED);
	assert_verdict(book_monitor_state(w->db, w->set, &w->staff, id,
					  MONITOR_ACTIVE, T0),
		       BOOK_OK);
	assert_int_equal(ask_work(w, &m, T0), 200);
	assert_verdict(book_monitor_state(w->db, w->set, &w->owner, id,
					  MONITOR_PAUSED, T0),
		       BOOK_OK);
	assert_int_equal(ask_work(w, &m, T0), 403);
	assert_verdict(book_monitor_state(w->db, w->set, &w->owner, id,
					  MONITOR_DELETED, T0),
		       BOOK_OK);
	assert_verdict(book_monitor_state(w->db, w->set, &w->staff, id,
					  MONITOR_ACTIVE, T0),
		       BOOK_DELETED);
	drop_monitors(&m, 1);
}

/* Seven active, five testing, the rest candidates; who falls silent makes room. */
static void seven_are_active(void **state)
{
	struct book_world *w = *state;
	struct fake_monitor m[14];
	int count[4] = {0};
	int64_t server = add_server(w->db, w->account, "192.0.2.1");
	char name[16];

	for (int i = 0; i < 14; i++) {
		snprintf(name, sizeof name, "m%02d", i);
		add_monitor(w, &m[i], name, T0);
	}
	assert_int_equal(book_select_server(w->db, w->set, server, T0), 0);
	for (int i = 0; i < 14; i++)
		count[state_of(w, server, m[i].id)]++;
	assert_int_equal(count[PAIR_ACTIVE], 7);
	assert_int_equal(count[PAIR_TESTING], 5);
	assert_int_equal(count[PAIR_CANDIDATE], 2);
	assert_int_equal(state_of(w, server, m[0].id), PAIR_ACTIVE);

	/* an hour later only these have called */
	for (int i = 1; i < 14; i++)
		assert_int_equal(ask_work(w, &m[i], T0 + MONITOR_SILENT_MS),
				 200);
	assert_int_equal(
		book_select_all(w->db, w->set, T0 + MONITOR_SILENT_MS + 1000),
		0);
	assert_int_equal(state_of(w, server, m[0].id), PAIR_PAUSED);
	assert_int_equal(state_of(w, server, m[7].id), PAIR_ACTIVE);
	/* and when it is back it does not push anybody out */
	assert_int_equal(ask_work(w, &m[0], T0 + MONITOR_SILENT_MS + 2000),
			 200);
	assert_int_equal(
		book_select_all(w->db, w->set, T0 + MONITOR_SILENT_MS + 3000),
		0);
	assert_int_equal(state_of(w, server, m[7].id), PAIR_ACTIVE);
	assert_int_not_equal(state_of(w, server, m[0].id), PAIR_ACTIVE);
	drop_monitors(m, 14);
}

static void neighbours_are_no_witnesses(void **state)
{
	struct book_world *w = *state;
	struct fake_monitor pool, own = {.address = "203.0.113.9"};
	char code[TALK_CODE_LEN];
	int64_t id, far = add_server(w->db, w->account, "192.0.2.1"),
		    near = add_server(w->db, w->account, "203.0.113.77"),
		    six = add_server(w->db, w->account, "2001:db8::1");

	add_monitor(w, &pool, "pool", T0);
	assert_verdict(book_monitor_add(w->db, &w->owner, "own", "", w->account,
					T0, &id, code),
		       BOOK_OK);
	assert_int_equal(enrol(w, &own, code, T0), 200);
	assert_int_equal(state_of(w, far, pool.id), PAIR_ACTIVE);
	assert_int_equal(state_of(w, near, pool.id), -1);
	assert_int_equal(state_of(w, six, pool.id), PAIR_ACTIVE);
	assert_int_equal(state_of(w, far, own.id), -1);

	/* Whose server it becomes decides anew who may measure it. */
	assert_verdict(book_server_move(w->db, w->set, &w->staff, far,
					w->other_account, T0),
		       BOOK_OK);
	assert_int_equal(state_of(w, far, own.id), PAIR_TESTING);
	assert_verdict(
		book_server_move(w->db, w->set, &w->staff, far, w->account, T0),
		BOOK_OK);
	assert_int_equal(state_of(w, far, own.id), PAIR_PAUSED);

	w->set->private_addresses = true;
	assert_int_equal(book_select_all(w->db, w->set, T0), 0);
	assert_int_equal(state_of(w, near, pool.id), PAIR_ACTIVE);
	assert_int_equal(state_of(w, far, own.id), PAIR_TESTING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOOK_TEST(who_may_add_one),
		BOOK_TEST(a_code_is_good_once),
		BOOK_TEST(states),
		BOOK_TEST(seven_are_active),
		BOOK_TEST(neighbours_are_no_witnesses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
