/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "os/host.h"
#include "pool/settings/settings.h"

struct agent_inputs {
	const struct pool_settings *settings;
	struct os_host *host;
	struct log *log;
	bool once; /* one round: exit status 1 when something failed */
};

/** Measure until a signal comes.  Returns the exit status. */
int agent_run(const struct agent_inputs *in);

/** Use up a one-time code: make a key, and learn this monitor's number. */
int agent_enrol(const struct agent_inputs *in, const char *code);
