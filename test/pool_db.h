/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdlib.h>

#include "cmocka_all.h"
#include "pool/store/db.h"

/*
 * An empty database with the pool's schema: SQLite in memory, or the one that
 * TEST_DATABASE names, so that every test can be run on another engine.
 */
static inline struct db *db_for_test(void)
{
	const char *address = getenv("TEST_DATABASE");
	char why[400];
	struct text t = text_init(why, sizeof why);
	struct db *db;

	if (!address)
		address = "sqlite::memory:";
	if (db_open(address, &db, &t) < 0)
		fail_msg("%s: %s", address, why);
	return db;
}
