/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>

#include "base/attr.h"
#include "ctl/status_doc.h"
#include "os/board_ipc.h"
#include "os/clock_ipc.h"
#include "os/loop.h"
#include "prog/ntpd/setup.h"

/* The addresses that the engine tells the workers (io/board.h). */
struct hosts_page {
	size_t n;
	struct access_host host[ACCESS_HOSTS_MAX];
};

/* What every child has: configuration, loop, clock, a way to be heard. */
struct child {
	const struct cmdline *opt;
	struct setup setup;
	struct os_loop loop;
	struct entropy entropy;
	struct board_ipc board;
	struct shared_page *clock_page, *view_page, *hosts_page, *daemon_page;
	struct daemon_facts daemon; /* as read last */
	struct clock_ipc clock;
};

/* The sources that the engine was told to add, for its next life. */
struct added_page {
	char lines[SHARED_PAGE_MAX];
};

/** What the supervisor tells of the daemon now. */
const struct daemon_facts *child_look_at_daemon(struct child *c);

/** Confine the process; complains in the log.  0 or -errno. */
MUST_CHECK int child_confine(struct child *c, enum sandbox_role role);

/** Work until told to end; what the signals of os_log would do is done. */
int child_loop(struct child *c);
