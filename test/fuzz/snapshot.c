/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/zone/snapshot.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/rng.h"
#include "pool/dns/answer.h"
#include "pool/zone/snapshot_file.h"

/* Draw from every list: what was found right needs no checks. */
static void use(const struct snapshot *s, struct rng *rng)
{
	uint32_t out[SNAPSHOT_HOSTS_MAX];
	struct net_addr addr = {.family = AF_INET, .ip = {10, 1, 2, 3}};

	for (size_t z = 0; z < s->n_zone; z++)
		for (int i = 0; i < SNAPSHOT_FAMILIES * SNAPSHOT_SUBSETS; i++) {
			int f = i / SNAPSHOT_SUBSETS;
			unsigned n = snapshot_draw(
				s, &s->zone[z].list[f][i % SNAPSHOT_SUBSETS],
				s->zone[z].max_hosts, rng_u64(rng), out);

			while (n-- > 0)
				if (out[n] >= (f == SNAPSHOT_V4 ? s->n_addr4
								: s->n_addr6))
					abort();
		}
	if (location_find(&s->place, &addr).value > s->n_zone)
		abort();
	addr.family = AF_INET6;
	if (location_find(&s->place, &addr).value > s->n_zone)
		abort();
}

/* As if whoever may sign had signed it: only its content is in question. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct snapshot_trust trust = {0};
	struct snapshot_image image = {NULL, size};
	struct dns_zone *zone;
	struct snapshot s;
	struct rng rng;
	char why[256];
	struct text t = text_init(why, sizeof why);

	if (size <= sizeof(struct snapshot_tail) || sodium_init() < 0)
		return 0;
	image.data = malloc(size);
	zone = malloc(sizeof *zone);
	if (!image.data || !zone)
		abort();
	memcpy(image.data, data, size);
	if (size >= sizeof(struct snapshot_head))
		((struct snapshot_head *)(void *)image.data)->len = size;
	snapshot_sign(&image, NULL);
	rng_seed(&rng, size);
	if (snapshot_open(image.data, image.len, &trust, &s, &t) == 0 &&
	    dns_zone_open(&s, zone) == 0)
		use(&s, &rng);
	free(zone);
	free(image.data);
	return 0;
}
