/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * How long does it take to compute every score again?  A log of a million rows
 * (half of them medians) is made in memory as poold makes it, then replayed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/rng.h"
#include "pool/book/replay.h"
#include "pool/book/scoring.h"

#define SERVERS 500
#define MONITORS 7
#define ROWS 500000

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void must(bool good, struct db *db)
{
	if (good)
		return;
	fprintf(stderr, "pool_replay: %s\n", db_error(db));
	exit(EXIT_FAILURE);
}

static void make_books(struct db *db)
{
	int64_t now = 1;

	must(db_run(db,
		    "INSERT INTO account (id, slug, name, created_ms)"
		    " VALUES (1, 'a', 'A', 1)",
		    DB_NONE) == 1,
	     db);
	for (int64_t m = 1; m <= MONITORS; m++) {
		char name[16];

		snprintf(name, sizeof name, "m%d", (int)m);
		must(db_run(db,
			    "INSERT INTO monitor (id, name, created_ms, state)"
			    " VALUES ($1, $2, $3, 'active')",
			    DB(db_int(m), db_text(name), db_int(now))) == 1,
		     db);
	}
	for (int64_t s = 1; s <= SERVERS; s++) {
		char address[32];

		snprintf(address, sizeof address, "10.0.%d.%d", (int)s / 250,
			 (int)s % 250);
		must(db_run(db,
			    "INSERT INTO server (id, account_id, address,"
			    " family, added_ms) VALUES ($1, 1, $2, 4, 1)",
			    DB(db_int(s), db_text(address))) == 1,
		     db);
		for (int64_t m = 1; m <= MONITORS; m++)
			must(db_run(db,
				    "INSERT INTO pair (server_id, monitor_id)"
				    " VALUES ($1, $2)",
				    DB(db_int(s), db_int(m))) == 1,
			     db);
	}
}

static void fill(struct db *db, const struct pool_settings *set)
{
	struct monitor monitor = {.state = MONITOR_ACTIVE};
	struct scoring s = {
		.db = db, .set = set, .monitor = &monitor, .counts = true};
	struct rng r;
	int64_t now = INT64_C(1790000000000);

	rng_seed(&r, 1);
	must(monitor_scorer(db, now, &s.scorer_id) == 0, db);
	must(db_begin(db) == 0, db);
	for (int i = 0; i < ROWS; i++, now += 154) {
		struct talk_result t = {
			.server_id = 1 + i % SERVERS,
			.m = {.at_ms = now,
			      .has_offset = true,
			      .offset_s = 0.02 * rng_normal(&r),
			      .rtt_s = 0.02 * rng_exponential(&r),
			      .stratum = 2,
			      .samples = 3,
			      .root_delay_s = 0.01,
			      .root_disp_s = 0.02},
		};

		monitor.id = 1 + i / SERVERS % MONITORS;
		s.now_ms = now;
		must(scoring_take(&s, &t) == 1, db);
	}
	must(db_commit(db) == 0, db);
}

int main(void)
{
	struct pool_settings *set = settings_new();
	char sentence[256];
	struct text why = text_init(sentence, sizeof sentence);
	struct replay result;
	double start, made;
	struct db *db;

	if (db_open("sqlite::memory:", &db, &why) < 0) {
		fprintf(stderr, "pool_replay: %s\n", sentence);
		return EXIT_FAILURE;
	}
	make_books(db);
	start = seconds();
	fill(db, set);
	made = seconds();
	must(book_replay(db, stderr, 10, &result) == 0, db);
	printf("%llu rows scored in %.2f s, replayed in %.2f s, %llu wrong\n",
	       (unsigned long long)result.rows, made - start, seconds() - made,
	       (unsigned long long)result.wrong);
	db_close(db);
	settings_free(set);
	return result.wrong ? EXIT_FAILURE : EXIT_SUCCESS;
}
