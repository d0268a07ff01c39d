/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/attr.h"

/*
 * Files that outlive the program.  A crash at any moment, a full disk or a
 * failing one leaves the old content or the new, never a mixture (R15, F-13).
 */

/** All of it, however many writes it takes.  0 or -errno. */
MUST_CHECK int file_write_all(int fd, const void *data, size_t len);

/**
 * Replace a file: written beside as PATH-tmp, fsync, rename, fsync of the
 * folder.  A symbolic link at path is replaced, not followed.
 *
 * mode: of the new file, whatever the umask.  When root writes, the file
 * belongs to whom the folder belongs to.
 *
 * Returns: 0, or -errno with the old file as it was.
 */
MUST_CHECK int state_file_write(const char *path, const void *data, size_t len,
				mode_t mode);

/**
 * Read a regular file of at most max octets.
 *
 * follow: may the last part of path be a symbolic link?  (Yes for what an
 *     administrator writes, no for what the program does.)
 * *out: heap, the caller frees; a NUL follows the *len octets.
 *
 * Never blocks on a FIFO or a device.  Returns: 0, or -errno: -EFBIG too long,
 * -EINVAL not a regular file, -ELOOP a link, -ENOENT ...
 */
MUST_CHECK int state_file_read(const char *path, size_t max, bool follow,
			       char **out, size_t *len);

/** Rename a damaged file to PATH.bad, for a person to look at.  0 or -errno. */
int state_file_set_aside(const char *path);
