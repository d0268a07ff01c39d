/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>
#include <stdio.h>

#include "pool/dns/server.h"

/**
 * The counters in Prometheus' text format 0.0.4.
 *
 * origin: the pool's domain.  built_ms: of the snapshot that is served, since
 * 1970 UTC; 0: none yet.
 */
void dns_metrics_put(const struct dns_counters *c, const char *origin,
		     int64_t built_ms, FILE *out);
