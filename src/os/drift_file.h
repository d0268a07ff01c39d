/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/drift.h"

/*
 * The drift file.  Its first line is the classic one: the clock's frequency
 * correction in ppm.  Old daemons wrote a second number there, which is not
 * looked at.  Lines that other daemons do not read follow, in any order:
 *
 *     spread PPM      standard deviation of the frequency
 *     wander Q        doc/discipline.md section 1, s^2/s^3
 *     saved SECONDS   when, since 1970
 *     boot ID         which start of the machine that was
 *
 * One that is cut off, damaged or unknown is as if it were not there.
 */
#define DRIFT_FILE_MAX_FREQ 500e-6
#define DRIFT_FILE_BOOT_LEN 37

/* When and where a drift was noted. */
struct drift_stamp {
	int64_t wall_s;                 /* since 1970; 0: unknown */
	char boot[DRIFT_FILE_BOOT_LEN]; /* "": unknown */
};

/**
 * text: NUL after len octets.
 *
 * Returns: 0, -EINVAL when it does not start with a number, -ERANGE beyond
 * 500 ppm; drift and stamp are as they were then.
 */
MUST_CHECK int drift_file_parse(const char *text, size_t len,
				struct drift *drift, struct drift_stamp *stamp);

/**
 * sigma as it is to be taken now, 0 when unknown.  Since the file was written
 * the frequency has wandered, unwatched; and a machine that was started since
 * has another temperature, and has measured its oscillator anew.
 */
double drift_file_sigma(const struct drift *drift,
			const struct drift_stamp *then,
			const struct drift_stamp *now);

/**
 * Read a drift file.  now: for what has happened since it was written.
 *
 * Returns: 0; -ENOENT when there is none; -EBADMSG when it was damaged and is
 * now PATH.bad; another -errno when it cannot be read, e.g. -EINVAL for a FIFO
 * or a folder, which are left alone (F-07).
 */
MUST_CHECK int drift_file_load(const char *path, const struct drift_stamp *now,
			       struct drift *drift);

/** 0, or -errno with the old file as it was: -ERANGE when drift makes no sense. */
MUST_CHECK int drift_file_save(const char *path, const struct drift *drift,
			       const struct drift_stamp *now);

/** Which start of the machine this is, as the kernel names it; "" when it does not. */
void drift_file_boot(char boot[static DRIFT_FILE_BOOT_LEN]);
