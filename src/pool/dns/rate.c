/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/dns/rate.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/siphash.h"

/* Room for 2^16 pairs of network and answer; 1 MiB. */
#define SETS (1U << 14)
#define WAYS 4

/* A bucket of per_s answers that fills again in a second; in 1/1000 answers. */
struct bucket {
	uint32_t tag;
	uint32_t seen_ms;
	uint32_t left;
	uint32_t held; /* answers held back in a row */
};

struct rate_table {
	uint64_t key[2];
	uint32_t per_s;
	struct bucket bucket[SETS][WAYS];
};

struct rate_table *rate_new(unsigned per_s, const uint64_t key[2])
{
	struct rate_table *t = xcalloc(1, sizeof *t);

	memcpy(t->key, key, sizeof t->key);
	t->per_s = per_s < 1 ? 1 : per_s > 1000000 ? 1000000 : per_s;
	return t;
}

void rate_free(struct rate_table *t)
{
	free(t);
}

static uint64_t hash_of(const struct rate_table *t,
			const struct net_addr *client, uint64_t kind)
{
	uint8_t input[16] = {(uint8_t)client->family};

	memcpy(input + 1, client->ip, client->family == AF_INET ? 3 : 7);
	memcpy(input + 8, &kind, sizeof kind);
	return siphash(t->key, input, sizeof input);
}

/* The bucket with this tag, or the one of its set that was idle the longest. */
static struct bucket *find(struct rate_table *t, uint64_t hash, uint32_t now_ms)
{
	struct bucket *set = t->bucket[hash % SETS], *oldest = set;
	uint32_t tag = (uint32_t)(hash >> 32) | 1; /* 0: free */

	for (int i = 0; i < WAYS; i++) {
		if (set[i].tag == tag)
			return &set[i];
		if (oldest->tag &&
		    (!set[i].tag ||
		     now_ms - set[i].seen_ms > now_ms - oldest->seen_ms))
			oldest = &set[i];
	}
	*oldest = (struct bucket){tag, now_ms, t->per_s * 1000, 0};
	return oldest;
}

enum rate_verdict rate_note(struct rate_table *t, const struct net_addr *client,
			    uint64_t kind, uint32_t mono_ms)
{
	struct bucket *b = find(t, hash_of(t, client, kind), mono_ms);
	uint32_t passed_ms = mono_ms - b->seen_ms;
	uint64_t full = (uint64_t)t->per_s * 1000;
	uint64_t left = b->left + (uint64_t)passed_ms * t->per_s;

	b->seen_ms = mono_ms;
	b->left = (uint32_t)(left < full ? left : full);
	if (b->left >= 1000) {
		b->left -= 1000;
		b->held = 0;
		return RATE_SEND;
	}
	return b->held++ % 2 ? RATE_TRUNCATE : RATE_DROP;
}
