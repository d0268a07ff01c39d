/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <signal.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/text.h"
#include "identity.h"

/* poold over HTTPS; plain HTTP only to this machine. */
struct api {
	const char *url;     /* of poold, without a slash at the end */
	const char *ca_file; /* NULL: the system's */
	/* While this is not 0 a call gives up; NULL: never. */
	const volatile sig_atomic_t *stop;
	void *curl;
};

/** Returns: 0, or -EINVAL with why when the URL is none that may be used. */
MUST_CHECK int api_open(struct api *a, struct text *why);
void api_close(struct api *a);

/**
 * POST a body.
 *
 * who, purpose: sign it; NULL for none.
 * answer: emptied first; at most TALK_BODY_MAX octets.
 * Returns: the HTTP status, or -EIO with why when there was no answer.
 */
MUST_CHECK int api_post(struct api *a, const char *path,
			const struct identity *who, const char *purpose,
			const struct buf *body, struct buf *answer,
			struct text *why);
