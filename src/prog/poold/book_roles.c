/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The children that nobody visits: jobs by the clock, errands on the network,
 * and the post.  Of several poold on one database one does the jobs and the
 * errands, whoever holds the lock; the post is shared, as a message is claimed.
 */
#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "os/clock.h"
#include "pool/book/jobs.h"
#include "pool/errand/errands.h"
#include "pool/errand/post.h"
#include "prog/poold/roles.h"

#define TICK_MS 500

static int64_t now_ms(void)
{
	return os_clock_realtime_ns() / NS_PER_MS;
}

static struct db *open_books(const struct role_inputs *in)
{
	char why[256];
	struct text t = text_init(why, sizeof why);
	struct db *db;

	if (db_open(in->settings->database, &db, &t) == 0)
		return db;
	log_error(in->log, "%s", why);
	return NULL;
}

/*
 * Is it ours to work?  Asked every time: a lock is gone with the connection,
 * when the database was started anew.
 */
static bool holds(const struct role_inputs *in, struct db *db, int64_t key,
		  bool *held)
{
	int r = db_try_lock(db, key);
	bool ours = r > 0;

	if (ours != *held)
		log_info(in->log, "%s",
			 ours    ? "at work"
			 : r < 0 ? "the database is away"
				 : "another poold is at work");
	*held = ours;
	return ours;
}

/* --- jobs ------------------------------------------------------------------- */

/* The key that signs snapshots, made when there is none; false: go without. */
static bool find_key(const struct role_inputs *in, struct snapshot_key *key)
{
	const struct pool_settings *set = in->settings;
	int r;

	if (!set->snapshot_key)
		return false;
	r = snapshot_key_read(set->snapshot_key, key);
	if (r == -ENOENT) {
		r = snapshot_key_make(set->snapshot_key, set->snapshot_public);
		if (r == 0)
			r = snapshot_key_read(set->snapshot_key, key);
		if (r == 0)
			log_notice(in->log, "made the key %s",
				   set->snapshot_key);
	}
	if (r < 0)
		log_warn(in->log, "%s: %s; snapshots are not signed",
			 set->snapshot_key, strerror(-r));
	return r == 0;
}

int jobs_role(const struct role_inputs *in)
{
	struct db *db = open_books(in);
	struct snapshot_key key;
	const struct pool_settings *set = in->settings;
	struct jobs jobs = {.db = db, .set = set, .log = in->log};
	const struct role_needs needs = {
		.role = SANDBOX_BOOKS,
		.read = {set->places, set->country_db, set->asn_db},
		.write = {set->snapshot, set->snapshot_public},
	};
	bool held = false;
	int r;

	if (!db)
		return EXIT_FAILURE;
	if (find_key(in, &key))
		jobs.key = &key;
	r = role_ready(in, &needs);
	while (r == 0) {
		if (holds(in, db, JOBS_LOCK, &held))
			jobs_run(&jobs, now_ms());
		if (!role_wait(in, -1, TICK_MS))
			break;
	}
	explicit_bzero(&key, sizeof key);
	db_close(db);
	return r == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* --- errands ------------------------------------------------------------------ */

static void do_errands(const struct role_inputs *in, struct db *db,
		       struct errands *e)
{
	bool held = false;

	do {
		int r;

		if (!holds(in, db, ERRANDS_LOCK, &held))
			continue;
		r = errands_run(e, now_ms());
		if (r < 0)
			log_warn(in->log, "%s", strerror(-r));
	} while (role_wait(in, -1, TICK_MS));
}

int errands_role(const struct role_inputs *in)
{
	const struct role_needs needs = {
		.role = SANDBOX_BOOKS,
		.network = true,
		.read = {in->settings->places, in->settings->country_db},
	};
	struct db *db = open_books(in);
	struct errands e;
	int r;

	if (!db)
		return EXIT_FAILURE;
	curl_global_init(CURL_GLOBAL_DEFAULT);
	r = errands_open(&e, db, in->settings, in->log);
	if (r < 0) {
		log_error(in->log, "%s", strerror(-r));
		db_close(db);
		return EXIT_FAILURE;
	}
	r = role_ready(in, &needs);
	if (r == 0)
		do_errands(in, db, &e);
	errands_close(&e);
	curl_global_cleanup();
	db_close(db);
	return r == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* --- post ---------------------------------------------------------------------- */

static void carry_post(const struct role_inputs *in, struct post *post)
{
	int r;

	do {
		r = post_run(post, now_ms(), TICK_MS);
		if (r < 0)
			log_warn(in->log, "%s", strerror(-r));
	} while (role_wait(in, -1, r > 0 ? 0 : TICK_MS));
}

int post_role(const struct role_inputs *in)
{
	const struct role_needs needs = {
		.role = SANDBOX_BOOKS,
		.network = true,
		.write = {post_folder(in->settings)},
	};
	struct db *db = open_books(in);
	struct post *post;
	int r;

	if (!db)
		return EXIT_FAILURE;
	curl_global_init(CURL_GLOBAL_DEFAULT);
	post = post_new(db, in->settings, in->log);
	if (!post) {
		log_error(in->log, "out of memory");
		db_close(db);
		return EXIT_FAILURE;
	}
	r = role_ready(in, &needs);
	if (r == 0)
		carry_post(in, post);
	post_free(post);
	curl_global_cleanup();
	db_close(db);
	return r == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
