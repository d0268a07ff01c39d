/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

struct ctl;

/**
 * A password from standard input, one line; asked for, and not echoed, on a
 * terminal.  Never from the command line, which everybody on the machine can
 * read.  False after a complaint.
 */
MUST_CHECK bool secret_input(struct ctl *c, char *out, size_t cap);
