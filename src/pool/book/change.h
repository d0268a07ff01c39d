/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/json.h"
#include "pool/book/verdict.h"
#include "pool/store/server.h"

/*
 * How the book changes a server: a transaction that finds it and asks whether
 * the actor may, the work, an audit row.
 *
 *     v = change_begin(&c, db, who, id, now_ms);
 *     if (v != BOOK_OK)
 *             return v;
 *     if (… not so …)
 *             return change_refuse(&c, BOOK_…);
 *     json_int(&c.was, "kbit", …)
 *     r = server_set_…(db, id, …);
 *     return change_end(&c, r, "server.…");
 */
struct change {
	struct db *db;
	const struct actor *who;
	int64_t now_ms;
	struct server server;
	struct buf text;
	struct json detail; /* of the audit row: an open object */
};

/** Begin a transaction with no server yet; BOOK_STORE is the only failure. */
MUST_CHECK enum book_verdict change_open(struct change *c, struct db *db,
					 const struct actor *who,
					 int64_t now_ms);

/** The same with a living server that the actor may change. */
MUST_CHECK enum book_verdict change_begin(struct change *c, struct db *db,
					  const struct actor *who, int64_t id,
					  int64_t now_ms);

/** Undo and free; returns v. */
enum book_verdict change_refuse(struct change *c, enum book_verdict v);

/** r: of the last step, 0 or -errno.  Write the audit row and commit. */
enum book_verdict change_end(struct change *c, int r, const char *action);

/**
 * The same for what changes who is handed out: the job that builds the zones
 * learns of it.
 */
enum book_verdict change_end_zones(struct change *c, int r, const char *action);

/** Where change_end_zones() leaves the time: a name for setting_get_int(). */
#define SETTING_ZONES_CHANGED "zones.changed"

/** Texts of people: UTF-8 without control characters, shorter than cap octets. */
bool change_text_ok(const char *text, size_t cap);
