/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/log.h"
#include "os/shared_page.h"
#include "prog/pooldns/served.h"

/*
 * A process that answers.  It opens nothing and connects to nothing: sockets
 * and what is served are handed to it.
 */
struct worker_inputs {
	unsigned number;
	int link;             /* to the supervisor */
	const int *udp, *tcp; /* one each an address */
	size_t n_address;
	int served[2]; /* by enum served_kind; -1: not there yet */
	int counters;  /* a shared page for struct dns_counters */
	uint64_t cookie_key[2];
	unsigned limit_per_s; /* answers to one network; 0: no limit */
	enum log_level log_level;
};

/** Answer until told to end.  Returns: the exit status. */
int worker_run(const struct worker_inputs *in);
