/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/zone/snapshot.h"

/* How the parts of a snapshot lie in its file: for whoever writes or checks it. */

#define SNAPSHOT_ZONES_MAX 16384

enum snapshot_section {
	SECTION_ZONE,
	SECTION_NAME,
	SECTION_HOST,
	SECTION_END,
	SECTION_SERVER,
	SECTION_ADDR4,
	SECTION_ADDR6,
	SECTION_PLACE, /* a location_image */
	SNAPSHOT_SECTIONS
};

/* Behind the last section. */
struct snapshot_tail {
	uint8_t checksum[32];  /* BLAKE2b of all before */
	uint8_t signature[64]; /* of the checksum; zeros: none */
};

struct snapshot_part {
	const void *data;
	size_t n; /* of what the section is made of */
};

/** Lay them out; head: sections and form are filled in.  The tail is zeros. */
void snapshot_assemble(struct snapshot_head *head,
		       const struct snapshot_part part[SNAPSHOT_SECTIONS],
		       struct snapshot_image *image);
