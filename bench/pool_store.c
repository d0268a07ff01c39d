/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * The pool's books under load: one process takes in batches at a steady rate,
 * as poold does (a log row, its samples, the pair's score, the median and the
 * server's score for each result, one transaction a batch), while another reads
 * what a score page reads, as fast as it can (with -w nobody does).
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "base/units.h"
#include "pool/store/db_copy.h"
#include "pool/store/history.h"
#include "pool/store/log.h"
#include "pool/store/pair.h"
#include "pool/store/rollup.h"
#include "pool/store/server.h"

#define MONITORS 7
#define SCORER (MONITORS + 1) /* its rows are the medians */
#define BATCH 10              /* results of one batch */
#define CHECK_MS (INT64_C(540) * 1000)
#define SAMPLES 3
#define LATENCIES 1000000

struct plan {
	const char *address;
	int servers, seconds, rate;
	int64_t rows;    /* in the log before it begins */
	bool write_only; /* somebody else reads: bench/pool_pages */
};

static int64_t mono_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void check(struct db *db, int64_t r, const char *what)
{
	if (r >= 0)
		return;
	fprintf(stderr, "%s: %s\n", what, db_error(db));
	exit(EXIT_FAILURE);
}

static struct db *open_db(const char *address)
{
	char why[400];
	struct text t = text_init(why, sizeof why);
	struct db *db;

	if (db_open(address, &db, &t) < 0) {
		fprintf(stderr, "%s: %s\n", address, why);
		exit(EXIT_FAILURE);
	}
	return db;
}

/* --- how long things took --------------------------------------------------- */

struct latencies {
	size_t n;
	double ms[LATENCIES];
};

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void note(struct latencies *l, int64_t begun_ns)
{
	if (l->n < LATENCIES)
		l->ms[l->n++] = (double)(mono_ns() - begun_ns) / 1e6;
}

static void print_latencies(const char *what, struct latencies *l, int seconds)
{
	if (l->n == 0)
		return;
	qsort(l->ms, l->n, sizeof l->ms[0], by_size);
	printf("%-14s %8.1f/s  p50 %7.2f ms  p99 %7.2f ms  max %7.2f ms\n",
	       what, (double)l->n / seconds, l->ms[l->n / 2],
	       l->ms[l->n * 99 / 100], l->ms[l->n - 1]);
}

/* --- rows ------------------------------------------------------------------- */

static void put_monitors(struct db *db)
{
	for (int i = 1; i <= SCORER; i++) {
		char name[24];

		snprintf(name, sizeof name, "monitor%d", i);
		check(db,
		      db_run(db,
			     "INSERT INTO monitor (id, name, kind, state, "
			     "created_ms) VALUES ($1, $2, $3, 'active', 0)",
			     DB(db_int(i), db_text(name),
				db_text(i == SCORER ? "score" : "monitor"))),
		      "monitor");
	}
}

static void put_servers(struct db *db, int n)
{
	check(db,
	      db_run(db,
		     "INSERT INTO account (id, slug, name, created_ms) "
		     "VALUES (1, 'a', 'a', 0)",
		     DB_NONE),
	      "account");
	for (int i = 1; i <= n; i++) {
		struct server s = {.account_id = 1, .family = 4, .port = 123};
		int64_t id;

		snprintf(s.address, sizeof s.address, "10.%d.%d.%d", i >> 16,
			 i >> 8 & 255, i & 255);
		check(db, server_insert(db, &s, &id), "server");
		for (int m = 1; m <= MONITORS; m++)
			check(db, pair_set_state(db, id, m, 2, 0), "pair");
	}
}

static struct log_row row_of(int64_t server_id, int64_t monitor_id,
			     int64_t at_ms, struct rng *r)
{
	bool median = monitor_id == SCORER;

	return (struct log_row){
		.server_id = server_id,
		.monitor_id = monitor_id,
		.at_ms = at_ms,
		.taken_ms = at_ms,
		.offset_s = median ? (double)NAN : 1e-3 * rng_normal(r),
		.rtt_s = median ? (double)NAN : 0.02 + 1e-3 * rng_uniform(r),
		.stratum = median ? -1 : 2,
		.leap = median ? -1 : 0,
		.samples = median ? 0 : SAMPLES,
		.root_delay_s = median ? (double)NAN : 0.01,
		.root_disp_s = median ? (double)NAN : 0.01,
		.refid = median ? -1 : 0x7F000001,
		.profile = "classic",
		.rule = "good",
		.step = 1,
		.score = 20,
		.voice = 2,
		.counts = true,
	};
}

/* One result: what poold writes for it. */
static void put_result(struct db *db, int64_t server_id, int64_t monitor_id,
		       int64_t at_ms, struct rng *r)
{
	struct log_row row = row_of(server_id, monitor_id, at_ms, r);
	struct pair p = {
		.server_id = server_id,
		.monitor_id = monitor_id,
		.score = 20,
		.strict_score = 20,
		.score_ms = at_ms,
		.offset_s = row.offset_s,
		.rtt_s = row.rtt_s,
		.stratum = 2,
	};
	struct public_score is;
	int e;

	check(db, public_score_lock(db, server_id, &is), "lock");
	e = log_insert(db, &row);
	check(db, e == -EEXIST ? 0 : e, "log");
	for (unsigned i = 0; i < SAMPLES && e == 0; i++) {
		struct log_sample s = {(int64_t)rng_u64(r), 2, 3, 4};

		check(db,
		      log_insert_sample(db, server_id, at_ms, monitor_id, i,
					&s),
		      "sample");
	}
	check(db, pair_set_score(db, &p), "pair");
	row = row_of(server_id, SCORER, at_ms + monitor_id, r);
	e = log_insert(db, &row);
	check(db, e == -EEXIST ? 0 : e, "median");
	is.score = 20;
	is.score_ms = at_ms;
	check(db, public_score_set(db, server_id, &is), "score");
}

/* The past: every monitor every nine minutes, until there are enough rows. */
static void put_past(struct db *db, const struct plan *plan)
{
	int64_t per_round = (int64_t)plan->servers * SCORER;
	int64_t rounds = (plan->rows + per_round - 1) / per_round;
	int64_t from_ms = now_ms() - rounds * CHECK_MS, begun_ns = mono_ns();
	struct rng r;

	rng_seed(&r, 1);
	for (int64_t i = 0; i < rounds; i++) {
		check(db, db_begin(db), "begin");
		for (int s = 1; s <= plan->servers; s++)
			for (int m = 1; m <= SCORER; m++) {
				struct log_row row = row_of(
					s, m, from_ms + i * CHECK_MS + s, &r);

				check(db, log_insert(db, &row), "log");
			}
		check(db, db_commit(db), "commit");
	}
	printf("%" PRId64 " rows before, written at %.0f rows/s\n",
	       rounds * per_round,
	       (double)(rounds * per_round) /
		       ((double)(mono_ns() - begun_ns) / 1e9));
}

/* --- the two at work -------------------------------------------------------- */

/* Batch after batch; two log rows a result make the rate. */
static void write_batches(const struct plan *plan, struct latencies *l)
{
	struct db *db = open_db(plan->address);
	int64_t period_ns = NS_PER_S * BATCH * 2 / plan->rate;
	int64_t begun_ns = mono_ns(), due_ns = begun_ns;
	int64_t end_ns = begun_ns + plan->seconds * NS_PER_S;
	struct rng r;

	rng_seed(&r, 2);
	for (int64_t n = 0; due_ns < end_ns; n++, due_ns += period_ns) {
		int64_t wait_ns = due_ns - mono_ns(), from_ns;
		struct timespec t = {wait_ns / NS_PER_S, wait_ns % NS_PER_S};

		if (wait_ns > 0)
			nanosleep(&t, NULL);
		from_ns = mono_ns();
		check(db, db_begin(db), "begin");
		for (int i = 0; i < BATCH; i++)
			put_result(db, (n * BATCH + i) % plan->servers + 1,
				   n % MONITORS + 1, now_ms(), &r);
		check(db, db_commit(db), "commit");
		note(l, from_ns);
		if (mono_ns() > end_ns + 5 * NS_PER_S) /* cannot keep up */
			break;
	}
	db_close(db);
}

static unsigned drain(struct db *db, struct db_rows *rows)
{
	unsigned n = 0;

	while (db_next(rows))
		n++;
	check(db, db_end(rows), "read");
	return n;
}

static void read_page(struct db *db, int64_t server_id)
{
	struct db_rows rows;
	struct server s;

	check(db, server_by_id(db, server_id, &s), "server");
	history_ask_points(db, &rows, server_id, HISTORY_STEP,
			   now_ms() - 24 * 3600 * 1000);
	drain(db, &rows);
	history_ask_steps(db, &rows, server_id, 0, 0, 50);
	drain(db, &rows);
	history_ask_monitors(db, &rows, server_id);
	drain(db, &rows);
}

static void read_pages(const struct plan *plan, struct latencies *l)
{
	struct db *db = open_db(plan->address);
	int64_t end_ns = mono_ns() + plan->seconds * NS_PER_S;
	struct rng r;

	rng_seed(&r, 3);
	while (mono_ns() < end_ns) {
		int64_t from_ns = mono_ns();

		read_page(db, (int64_t)(rng_uniform(&r) * plan->servers) + 1);
		note(l, from_ns);
	}
	db_close(db);
}

static pid_t start(void (*fn)(const struct plan *, struct latencies *),
		   const struct plan *plan, struct latencies *l)
{
	pid_t pid = fork();

	if (pid == 0) {
		fn(plan, l);
		_exit(EXIT_SUCCESS);
	}
	return pid;
}

static void roll_up(const struct plan *plan)
{
	struct db *db = open_db(plan->address);
	int64_t begun_ns = mono_ns(), n = rollup_run(db, now_ms(), 15, 400);

	check(db, n, "rollup");
	printf("%-14s %" PRId64 " hours and days of servers in %.1f s\n",
	       "roll-ups", n, (double)(mono_ns() - begun_ns) / 1e9);
	db_close(db);
}

static struct latencies *shared(void)
{
	void *p = mmap(NULL, sizeof(struct latencies), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		exit(EXIT_FAILURE);
	return p;
}

static void run(const struct plan *plan)
{
	struct latencies *batches = shared(), *pages = shared();
	struct db *db = open_db(plan->address);
	int status, failed = 0;

	printf("%s, %d servers, %d monitors\n", db_engine(db), plan->servers,
	       MONITORS);
	put_monitors(db);
	put_servers(db, plan->servers);
	put_past(db, plan);
	db_close(db);
	if (plan->write_only)
		roll_up(plan); /* or whoever reads begins with it */
	printf("ready\n");
	fflush(stdout);
	start(write_batches, plan, batches);
	if (!plan->write_only)
		start(read_pages, plan, pages);
	while (wait(&status) > 0)
		failed |= status;
	if (failed)
		exit(EXIT_FAILURE);
	printf("%-14s %8.1f/s  of %d asked for\n", "log rows",
	       (double)batches->n * BATCH * 2 / plan->seconds, plan->rate);
	print_latencies("batches", batches, plan->seconds);
	print_latencies("score pages", pages, plan->seconds);
	if (!plan->write_only)
		roll_up(plan);
}

/* The same books once more, in the database of -t. */
static void copy(const char *from_address, const char *to_address)
{
	char why[400];
	struct text t = text_init(why, sizeof why);
	struct db *from = open_db(from_address), *to = open_db(to_address);
	int64_t begun_ns = mono_ns(), n = db_copy(from, to, NULL, &t);

	if (n < 0) {
		fprintf(stderr, "%s\n", why);
		exit(EXIT_FAILURE);
	}
	printf("copy %s to %s: %" PRId64 " rows, %.0f/s\n", db_engine(from),
	       db_engine(to), n,
	       (double)n / ((double)(mono_ns() - begun_ns) / 1e9));
	db_close(from);
	db_close(to);
}

int main(int argc, char **argv)
{
	struct plan plan = {
		.servers = 400, .seconds = 5, .rate = 1000, .rows = 50000};
	char scratch[] = "/tmp/timeball-bench-XXXXXX", address[64];
	const char *to = NULL;
	int c;

	while ((c = getopt(argc, argv, "d:t:n:s:r:m:w")) >= 0)
		switch (c) {
		case 'd':
			plan.address = optarg;
			break;
		case 't':
			to = optarg;
			break;
		case 'n':
			plan.rows = atoll(optarg);
			break;
		case 's':
			plan.seconds = atoi(optarg);
			break;
		case 'r':
			plan.rate = atoi(optarg);
			break;
		case 'm':
			plan.servers = atoi(optarg);
			break;
		case 'w':
			plan.write_only = true;
			break;
		default:
			fprintf(stderr, "usage: bench-pool-store [-d database] "
					"[-t copy] [-n rows] [-s seconds] "
					"[-r rows/s] [-m servers] [-w]\n");
			return EXIT_FAILURE;
		}
	if (!plan.address) {
		if (!mkdtemp(scratch))
			return EXIT_FAILURE;
		snprintf(address, sizeof address, "sqlite:%s/pool.db", scratch);
		plan.address = address;
	}
	run(&plan);
	if (to)
		copy(plan.address, to);
	if (plan.address == address) {
		char command[80];

		snprintf(command, sizeof command, "ls -l %s; rm -r %s", scratch,
			 scratch);
		return system(command);
	}
	return EXIT_SUCCESS;
}
