/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/log.h"
#include "base/text.h"
#include "pool/settings/settings.h"

/*
 * The files that are served, read and checked in the supervisor.  A new one that
 * is wrong is told once and changes nothing.
 */
struct feed {
	const struct pool_settings *settings;
	struct log *log;
	int snapshot_fd, country_fd; /* sealed memory; -1: none yet */
	int64_t built_ms;            /* of the snapshot in use; 0: none */
	struct stat seen;            /* of the file that was looked at last */
	char told[512];              /* what was wrong with it */
	char served[128];            /* what it holds, as it was told last */
};

void feed_init(struct feed *f, const struct pool_settings *s, struct log *log);

/** Look at the snapshot if its file has changed.  True: there is a new one. */
bool feed_snapshot(struct feed *f);

/** Read the country database anew.  True: there is a new one. */
bool feed_countries(struct feed *f);

/**
 * Check both files and tell on standard output what they hold, on standard
 * error what is wrong.  True: all is well.
 */
bool feed_check(const struct pool_settings *s);
