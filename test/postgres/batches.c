/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PostgreSQL is killed, again and again or for good, while a monitor hands in
 * batch after batch.  The monitor does what poolmon does: it sends a batch until
 * somebody says that it was taken.  In the end every one was, and none twice.
 */
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "pool_monitor.h"

#define BATCHES 150
#define SERVERS 5
#define KILLS 6

static void pause_ms(long ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&t, NULL);
}

static bool server(const char *folder, const char *verb)
{
	char command[400];

	snprintf(command, sizeof command, "%s %s %s",
		 getenv("TEST_POSTGRES_SERVER"), folder, verb);
	return system(command) == 0;
}

/* A power failure now and then. */
static void kill_and_start(void)
{
	const char *folder = getenv("TEST_POSTGRES");

	for (unsigned i = 0; i < KILLS; i++) {
		pause_ms(30 + 37 * i % 100);
		if (!server(folder, "kill") || !server(folder, "start"))
			_exit(1);
	}
	_exit(0);
}

/* The server is gone for good, and another one has all that it had. */
static void kill_and_promote(void)
{
	pause_ms(300);
	if (!server(getenv("TEST_POSTGRES"), "kill"))
		_exit(1);
	pause_ms(100);
	_exit(server(getenv("TEST_POSTGRES_STANDBY"), "promote") ? 0 : 1);
}

struct tally {
	unsigned refused;     /* tries that met no server */
	unsigned taken_again; /* the answer got lost, the batch had not */
};

static void send_until_taken(struct book_world *w, struct fake_monitor *m,
			     int64_t now_ms, struct tally *tally)
{
	struct talk_result r[SERVERS];
	struct buf out = {0};
	int status;

	while ((status = ask_work(w, m, now_ms)) == 503) {
		tally->refused++;
		pause_ms(5);
	}
	assert_int_equal(status, 200);
	/* What was handed out as the server died is due again later only. */
	for (size_t i = 0; i < m->work.n_server; i++)
		r[i] = good_result(m->work.server[i].server_id, now_ms, 0.001);
	while (m->work.n_server > 0 &&
	       (status = send_results(w, m, m->work.batch, r, m->work.n_server,
				      now_ms, &out)) == 503) {
		tally->refused++;
		buf_done(&out);
		pause_ms(5);
	}
	assert_int_equal(status, 200);
	if (strstr(buf_text(&out), "\"again\":true"))
		tally->taken_again++;
	buf_done(&out);
}

/* As many as there were, whatever happens in the other process meanwhile. */
static void none_lost_none_twice(struct book_world *w, void (*happens)(void))
{
	struct tally tally = {0};
	struct fake_monitor m;
	int64_t asked = 0;
	int status;
	pid_t pid;

	for (int i = 0; i < SERVERS; i++) {
		char address[32];

		snprintf(address, sizeof address, "192.0.2.%d", i + 1);
		add_server(w->db, w->account, address);
	}
	add_monitor(w, &m, "m1", T0);
	pid = fork();
	if (pid == 0)
		happens();
	for (int64_t i = 1; i <= BATCHES || waitpid(pid, &status, WNOHANG) == 0;
	     i++) {
		send_until_taken(w, &m, T0 + i * HOUR_MS, &tally);
		asked += (int64_t)m.work.n_server;
	}
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	print_message("# %lld results, %u tries in vain, %u answers lost\n",
		      (long long)asked, tally.refused, tally.taken_again);
	assert_true(tally.refused > 0);
	assert_int_equal(count_rows(w->db, "SELECT COUNT(*) FROM log "
					   "WHERE rule <> 'median'"),
			 asked);
	assert_int_equal(count_rows(w->db, "SELECT COUNT(*) FROM log "
					   "WHERE rule = 'median'"),
			 asked);
	assert_int_equal(count_rows(w->db, "SELECT SUM(results) FROM batch"),
			 asked);
	assert_int_equal(count_rows(w->db, "SELECT COUNT(*) FROM sample"),
			 asked);
	drop_monitors(&m, 1);
}

static void power_failures(void **state)
{
	none_lost_none_twice(*state, kill_and_start);
}

static void a_standby_takes_over(void **state)
{
	none_lost_none_twice(*state, kill_and_promote);
}

/* With a second server that has each commit before it is acknowledged. */
static int with_standby(void **state)
{
	const char *first = getenv("TEST_POSTGRES");
	const char *second = getenv("TEST_POSTGRES_STANDBY");
	char address[300], follow[200];

	snprintf(follow, sizeof follow, "follow %s", first);
	if (!server(second, follow) || !server(second, "start"))
		return -1;
	snprintf(address, sizeof address,
		 "postgres:host=%s,%s user=pool dbname=postgres "
		 "target_session_attrs=read-write",
		 first, second);
	setenv("TEST_DATABASE", address, 1);
	return book_setup(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOOK_TEST(power_failures),
		cmocka_unit_test_setup_teardown(a_standby_takes_over,
						with_standby, book_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
