/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "pool/store/db.h"

/* In the PostgreSQL of test/postgres/run an empty schema for each database. */
static inline void db_test_schema(const char *base, char *address, size_t cap)
{
	static int count;
	char sql[80], name[40];
	PGconn *conn = PQconnectdb(strchr(base, ':') + 1);
	PGresult *result;

	snprintf(name, sizeof name, "t%d_%d", (int)getpid(), count++);
	snprintf(sql, sizeof sql, "CREATE SCHEMA %s", name);
	result = PQexec(conn, sql);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		fail_msg("%s: %s", base, PQerrorMessage(conn));
	PQclear(result);
	PQfinish(conn);
	snprintf(address, cap, "%s options=-csearch_path=%s", base, name);
}

static inline struct db *db_test_open(const char *address)
{
	char why[400];
	struct text t = text_init(why, sizeof why);
	struct db *db;

	if (db_open(address, &db, &t) < 0)
		fail_msg("%s: %s", address, why);
	return db;
}

/*
 * An empty database with the pool's schema: SQLite in memory, or one in the
 * server that TEST_DATABASE names, so that each test can be run with both.
 */
static inline struct db *db_for_test(void)
{
	const char *base = getenv("TEST_DATABASE");
	char address[400] = "sqlite::memory:";

	if (base)
		db_test_schema(base, address, sizeof address);
	return db_test_open(address);
}
