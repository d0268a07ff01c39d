/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/container.h"
#include "base/embed.h"
#include "pool/store/db_driver.h"

/*
 * The schema in numbered steps, migration/0001.sql and so on; the table
 * "migration" says which ones a database has had.  Each step is one
 * transaction, so a program that is killed leaves a schema that exists.
 */
extern const struct embed migrations[];

/* The engine's words for {id}, {blob}, {real} and {rowless}. */
static void put_in_words(struct buf *out, const struct db_driver *driver,
			 const char *sql)
{
	const struct {
		const char *word, *meaning;
	} words[] = {
		{"{id}", driver->id},
		{"{blob}", driver->blob},
		{"{real}", driver->real},
		{"{rowless}", driver->rowless},
	};

	while (*sql) {
		size_t plain = strcspn(sql, "{");
		size_t i = 0;

		buf_add(out, sql, plain);
		sql += plain;
		while (i < ARRAY_LEN(words) &&
		       strncmp(sql, words[i].word, strlen(words[i].word)) != 0)
			i++;
		if (i < ARRAY_LEN(words)) {
			buf_printf(out, "%s", words[i].meaning);
			sql += strlen(words[i].word);
		} else if (*sql) {
			buf_add(out, sql++, 1);
		}
	}
}

static int apply(struct db *db, const struct embed *step, int64_t number)
{
	struct buf sql = {0};
	int r;

	put_in_words(&sql, db->driver, (const char *)step->data);
	r = db->driver->script(db, buf_text(&sql));
	buf_done(&sql);
	if (r < 0)
		return r;
	return (int)db_run(
		db,
		"INSERT INTO migration (number, at_ms) "
		"VALUES ($1, $2)",
		DB(db_int(number), db_int((int64_t)time(NULL) * 1000)));
}

/* The number of the newest step in the database. */
static int newest(struct db *db, int64_t *have)
{
	return db_one_int(db, have,
			  "SELECT COALESCE(MAX(number), 0) FROM migration",
			  DB_NONE);
}

/* The steps that are missing, while nobody else does the same. */
static int catch_up(struct db *db)
{
	int64_t have = 0;
	int r = db->driver->script(db, db->driver->begin_alone);

	if (r < 0)
		return r;
	db->depth = 1;
	r = db->driver->script(db, "CREATE TABLE IF NOT EXISTS migration ("
				   "number BIGINT PRIMARY KEY, "
				   "at_ms BIGINT NOT NULL)");
	if (r >= 0)
		r = newest(db, &have);
	for (const struct embed *m = migrations; m->name && r >= 0; m++) {
		long number = strtol(m->name, NULL, 10);

		if (number > have)
			r = apply(db, m, number);
	}
	return db_finish(db, r);
}

int migrate(struct db *db, struct text *why)
{
	int64_t know = 0, have = 0;
	int r;

	for (const struct embed *m = migrations; m->name; m++)
		know = strtol(m->name, NULL, 10);
	r = newest(db, &have);
	if (r < 0 || have < know)
		r = catch_up(db);
	if (r < 0) {
		text_add(why, "%s", db_error(db));
		return r;
	}
	if (have > know) {
		text_add(why,
			 "the database has schema %" PRId64
			 ", this program knows %" PRId64
			 ": install the newer program again",
			 have, know);
		return -EPROTO;
	}
	return 0;
}
