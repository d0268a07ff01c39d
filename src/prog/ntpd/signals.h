/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <signal.h>
#include <stdbool.h>

#include "base/log.h"

/** Note TERM, INT, QUIT, HUP, USR1, USR2 and CHLD from now on; ignore PIPE. */
void signals_catch(void);

/** Not 0 when one has come: for os_loop.wake. */
const volatile sig_atomic_t *signals_flag(void);

/**
 * Look at what has come; USR1 and USR2 make the log say more and less.  Returns
 * true when the program is to end.
 */
bool signals_end(struct log *log);

/** Has HUP come: is the log file to be opened again? */
bool signals_reopen(void);
