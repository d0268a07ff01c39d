/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>

#include "base/attr.h"

/*
 * The classic drift file: the clock's frequency correction in ppm, alone on the
 * first line.  Old daemons wrote a second number, which is not looked at.
 */
#define DRIFT_FILE_MAX_FREQ 500e-6

/**
 * text: NUL after len octets.  *freq: s/s.
 *
 * Returns: 0, -EINVAL when it does not start with a number, -ERANGE beyond
 * 500 ppm.
 */
MUST_CHECK int drift_file_parse(const char *text, size_t len, double *freq);

/**
 * Read a drift file.
 *
 * Returns: 0; -ENOENT when there is none; -EBADMSG when it was damaged and is
 * now PATH.bad; another -errno when it cannot be read, e.g. -EINVAL for a FIFO
 * or a folder, which are left alone (F-07).
 */
MUST_CHECK int drift_file_load(const char *path, double *freq);

/** 0, or -errno with the old file as it was. */
MUST_CHECK int drift_file_save(const char *path, double freq);
