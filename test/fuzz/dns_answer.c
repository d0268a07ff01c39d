/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/dns/answer.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/container.h"
#include "base/rng.h"
#include "pool/zone/build.h"

/* A pool to be asked: made once, of a few servers. */
struct scene {
	struct snapshot_image image;
	struct dns_zone zone;
	struct location_map country;
	struct dns_source src;
};

static void scene_make(struct scene *s)
{
	static const char *const ns[] = {"ns1.pool.test=192.0.2.1,2001:db8::1"};
	struct zone_server server[20] = {0};
	uint32_t member[20];
	struct zone_row zone[] = {
		{"@", ZONE_GLOBAL, .parent = -1, .member = member,
		 .n_member = 20},
		{"de", ZONE_COUNTRY, .parent = 0, .member = member,
		 .n_member = 3},
		{"acme", ZONE_VENDOR, .parent = 0},
	};
	struct zone_place place = {{.family = AF_INET, .ip = {10}}, 8, 1};
	struct zone_input in = {
		.origin = {.name = "pool.test",
			   .name_server = ns,
			   .n_name_server = 1,
			   .web = "www.example",
			   .ttl_s = 150,
			   .max_hosts = 8},
		.server = server,
		.n_server = 20,
		.zone = zone,
		.n_zone = ARRAY_LEN(zone),
		.place = &place,
		.n_place = 1,
		.account_share = 1,
		.prefix_share = 1,
		.now_ms = 1700000000000,
	};
	const struct snapshot_trust trust = {0};
	struct snapshot snap;
	char why[256];
	struct text t = text_init(why, sizeof why);

	for (uint32_t i = 0; i < 20; i++) {
		member[i] = i;
		server[i].weight = 1 + i;
		server[i].id = server[i].account_id = i;
		server[i].addr.family = i % 2 ? AF_INET : AF_INET6;
		server[i].addr.ip[0] = (uint8_t)i;
	}
	if (sodium_init() < 0 || zone_build(&in, &s->image, &t) < 0)
		abort();
	snapshot_sign(&s->image, NULL);
	if (snapshot_open(s->image.data, s->image.len, &trust, &snap, &t) < 0 ||
	    dns_zone_open(&snap, &s->zone) < 0)
		abort();
	s->src = (struct dns_source){.zone = &s->zone,
				     .country = &s->country,
				     .nsid = "n",
				     .status = "{}"};
}

/* An answer is an answer, no longer than the asker takes, and echoes the id. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct scene scene;
	uint8_t buf[DNS_TCP_MAX];
	struct dns_query q;
	enum dns_query_verdict verdict;
	struct rng rng;

	if (!scene.image.data)
		scene_make(&scene);
	rng_seed(&rng, size);
	for (int tcp = 0; tcp < 2; tcp++) {
		const struct dns_asker from = {
			.addr = {.family = AF_INET, .ip = {10, 1, 2, 3}},
			.tcp = tcp,
			.random = rng_u64(&rng),
		};
		struct dns_outcome out = dns_answer(&scene.src, &from, data,
						    size, &q, &verdict, buf);

		if ((out.len == 0) != (verdict == DNS_QUERY_IGNORE))
			abort();
		if (out.len == 0)
			continue;
		if (out.len < DNS_HEADER_LEN || memcmp(buf, data, 2) != 0 ||
		    !(buf[2] & 0x80))
			abort();
		if (!tcp && (out.len > DNS_UDP_MAX || out.len > q.udp_size))
			abort();
	}
	return 0;
}
