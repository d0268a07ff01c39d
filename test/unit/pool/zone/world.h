/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <arpa/inet.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/container.h"
#include "cmocka_all.h"
#include "pool/zone/build.h"

/*
 * A small pool: global, europe, de, and whatever a test adds.  Server i has the
 * address 10.A.B.1 (or 2001:db8:A:B::1), where B is i % 250.
 */
struct pool {
	struct zone_server server[2048];
	uint32_t member[8][2048];
	struct zone_row zone[8];
	struct zone_input in;
	char why[256];
	struct text text;
};

enum { POOL_GLOBAL, POOL_EUROPE, POOL_DE, POOL_ZONES };

static inline void pool_zone(struct pool *p, const char *name,
			     enum zone_kind kind, int parent)
{
	struct zone_row *z = &p->zone[p->in.n_zone];

	strcpy(z->name, name);
	z->kind = kind;
	z->parent = parent;
	z->policy = ZONE_LOCAL_FIRST;
	z->member = p->member[p->in.n_zone++];
}

static inline struct pool *pool_new(void)
{
	static const char *const ns[] = {"ns1.example.net"};
	struct pool *p = calloc(1, sizeof *p);

	assert_non_null(p);
	assert_true(sodium_init() >= 0);
	p->in.server = p->server;
	p->in.zone = p->zone;
	p->in.origin = (struct zone_origin){
		.name = "pool.test",
		.name_server = ns,
		.n_name_server = 1,
		.ttl_s = 150,
		.max_hosts = 4,
	};
	p->in.account_share = p->in.prefix_share = 1;
	p->in.seed = 7;
	p->in.now_ms = 1700000000000;
	pool_zone(p, "@", ZONE_GLOBAL, -1);
	pool_zone(p, "europe", ZONE_CONTINENT, POOL_GLOBAL);
	pool_zone(p, "de", ZONE_COUNTRY, POOL_EUROPE);
	p->text = text_init(p->why, sizeof p->why);
	return p;
}

/* A server of this zone and all above it; its index. */
static inline uint32_t pool_server(struct pool *p, int zone, int family,
				   double weight)
{
	uint32_t i = (uint32_t)p->in.n_server++;
	struct zone_server *s = &p->server[i];

	s->id = i + 1;
	s->account_id = i + 1;
	s->weight = weight;
	s->addr.family = (uint16_t)family;
	if (family == AF_INET) {
		memcpy(s->addr.ip,
		       (uint8_t[]){10, (uint8_t)(i / 250), (uint8_t)(i % 250),
				   1},
		       4);
	} else {
		memcpy(s->addr.ip,
		       (uint8_t[]){0x20, 1, 0xd, 0xb8, 0, (uint8_t)(i / 250)},
		       6);
		s->addr.ip[7] = (uint8_t)(i % 250);
		s->addr.ip[15] = 1;
	}
	for (; zone >= 0; zone = p->zone[zone].parent)
		p->member[zone][p->zone[zone].n_member++] = i;
	return i;
}

/* Build, sign without a key, and open. */
static inline struct snapshot pool_build(struct pool *p,
					 struct snapshot_image *image)
{
	const struct snapshot_trust trust = {0};
	struct snapshot s;
	int r = zone_build(&p->in, image, &p->text);

	if (r < 0)
		fail_msg("zone_build: %s", p->why);
	snapshot_sign(image, NULL);
	r = snapshot_open(image->data, image->len, &trust, &s, &p->text);
	if (r < 0)
		fail_msg("snapshot_open: %s", p->why);
	return s;
}

/* How often a server is in an answer, 0 to 1; 0 when it is not on the list. */
static inline double pool_part(const struct snapshot *s, const struct pool *p,
			       int zone, int subset, uint32_t server)
{
	const struct net_addr *a = &p->server[server].addr;
	int f = a->family == AF_INET ? SNAPSHOT_V4 : SNAPSHOT_V6;
	const struct snapshot_list *l = &s->zone[zone].list[f][subset];
	uint32_t before = 0;

	for (uint32_t i = l->first; i < l->first + l->n; i++) {
		const void *ip = f == SNAPSHOT_V4
					 ? (const void *)s->addr4[s->server[i]]
					 : (const void *)s->addr6[s->server[i]];

		if (memcmp(ip, a->ip, net_addr_len(a)) == 0)
			return (double)(s->end[i] - before) / SNAPSHOT_ONE;
		before = s->end[i];
	}
	return 0;
}
