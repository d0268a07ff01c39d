/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/attr.h"
#include "base/buf.h"
#include "base/text.h"
#include "pool/errand/guard.h"

/* One small page of a stranger. */
#define FETCH_MAX 4096 /* octets of a body; more is an error */
#define FETCH_TIMEOUT_MS 10000

/**
 * GET, waiting for it.
 *
 * url: http or https.  host: for the Host header, NULL for the URL's own.
 * body: what came; the caller ends it in any case.
 * why: on failure a sentence for the operator of that host.
 *
 * Returns: 0 for status 200, else -EACCES (the guard refused), -EFBIG,
 * -ETIMEDOUT, -EREMOTEIO for another status, -ECONNREFUSED for the rest.
 */
MUST_CHECK int fetch_page(const char *url, const char *host, struct guard *g,
			  struct buf *body, struct text *why);
