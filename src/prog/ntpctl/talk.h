/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"

/* Talking with the daemon over its two sockets (doc/status.md). */

/** All that a status socket says: connect, read to the end.  0 or -errno;
 * -ETIMEDOUT after five seconds of silence, -EFBIG beyond 64 MiB. */
MUST_CHECK int talk_read_status(const char *path, struct buf *out);

/**
 * One line to a control socket and its reply.
 *
 * line: without the line end, and without one inside.
 * out: what followed the first line.
 * error: what the daemon did not like, "" when it said ok.
 * Returns: 0, also when the daemon refused, or -errno of the talk (-EPROTO: no
 * proper reply).
 */
MUST_CHECK int talk_control(const char *path, const char *line, struct buf *out,
			    char *error, size_t error_cap);

/** A text from a file, "-": standard input.  0 or -errno. */
MUST_CHECK int talk_read_file(const char *path, struct buf *out);
