/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/store/db.h"

/* Attempts to prove that a server belongs to whom it is registered for. */

#define VERIFY_TOKEN_LEN 33 /* 32 hexadecimal digits and a NUL */

enum verify_method {
	VERIFY_HTTP, /* we fetch a file from it, or it fetches a page from us */
	VERIFY_DNS,  /* a TXT record beside its host name */
	VERIFY_NTP,  /* it answers a challenge inside NTP */
	VERIFY_ADMIN,
	VERIFY_METHODS,
};

const char *verify_method_name(enum verify_method method);

/** False when no method has that name. */
bool verify_method_find(const char *name, enum verify_method *out);

struct verification {
	int64_t id, server_id;
	enum verify_method method;
	char token[VERIFY_TOKEN_LEN];
	int64_t created_ms, expires_ms;
	int64_t tried_ms, done_ms; /* 0: not yet */
	char evidence
		[256]; /* what proved it, or what went wrong the last time */
};

/** Returns: 1, 0 when there is none, or -errno. */
MUST_CHECK int verification_by_token(struct db *db, const char *token,
				     struct verification *out);

/** The open one of that server and method that expires last. */
MUST_CHECK int verification_open(struct db *db, int64_t server_id,
				 enum verify_method method, int64_t now_ms,
				 struct verification *out);

/** All of a server, the newest first; then verification_next(), db_end(). */
void verification_ask_server(struct db *db, struct db_rows *rows,
			     int64_t server_id);

/** Open ones that were not tried since tried_before_ms, the longest untried first. */
void verification_ask_due(struct db *db, struct db_rows *rows, int64_t now_ms,
			  int64_t tried_before_ms, unsigned limit);

bool verification_next(struct db_rows *rows, struct verification *out);

MUST_CHECK int verification_insert(struct db *db, const struct verification *v,
				   int64_t *id);

/** Writes tried_ms, done_ms and evidence. */
MUST_CHECK int verification_update(struct db *db, const struct verification *v);

/** Forget attempts that came to nothing and ended before that time. */
MUST_CHECK int verification_forget(struct db *db, int64_t before_ms);
