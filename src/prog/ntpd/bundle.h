/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "conf/read.h"

/*
 * Every text that the configuration is made of, carried from the one process
 * that may read files to those that may not: they read the same configuration
 * again, out of the bundle instead of from the disk.
 */

/* struct conf_files on the disk, which can keep what it hands out. */
struct disk_files {
	struct conf_files files;
	uint8_t *record; /* the bundle so far */
	size_t len, cap;
};

void disk_files_init(struct disk_files *d);
void disk_files_done(struct disk_files *d);

/* struct conf_files over such a record; what is not in it does not exist. */
struct bundle_files {
	struct conf_files files;
	const uint8_t *data;
	size_t len;
};

/** data is borrowed. */
void bundle_files_init(struct bundle_files *b, const uint8_t *data, size_t len);
