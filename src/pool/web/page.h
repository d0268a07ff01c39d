/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/web/request.h"

/*
 * What all pages share.  A page is
 *
 *     page_begin(rq, rs, "Zone %s", name);
 *     html_put(&rs->body, "<p>…</p>");
 *     page_end(rq, rs);
 *
 * No inline script or style (Content-Security-Policy: default-src 'self').
 */

/** Everything up to the first thing in <main>; the title is also the <h1>. */
void page_begin(const struct request *rq, struct response *rs,
		const char *title, ...) PRINTF_LIKE(3, 4);
void page_end(const struct request *rq, struct response *rs);

/** <form method="post" action="…"> with the hidden token; the caller closes it. */
void page_form(const struct request *rq, struct response *rs,
	       const char *action, ...) PRINTF_LIKE(3, 4);

/**
 * A whole page that says what went wrong, in words; as JSON when the path
 * begins with /api/.  Throws away what the body held so far.
 */
void page_error(const struct request *rq, struct response *rs, int status);

/** As page_error(), with words of its own. */
void page_refuse(const struct request *rq, struct response *rs, int status,
		 const char *fmt, ...) PRINTF_LIKE(4, 5);

/**
 * How long a page that shows measurements may be kept: a tenth of the time
 * between two checks, 1 to 120 seconds.
 */
unsigned page_fresh_s(const struct request *rq);

/** A table that may be wider than the screen: <div …><table><caption>; close with page_table_end(). */
void page_table(struct html *h, const char *caption, ...) PRINTF_LIKE(2, 3);
void page_table_end(struct html *h);
