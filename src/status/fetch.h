/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/attr.h"
#include "base/buf.h"

/* The daemon's UNIX sockets, from the other side (doc/status.md). */

/**
 * Connect.  Neither side of the connection waits longer than silence_s.
 * A descriptor, or -errno.
 */
MUST_CHECK int status_dial(const char *path, int silence_s);

/** Up to the end.  0 or -errno: -ETIMEDOUT, -EFBIG beyond 64 MiB. */
MUST_CHECK int status_read_to_end(int fd, struct buf *out);

/** All that a status socket says.  0 or -errno, as both of the above. */
MUST_CHECK int status_fetch(const char *path, int silence_s, struct buf *out);
