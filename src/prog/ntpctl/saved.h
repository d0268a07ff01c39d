/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/attr.h"

/*
 * The sources that "source add --save" keeps: lines of ntp.conf in a file of
 * the folder that ntpd reads besides its configuration (ntp.conf.d).
 */

/** Add a line unless it is there already; makes file and folder.  0 or -errno. */
MUST_CHECK int saved_add(const char *path, const char *line);

/** Take out every line whose second word is name.  How many, or -errno. */
MUST_CHECK int saved_remove(const char *path, const char *name);
