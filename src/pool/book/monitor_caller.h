/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/book/monitor_api.h"
#include "pool/store/monitor.h"
#include "pool/talk/sign.h"

/* What the functions of monitor_api.h have in common. */

enum {
	HTTP_OK = 200,
	HTTP_BAD = 400,
	HTTP_UNSIGNED = 401,
	HTTP_DENIED = 403,
	HTTP_CONFLICT = 409,
	HTTP_TOO_LARGE = 413,
	HTTP_LATER = 503,
};

/** Append an error; returns status. */
int caller_refuse(struct buf *out, int status, const char *name,
		  const char *text);

/** The books could not be read or written: 503. */
int caller_later(struct buf *out);

/**
 * Who is it?  Its header names a monitor that may speak, and its key has signed
 * this body for this purpose.
 *
 * Returns: 200 with *m and signature, or the status of the refusal.
 */
int caller_check(struct db *db, const struct monitor_call *call,
		 const char *purpose, struct monitor *m,
		 uint8_t signature[SIGN_LEN], struct buf *out);
