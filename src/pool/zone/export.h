/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>
#include <stdio.h>

#include "pool/zone/snapshot.h"

/*
 * A snapshot in the words of other name servers, for whoever has those already.
 * None of them draws as pooldns does; each of these says what is lost.
 */

/**
 * A zone file (RFC 1035 section 5): each name with one drawn set of addresses.
 * To be made anew every few minutes and handed on by AXFR; who asks is not
 * looked at: the name of the pool alone means the global zone.
 *
 * serial: of the SOA; has to grow.  random: another one each time.
 */
void export_zone_file(const struct snapshot *s, uint32_t serial,
		      uint64_t random, FILE *out);

/** The configuration of GeoDNS (JSON): every server with its share as weight. */
void export_geodns(const struct snapshot *s, FILE *out);

/**
 * For Knot's mod-geoip in mode weighted: sets drawn sets for each name, of which
 * it gives one at random; one, where all are the same.  What knot.conf says
 * stands at its head.
 */
void export_knot(const struct snapshot *s, unsigned sets, uint64_t random,
		 FILE *out);
