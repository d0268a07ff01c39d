/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/attr.h"
#include "pool/settings/settings.h"
#include "pool/store/db.h"

/*
 * Are the books whole?  Looks at everything that can be compared with something
 * else, and changes nothing: poolctl db check.
 */
enum check_state { CHECK_GOOD, CHECK_DOUBTFUL, CHECK_BAD };

const char *check_state_name(enum check_state state);

struct check {
	const char *name;
	enum check_state state;
	char text[320]; /* what was looked at, or what is wrong */
};

#define BOOK_CHECKS 7

/**
 * servers: how many of them are replayed, spread over all; as many as there are
 *     or more: every one.
 * out: a row for each check, done in that order.
 * Returns: 0 (look at the states), or -errno when the database went away.
 */
MUST_CHECK int book_check(struct db *db, const struct pool_settings *set,
			  int64_t now_ms, unsigned servers,
			  struct check out[BOOK_CHECKS]);
