/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

/* When a statistics file is continued under another name, and which. */
enum stats_file_type {
	STATS_FILE_NONE,  /* loopstats */
	STATS_FILE_PID,   /* loopstats.4711 */
	STATS_FILE_DAY,   /* loopstats.20261123 */
	STATS_FILE_WEEK,  /* loopstats.2026W48, ISO 8601 */
	STATS_FILE_MONTH, /* loopstats.202611 */
	STATS_FILE_YEAR,  /* loopstats.2026 */
	STATS_FILE_AGE,   /* loopstats.a00086400: seconds of running */
};

#define STATS_FILE_PATH_MAX 1024

/*
 * One statistics file of the classic filegen kind.  Days begin at midnight UTC.
 * Other than NONE, the plain name can be a hard link to the current file.
 */
struct stats_file {
	enum stats_file_type type;
	bool link;
	int fd;         /* -1: opened by the next line */
	int64_t period; /* the one that fd belongs to */
	char base[STATS_FILE_PATH_MAX];
};

/**
 * prefix: statsdir, put before name as it stands ("/var/log/ntpstats/").
 * 0, or -ENAMETOOLONG.
 */
MUST_CHECK int stats_file_init(struct stats_file *f, const char *prefix,
			       const char *name, enum stats_file_type type,
			       bool link);

/**
 * Append "MJD seconds.mmm LINE", opening or changing the file as needed.
 *
 * wall_ns: served time, since 1970.  age_s: how long the program runs.
 * line: without newline.
 *
 * Returns: 0 or -errno; the next line tries again.
 */
int stats_file_append(struct stats_file *f, int64_t wall_ns, int64_t age_s,
		      const char *line);

/** Also to have the file opened anew after somebody rotated it. */
void stats_file_close(struct stats_file *f);

/** "" or ".suffix" of the file that holds that moment; returns buf. */
char *stats_file_suffix(enum stats_file_type type, int64_t wall_ns,
			int64_t age_s, char buf[24]);
