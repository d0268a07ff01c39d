/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "pool/zone/snapshot.h"
#include "wire/dns_message.h"

/* A snapshot made ready for answering: its names in the form of the wire. */
#define DNS_ZONE_HOSTS_MAX 13
#define DNS_ZONE_COUNTRIES 512

struct dns_zone {
	struct snapshot snap;
	struct dns_name origin, contact, web;
	struct dns_name host[DNS_ZONE_HOSTS_MAX];
	size_t n_host;
	uint32_t serial;
	/* Zone by the values of a country map (country_db_map()); [0]: unknown. */
	uint16_t country[DNS_ZONE_COUNTRIES];
};

/**
 * snap: checked; what it points to is borrowed for the life of *out.
 * Returns: 0, or -EINVAL when a name in it is too long.
 */
MUST_CHECK int dns_zone_open(const struct snapshot *snap, struct dns_zone *out);
