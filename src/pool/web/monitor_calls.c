/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/monitor_api.h"
#include "pool/talk/sign.h"
#include "pool/web/pages.h"

/* What monitors ask; who they are, the book finds out from the signature. */

typedef int (*api_fn)(struct db *db, const struct pool_settings *set,
		      const struct monitor_call *call, struct buf *out);

#define RETRY_S 30

static void call(const struct request *rq, struct response *rs, api_fn fn)
{
	const struct monitor_call c = {
		.body = rq->body ? rq->body : "",
		.len = rq->body_len,
		.monitor = request_header(rq, SIGN_MONITOR_HEADER),
		.signature = request_header(rq, SIGN_HEADER),
		.address = rq->address,
		.now_ms = rq->now_ms,
	};

	rs->type = "application/json";
	rs->status = fn(rq->db, rq->settings, &c, &rs->body.buf);
	if (rs->status == 503)
		rs->retry_s = RETRY_S;
}

void post_monitor_enrol(const struct request *rq, struct response *rs)
{
	call(rq, rs, book_api_enrol);
}

void post_monitor_work(const struct request *rq, struct response *rs)
{
	call(rq, rs, book_api_work);
}

void post_monitor_results(const struct request *rq, struct response *rs)
{
	call(rq, rs, book_api_results);
}
