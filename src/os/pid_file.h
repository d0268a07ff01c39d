/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <sys/types.h>

#include "base/attr.h"

/** Write pid and a newline, 0644.  A symbolic link there is replaced, never followed (V23).  0 or -errno. */
MUST_CHECK int pid_file_write(const char *path, pid_t pid);

/** Remove it if it is still ours. */
void pid_file_remove(const char *path, pid_t pid);
