/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cli/command.h"
#include "cli/output.h"
#include "pool/book/verdict.h"
#include "pool/settings/settings.h"
#include "pool/store/db.h"
#include "pool/store/server.h"

/*
 * What the functions behind the commands work with.  poolctl speaks as staff:
 * who may read the database may do everything, and the audit log says that it
 * was done here.
 */

enum { CTL_OK, CTL_FAILED, CTL_USAGE };

struct ctl {
	const struct pool_settings *set;
	struct db *db; /* NULL for commands that need none */
	struct actor who;
	int64_t now_ms;
	struct output out;
	struct cli cli;
};

/** The value of an argument of the command's row; NULL: not given. */
const char *ctl_arg(const struct ctl *c, const char *name);

/** Complain: to standard error, or as {"error": …} where JSON is wanted.  Returns CTL_FAILED. */
int ctl_fail(struct ctl *c, const char *name, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/** The same of a verdict; BOOK_OK is CTL_OK without a word. */
int ctl_verdict(struct ctl *c, enum book_verdict v);

/** The same of the database: r below 0 is a failure. */
int ctl_store(struct ctl *c, int64_t r);

/* Each finds what an argument names, or complains and returns false.
 * An account is given by its slug or #id; a person by the mail address; a server
 * by ADDRESS, ADDRESS:PORT or #id; a monitor by its name; a zone by its name. */
bool ctl_find_account(struct ctl *c, const char *text, int64_t *id);
bool ctl_find_person(struct ctl *c, const char *text, int64_t *id);
bool ctl_find_server(struct ctl *c, const char *text, struct server *out);
bool ctl_find_monitor(struct ctl *c, const char *text, int64_t *id);

/** A number of that argument; fallback when it is not given. */
bool ctl_number(struct ctl *c, const char *name, long min, long max,
		long fallback, long *out);

/** Several checks in a row end a command with "done" (or {"ok": true}). */
int ctl_done(struct ctl *c, enum book_verdict v);
