/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/attr.h"
#include "os/sandbox.h"

/** Allow this process only the system calls of its plan, for good.  0 or -errno. */
MUST_CHECK int syscall_filter_load(const struct sandbox_plan *plan);
