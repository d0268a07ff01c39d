/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/attr.h"
#include "base/text.h"
#include "pool/zone/snapshot.h"
#include "pool/zone/zone.h"

/**
 * Decide who is handed out where and how often, and put it into a snapshot that
 * is not signed yet.
 *
 * Each zone gets, for IPv4 and IPv6 and for its plain name and 0 to 3, a list of
 * servers with the probability that an answer holds each of them
 * (doc/pool-dns.md has the rules).  Servers whose weight is not above 0 are
 * left out.  The same input gives the same octets.
 *
 * image: heap, ended by snapshot_image_done().
 * why: on failure, what is wrong, for a person.
 *
 * Returns: 0, or -EINVAL: no global zone, a parent after its child, an index
 * that leads nowhere, a name that DNS cannot carry, an address in the wrong
 * form.
 */
MUST_CHECK int zone_build(const struct zone_input *in,
			  struct snapshot_image *image, struct text *why);

/**
 * Would zone_build() build this?  The same findings, without the work; servers,
 * members and places may be missing.
 */
MUST_CHECK int zone_check(const struct zone_input *in, struct text *why);

/** The policy of that name: "strict", "local-first", "classic".  False: unknown. */
bool zone_policy_find(const char *name, enum zone_policy *out);
