/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "os/log.h"
#include "prog/ntpd/setup.h"

/* What children are started from. */
struct supervisor_inputs {
	const struct setup *setup;
	struct os_log *log;
	char *const *argv;     /* of the program: children get the same */
	const uint8_t *bundle; /* the texts that setup was read from */
	size_t bundle_len;
	int detach_pipe; /* of process_detach(), or -1 */
};

/**
 * Open what takes rights, give them up, start the children, keep them alive,
 * and carry out what the engine asks for: ntpd as it usually runs.
 *
 * Returns the program's exit status.
 */
int supervisor_run(const struct supervisor_inputs *in);
