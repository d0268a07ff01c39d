/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/net_addr.h"
#include "base/text.h"

/*
 * What poold hands to pooldns: one file that is used as it lies in memory.  It
 * ends with a checksum (BLAKE2b) and an Ed25519 signature of it, and everything
 * in it is checked once when it is read, so that answering checks nothing.
 */

/* --- making one ------------------------------------------------------------ */

struct snapshot_image {
	uint8_t *data;
	size_t len;
};

void snapshot_image_done(struct snapshot_image *image);

#define SNAPSHOT_SECRET_LEN 64
#define SNAPSHOT_PUBLIC_LEN 32

/* Who made it.  Files hold one line of hexadecimal digits. */
struct snapshot_key {
	uint8_t secret[SNAPSHOT_SECRET_LEN];
	uint8_t public[SNAPSHOT_PUBLIC_LEN];
};

/** A new pair, written to two files, of which the secret one has mode 0600. */
MUST_CHECK int snapshot_key_make(const char *secret_path,
				 const char *public_path);

/** Both halves, or only the public one.  0, -EINVAL for a strange file, or another -errno. */
MUST_CHECK int snapshot_key_read(const char *secret_path,
				 struct snapshot_key *out);
MUST_CHECK int snapshot_public_read(const char *public_path,
				    uint8_t out[SNAPSHOT_PUBLIC_LEN]);

/** Add checksum and signature; key NULL leaves the signature out. */
void snapshot_sign(struct snapshot_image *image,
		   const struct snapshot_key *key);

/** Sign and replace the file, whole or not at all.  0 or -errno. */
MUST_CHECK int snapshot_write(const char *path, struct snapshot_image *image,
			      const struct snapshot_key *key);
