/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/net_addr.h"
#include "conf/config.h"

/*
 * Who has asked lately, and how often: a table of fixed size, keyed by IPv4
 * address or IPv6 /64, hashed with a secret key; when it is full the oldest
 * entry of a bucket gives way.  It allocates nothing after clients_new().
 *
 * The rate is a leaky bucket.  A request adds 2^average seconds of debt, twice
 * that when it follows the last one by less than the minimum, and time takes
 * it off again.  Up to 128 s are borne: at the default average of 8 s that is
 * an iburst at any speed, and two at 2 s, and a steady client of one request
 * in 8 s for ever.  What exceeds it adds nothing, and a share of it (leak) is
 * let through by chance, so that nobody can mute an address by speaking in its
 * name (S-12).
 */
struct clients;

enum clients_verdict { CLIENT_OK, CLIENT_KOD, CLIENT_LIMITED };

/** max_depth: addresses that fit; hash_key: secret. */
struct clients *clients_new(unsigned max_depth, const struct conf_rate *rate,
			    const uint64_t hash_key[2]);

/**
 * The same in memory of the caller's, which another process may read: table has
 * clients_table_len(max_depth) octets, zero and aligned like a page, and is
 * borrowed.
 */
struct clients *clients_new_in(void *table, unsigned max_depth,
			       const struct conf_rate *rate,
			       const uint64_t hash_key[2]);
size_t clients_table_len(unsigned max_depth);

void clients_free(struct clients *c);

/**
 * Note a request and say whether it keeps the rate.
 *
 * version: 1 to 4; mode: 0 to 3.
 * limited: the restrict flags say so; otherwise it only counts.
 * random: a fresh random number, for the leak.
 *
 * Returns: CLIENT_OK answer; CLIENT_KOD say RATE (at most once per minimum
 * interval and address); CLIENT_LIMITED be silent.
 */
enum clients_verdict clients_note(struct clients *c,
				  const struct net_addr *peer, uint8_t version,
				  uint8_t mode, bool limited, uint64_t random,
				  int64_t mono_ns);

size_t clients_depth(const struct clients *c);  /* addresses in the table */
size_t clients_memory(const struct clients *c); /* octets */

struct client_report {
	struct net_addr addr; /* AF_UNSPEC: a free slot; IPv6: the /64 */
	int64_t last_mono_ns; /* to 1/64 s */
	uint32_t count;       /* exact to 255, then within some per cent */
	uint8_t version, mode;
	bool limited; /* was beyond its rate lately */
};

/** The table itself, for clients_read(). */
const void *clients_table(const struct clients *c, size_t *len);

/**
 * The i-th slot of a table, which a worker may be writing to: then the report
 * mixes two instants, and no harm is done.  False past the end.
 */
bool clients_read(const void *table, size_t len, size_t i, int64_t mono_ns,
		  struct client_report *out);

/** The i-th slot; false past the end.  mono_ns: now. */
bool clients_entry(const struct clients *c, size_t i, int64_t mono_ns,
		   struct client_report *out);
