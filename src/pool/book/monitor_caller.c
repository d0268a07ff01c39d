/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/monitor_caller.h"

#include <limits.h>

#include "base/text.h"
#include "pool/talk/talk.h"

int caller_refuse(struct buf *out, int status, const char *name,
		  const char *text)
{
	talk_put_error(out, name, text);
	return status;
}

int caller_later(struct buf *out)
{
	return caller_refuse(out, HTTP_LATER, "later",
			     "The books cannot be written just now; send it "
			     "again later.");
}

int caller_check(struct db *db, const struct monitor_call *call,
		 const char *purpose, struct monitor *m,
		 uint8_t signature[SIGN_LEN], struct buf *out)
{
	long id;
	int r;

	if (call->len > TALK_BODY_MAX)
		return caller_refuse(out, HTTP_TOO_LARGE, "too-large",
				     "The body is too large.");
	if (!call->monitor || text_to_int(call->monitor, 1, LONG_MAX, &id) < 0)
		return caller_refuse(out, HTTP_UNSIGNED, "no-monitor",
				     "The header " SIGN_MONITOR_HEADER
				     " has to hold the monitor's number.");
	r = monitor_by_id(db, id, m);
	if (r < 0)
		return caller_later(out);
	if (r == 0 || !m->has_key ||
	    sign_check(m->public_key, purpose, call->body, call->len,
		       call->signature, signature) < 0)
		return caller_refuse(out, HTTP_UNSIGNED, "bad-signature",
				     "No monitor with that number has signed "
				     "this.");
	if (m->state != MONITOR_ACTIVE && m->state != MONITOR_TESTING)
		return caller_refuse(out, HTTP_DENIED, "not-active",
				     "This monitor is paused or deleted; ask "
				     "the staff of the pool.");
	return HTTP_OK;
}
