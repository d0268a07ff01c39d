/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/log.h"
#include "pool/settings/settings.h"

/*
 * Holds the sockets and what is served, so that a worker that dies takes no
 * question with it, and starts it again.  Reads nothing that comes from the
 * network.  Returns: the exit status.
 */
int supervisor_run(const struct pool_settings *s, struct log *log);
