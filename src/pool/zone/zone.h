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
	double min_kbit; /* these four: 0 for what the origin says */
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

/* The name under which all of it is handed out, and what else is known there. */
struct zone_origin {
	const char *name; /* "pool.example.org", lower case */
	/* "ns1.example.net", and where the name lies in the origin, "=" and its
	 * addresses: "ns1.pool.example.org=192.0.2.1,2001:db8::1".  None: the
	 * zone names itself, which does for resolvers that are told where to ask. */
	const char *const *name_server;
	size_t n_name_server;
	const char *contact; /* mail address; NULL: hostmaster at the origin */
	const char *web;     /* host that www leads to; NULL: no www */
	unsigned ttl_s, max_hosts; /* where a zone says 0 */
	unsigned min_servers;
	double min_kbit;
};

struct zone_input {
	struct zone_origin origin;
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
