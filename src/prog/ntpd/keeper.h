/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "io/board.h"
#include "io/loop.h"
#include "os/drift_file.h"
#include "os/log.h"
#include "os/stats_file.h"
#include "prog/ntpd/setup.h"

/*
 * Keeps the daemon's files and its promises to whoever started it: log, pid
 * file, drift file, statistics, service manager, -q and -w.
 */
struct keeper {
	const struct setup *setup;
	struct os_log *log;
	struct clock *clock;
	struct loop *loop;
	struct drift drift; /* of the clock itself, as told last */
	bool drift_known;
	struct drift_stamp stamp; /* but for the time */
	bool drift_unsaved;
	int64_t start_mono_ns, drift_told_mono_ns, drift_saved_mono_ns;
	struct stats_file stats[STATS_KINDS];
	struct timer patience; /* -q, -w */
	struct timer watchdog;
	int64_t watchdog_ns; /* 0: nobody watches */
	const char *notify_socket;
	int detach_pipe;   /* the parent waits here; -1: nobody waits */
	bool synchronised; /* once at least */
	int exit_status;   /* -1: go on; then the loop is stopped */
	struct log_limit stats_limit;
};

/**
 * Send log lines where the configuration says; before that they go to standard
 * error.  0 or -errno.
 */
MUST_CHECK int keeper_open_log(const struct setup *s, struct os_log *log);

/** Everything is borrowed.  Reads the drift file. */
void keeper_init(struct keeper *k, const struct setup *s, struct os_log *log,
		 struct clock *clock, struct loop *loop);

/** detach_pipe: of process_detach(), or -1. */
void keeper_started(struct keeper *k, int detach_pipe);

void keeper_event(struct keeper *k, enum engine_event event, const char *text);
void keeper_drift(struct keeper *k, const struct drift *drift);

/** What is known of the clock, with the time that has passed since. */
struct drift keeper_drift_now(const struct keeper *k);

void keeper_stats(struct keeper *k, const char *name, const char *line);

/** Open log and statistics files again, after somebody rotated them. */
void keeper_reopen(struct keeper *k);

/** Ends the program with this status, unless it is ending already. */
void keeper_end(struct keeper *k, int status);

/** Save what is unsaved, say goodbye. */
void keeper_done(struct keeper *k);
