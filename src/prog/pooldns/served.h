/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "pool/dns/zone.h"
#include "pool/zone/location.h"

/*
 * What a worker answers from, as sealed memory that the supervisor has checked
 * and that processes share.
 */
enum served_kind { SERVED_SNAPSHOT, SERVED_COUNTRIES };

struct served {
	struct dns_zone *zone; /* heap; NULL: no snapshot yet */
	struct location_map country;
	const void *data[2]; /* mappings, by kind; NULL: none */
	size_t len[2];
};

/** Use the memory behind fd from now on, and let go of what was before it.  0 or -errno. */
MUST_CHECK int served_take(struct served *s, enum served_kind kind, int fd);
