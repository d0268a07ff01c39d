/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/log.h"
#include "pool/settings/settings.h"

struct supervisor_inputs {
	const struct pool_settings *settings;
	struct log *log;
	char *const *argv; /* the program's own, handed on to the children */
};

/** Run poold until it is told to end.  Returns the exit status. */
int supervisor_run(const struct supervisor_inputs *in);
