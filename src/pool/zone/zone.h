/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/net_addr.h"

/*
 * Who may be handed out where: the input of zone_build(), as poold reads it
 * from the store.  Pure numbers and names, so that history can be replayed.
 */

#define ZONE_NAME_MAX 64

enum zone_kind {
	ZONE_GLOBAL,
	ZONE_CONTINENT,
	ZONE_COUNTRY,
	ZONE_CUSTOM,
	ZONE_VENDOR
};

/* How netspeed is kept in a small zone (doc/pool-dns.md). */
enum zone_policy {
	ZONE_STRICT,      /* exact shares, the rest comes from the parent */
	ZONE_LOCAL_FIRST, /* own servers first, empty places from the parent */
	ZONE_CLASSIC,     /* own servers only */
};

struct zone_server {
	int64_t id, account_id;
	struct net_addr addr; /* port is not used */
	double weight;        /* netspeed, kbit/s; above 0 */
};

struct zone_row {
	char name[ZONE_NAME_MAX]; /* "@", "europe", "de" */
	enum zone_kind kind;
	int parent; /* index, -1: none; parents come first */
	unsigned min_servers, max_hosts, ttl_s;
	double min_kbit;
	enum zone_policy policy;
	const uint32_t *member; /* indices into servers, ascending */
	size_t n_member;
};

/* A client in this network belongs to this zone; the longest prefix wins. */
struct zone_place {
	struct net_addr net;
	unsigned prefix;
	int zone;
};

struct zone_input {
	const struct zone_server *server;
	size_t n_server;
	const struct zone_row *zone;
	size_t n_zone;
	const struct zone_place *place;
	size_t n_place;
	/* the largest share of one account and of one /24 or /48 in a zone, 0 to 1; 1: no cap */
	double account_share, prefix_share;
	uint64_t seed; /* of the deal of 0 to 3 */
	int64_t now_ms;
};
