/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/buf.h"
#include "pool/settings/settings.h"
#include "pool/store/db.h"

/*
 * What monitors may ask of poold, without HTTP: octets in, status and octets
 * out (doc/pool-monitor.md).  web/ wires the routes
 *
 *     POST /api/monitor/enrol     book_api_enrol
 *     POST /api/monitor/work      book_api_work
 *     POST /api/monitor/results   book_api_results
 *
 * with bodies of at most TALK_BODY_MAX; answers are application/json.
 */
struct monitor_call {
	const char *body;
	size_t len;
	const char *monitor;   /* header Pool-Monitor, or NULL */
	const char *signature; /* header Pool-Signature, or NULL */
	const char *address;   /* of the client, canonical text */
	int64_t now_ms;
};

/*
 * Each returns the HTTP status: 200, 400 for a body that cannot be read, 401
 * for no or a wrong signature or code, 403 for a monitor that may not, 409 for
 * results that nobody asked for, 413 for too much, 503 when the books cannot be
 * written: try again later.  *out is appended to; on an error it is
 * {"error": NAME, "text": SENTENCE}.
 */
MUST_CHECK int book_api_enrol(struct db *db, const struct pool_settings *set,
			      const struct monitor_call *call, struct buf *out);
MUST_CHECK int book_api_work(struct db *db, const struct pool_settings *set,
			     const struct monitor_call *call, struct buf *out);
MUST_CHECK int book_api_results(struct db *db, const struct pool_settings *set,
				const struct monitor_call *call,
				struct buf *out);
