/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/drift.h"
#include "base/timeline.h"
#include "io/clock.h"
#include "os/clock_guard.h"
#include "os/ipc.h"
#include "os/shared_page.h"

/*
 * The clock of a process that may not move it: read through a shared page,
 * steered by asking the supervisor, which asks its guard first.
 */

/* What the supervisor publishes about its clock. */
struct clock_page {
	struct timeline line;
	double freq, max_freq; /* as in struct clock, like contested */
	struct drift drift;    /* last known of the clock itself */
	bool drift_known;
	unsigned contested;
	bool stepped; /* the one free step of -g is used up */
	int8_t precision_log2;
};

struct clock_ipc {
	struct clock clock;
	const struct shared_page *page;
	struct clock_page last; /* as read last */
	int fd;                 /* -1: only reading */
	uint32_t epoch, seq;
};

/**
 * page: holds a struct clock_page.  fd: channel to the supervisor, or -1 for
 * a clock that can only be read.  0, or -EIO when the page is unreadable.
 */
MUST_CHECK int clock_ipc_init(struct clock_ipc *c,
			      const struct shared_page *page, int fd,
			      uint32_t epoch);

/* --- the supervisor's side ------------------------------------------------ */

struct clock_service {
	struct clock *clock;
	struct clock_guard guard;
	int fd; /* the engine's channel */
	uint32_t epoch;
	/* Called between a change of the clock and the answer, so that who
	 * asked reads the new time already. */
	void (*changed)(struct clock_service *s);
};

/**
 * Judge one message and carry it out.
 *
 * len: octets of msg as received, header included.
 * verdict: why it was refused.
 *
 * Returns: 1 carried out or refused by the clock itself, answered either way;
 * 0 stale, ignored; -EPROTO not a message of ours; -EPERM refused by the
 * guard.  In the last two cases the sender must not live on.
 */
MUST_CHECK int clock_service_handle(struct clock_service *s,
				    const struct ipc_message *msg, size_t len,
				    int64_t mono_ns,
				    enum clock_verdict *verdict);
