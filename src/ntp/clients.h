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
 */
struct clients;

enum clients_verdict { CLIENT_OK, CLIENT_KOD, CLIENT_LIMITED };

/** max_depth: entries, rounded up; hash_key: secret. */
struct clients *clients_new(unsigned max_depth, const struct conf_rate *rate,
			    const uint64_t hash_key[2]);
void clients_free(struct clients *c);

/**
 * Note a request and say whether it keeps the rate: the classic rule of
 * discard average and minimum as a leaky bucket, and a share of what exceeds
 * it is let through, so that nobody can mute an address by speaking in its
 * name (S-12).
 *
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

size_t clients_depth(const struct clients *c);
size_t clients_memory(const struct clients *c); /* octets */
