/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "os/log.h"
#include "prog/ntpd/setup.h"

/**
 * The whole daemon in this process: one loop, no fork, no threads, no sandbox.
 * It waits in poll() alone, so it also runs in simulated time.
 *
 * Returns the program's exit status.
 */
int single_run(const struct setup *s, struct os_log *log);
