/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/net_addr.h"
#include "base/text.h"
#include "conf/config.h"
#include "ctl/snapshot.h"
#include "ntp/server.h"

/*
 * The status document, ntp-status/1: everything that people and programs ask
 * about a running daemon, as JSON.  doc/status.md tells what each member means,
 * doc/status.schema.json is its schema; both change with this file.
 */
#define STATUS_SCHEMA "ntp-status/1"

/* Sockets on which clients reach us, at most. */
#define DAEMON_LISTEN_MAX 32

/* What the engine does not know of the daemon that it is in. */
struct daemon_facts {
	int pid;
	int64_t start_mono_ns;
	int64_t config_loaded_wall_ns;
	bool config_ok; /* false: the last try to read it again failed */
	enum log_level log_level;
	unsigned n_listen;
	struct net_addr listen[DAEMON_LISTEN_MAX];
};

/* Everything that the document is made from; borrowed. */
struct status_facts {
	const struct snapshot *now;
	const struct config *cfg;
	const char *config_path; /* NULL: none was read */
	const char *version;
	const struct daemon_facts *daemon;
	const struct server_stats *stats; /* of all workers added up */
	double rate_1m;                   /* requests/s over the last minute */
};

/** Append the document and a newline to out. */
void status_document(const struct status_facts *f, struct buf *out);

/* --- its words for people -------------------------------------------------- */

/** How the clock is, in one sentence. */
void status_verdict(const struct status_facts *f, struct text *t);

/**
 * Why a source is not used.
 *
 * words: room for STATUS_WHY_MAX machine words, static strings; none when it
 *     is used.  note: one sentence, how it is used or why not.
 *
 * Returns the number of words.
 */
#define STATUS_WHY_MAX 8
size_t status_why(const struct status_facts *f, const struct assoc_report *a,
		  const char *words[STATUS_WHY_MAX], struct text *note);

/** A span of time as people say it: "62 us", "3.9 ms", "1.204 s". */
void status_add_span(struct text *t, double s);

/** RFC 3339, UTC: "2026-11-23T05:10:28.123456Z". */
void status_add_time(struct text *t, int64_t wall_ns);

/** The wall time of an instant of the snapshot's monotonic clock, ns. */
int64_t status_wall_ns(const struct status_facts *f, int64_t mono_ns);
