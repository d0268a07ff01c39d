/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "base/attr.h"
#include "base/log.h"
#include "conf/read.h"
#include "crypt/keys.h"
#include "io/host.h"
#include "ntp/engine.h"
#include "ntp/leap_table.h"
#include "os/host.h"
#include "prog/ntpd/cmdline.h"

/* What a process knows before it begins: command line and files, read. */
struct setup {
	const struct cmdline *opt;
	const char *config_path; /* NULL: none was read */
	struct config *cfg;
	struct keys keys;
	struct leap_table leap_table;
	bool has_leap_table;
	struct net_addr *own_addr; /* of this machine, for loop detection */
	size_t n_own_addr;
};

/**
 * Read the configuration and the files that it names.
 *
 * findings: where errors, warnings and notices go; NULL: said before.
 *
 * Returns: 0; -EINVAL when the configuration has errors: nothing may be
 * started.  setup_done() in any case.
 */
MUST_CHECK int setup_read(struct setup *s, const struct cmdline *opt,
			  struct conf_files *files, FILE *findings);
void setup_done(struct setup *s);

/** The clock of the configuration.  0 or -errno. */
MUST_CHECK int setup_clock(const struct setup *s, struct os_clock *clock);

/** Whom to ask for names; borrows from the configuration. */
struct name_servers setup_name_servers(const struct config *cfg);

/** What an engine is made from; s and host stay borrowed. */
struct engine_inputs setup_engine(const struct setup *s,
				  const struct host *host);
