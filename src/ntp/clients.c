/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntp/clients.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/siphash.h"
#include "base/units.h"

/*
 * An entry is 16 octets and a bucket of four is one cache line.  An address
 * may stand in either of two buckets, and a new one takes the emptier: so the
 * table takes 98 % of max_depth before anything is thrown out, and a look-up
 * costs two cache lines whatever strangers send.
 */
#define WAYS 4
#define LINE_LEN 64
#define SLACK_PERCENT 24 /* slots beyond max_depth */

/* Time is kept in ticks of 1/64 s, modulo 2^32 (two years). */
#define TICK_NS (NS_PER_S / 64)
#define TICKS_PER_S 64

/* How far a client may be ahead of its average before it is limited: 16
 * requests at the default of 8 s, twice an iburst. */
#define BURST_S 128
#define BURST_TICKS (BURST_S * TICKS_PER_S)

/* A request that keeps no minimum distance to the last one counts twice. */
#define HASTE_FACTOR 2

struct client {
	uint64_t key;   /* 0: free slot */
	uint32_t last;  /* tick of the last request */
	uint16_t debt;  /* ticks ahead of the average; TOLD on top */
	uint16_t about; /* mantissa 8, exponent 4, version 2, mode 2 */
};

#define DEBT_MASK 0x3fff
#define TOLD 0x8000 /* was sent a kiss since it was last within its rate */
static_assert(TICKS_PER_S == 1 << 6, "cost_of() counts on it");
static_assert(BURST_TICKS <= DEBT_MASK, "debt fits its field");
static_assert(sizeof(struct client) * WAYS == LINE_LEN, "a bucket is a line");

struct clients {
	void *memory;        /* NULL: the slots are borrowed */
	struct client *slot; /* aligned to a cache line */
	size_t buckets, used;
	uint64_t hash_key[2];
	uint64_t leak_below; /* of 2^32 */
	uint32_t cost_ticks; /* of a request */
	uint32_t minimum_ticks;
};

/*
 * IPv4 lives where no IPv6 source can be, in the multicast range; the
 * complement makes sure that no address is 0.  IPv6 is the /64: whoever has one
 * address there has them all (V21).
 */
static uint64_t key_of(const struct net_addr *addr)
{
	struct net_addr host = net_addr_unmap(addr);
	uint64_t key = 0;

	for (int i = 0; i < (host.family == AF_INET ? 4 : 8); i++)
		key = key << 8 | host.ip[i];
	if (host.family == AF_INET)
		key |= UINT64_C(0xff) << 56;
	return ~key;
}

static struct net_addr addr_of(uint64_t key)
{
	struct net_addr a = {.family = AF_INET6};

	key = ~key;
	if (key >> 32 == UINT32_C(0xff) << 24) {
		a.family = AF_INET;
		key <<= 32;
	}
	for (int i = 0; i < 8; i++)
		a.ip[i] = (uint8_t)(key >> (56 - 8 * i));
	return a;
}

/* The share of 2^32 that a probability is. */
static uint64_t share_of_32(double p)
{
	if (!(p > 0))
		return 0;
	return p >= 1 ? UINT64_C(1) << 32 : (uint64_t)(p * 0x1p32);
}

static uint32_t ticks_of(double s)
{
	double ticks = s * TICKS_PER_S;

	if (!(ticks > 0))
		return 0;
	return ticks < BURST_TICKS ? (uint32_t)ticks : BURST_TICKS;
}

/* 2^average seconds; from 256 s on it is more than the bucket holds, and every request is limited. */
static uint32_t cost_of(int average_log2)
{
	if (average_log2 > 8)
		average_log2 = 8;
	if (average_log2 < -6)
		average_log2 = -6;
	return UINT32_C(1) << (average_log2 + 6);
}

static size_t buckets_for(unsigned max_depth)
{
	size_t slots = (size_t)max_depth * (100 + SLACK_PERCENT) / 100;

	return (slots + WAYS - 1) / WAYS + 1;
}

size_t clients_table_len(unsigned max_depth)
{
	return buckets_for(max_depth) * LINE_LEN;
}

struct clients *clients_new_in(void *table, unsigned max_depth,
			       const struct conf_rate *rate,
			       const uint64_t hash_key[2])
{
	struct clients *c = xcalloc(1, sizeof *c);

	c->buckets = buckets_for(max_depth);
	c->slot = table;
	c->hash_key[0] = hash_key[0];
	c->hash_key[1] = hash_key[1];
	c->leak_below = share_of_32(rate->leak_share);
	c->cost_ticks = cost_of(rate->average_log2);
	c->minimum_ticks = ticks_of(rate->minimum_s);
	return c;
}

struct clients *clients_new(unsigned max_depth, const struct conf_rate *rate,
			    const uint64_t hash_key[2])
{
	void *memory = xcalloc(buckets_for(max_depth) + 1, LINE_LEN);
	uintptr_t line =
		((uintptr_t)memory + LINE_LEN - 1) & ~(uintptr_t)(LINE_LEN - 1);
	struct clients *c =
		clients_new_in((void *)line, max_depth, rate, hash_key);

	c->memory = memory;
	return c;
}

void clients_free(struct clients *c)
{
	if (!c)
		return;
	free(c->memory);
	free(c);
}

/* Of two slots of different age or use, the one to give to a newcomer. */
static bool is_worth_less(const struct client *a, const struct client *b,
			  uint32_t now)
{
	if (!a->key || !b->key)
		return !a->key && b->key;
	return now - a->last > now - b->last;
}

/*
 * The slot of key, or the one to reuse for it.  A free slot of the emptier
 * bucket comes first, then the client that has been silent longest.
 */
static struct client *lookup(const struct clients *c, uint64_t key,
			     uint32_t now)
{
	uint64_t hash = siphash(c->hash_key, &key, sizeof key);
	struct client *victim = NULL;
	unsigned most_free = 0;

	for (int choice = 0; choice < 2; choice++, hash <<= 32) {
		size_t bucket = (size_t)((hash >> 32) * c->buckets >> 32);
		struct client *slot = c->slot + bucket * WAYS, *worst = slot;
		unsigned n_free = 0;

		for (int i = 0; i < WAYS; i++) {
			if (slot[i].key == key)
				return &slot[i];
			n_free += !slot[i].key;
			if (is_worth_less(&slot[i], worst, now))
				worst = &slot[i];
		}
		if (!victim || n_free > most_free ||
		    (n_free == 0 && is_worth_less(worst, victim, now)))
			victim = worst;
		most_free = n_free > most_free ? n_free : most_free;
	}
	return victim;
}

/*
 * The number of requests as an 8-bit mantissa and a 4-bit exponent, counted up
 * with probability 2^-exponent (Morris 1978): exact to 255, then within a few
 * per cent, up to 8 million.
 */
static uint16_t count_up(uint16_t about, uint64_t random)
{
	unsigned mantissa = about >> 8;
	unsigned exponent = about >> 4 & 15;

	if (random & ((1u << exponent) - 1) ||
	    (mantissa == 255 && exponent == 15))
		return about;
	if (++mantissa == 256) {
		mantissa = 128;
		exponent++;
	}
	return (uint16_t)(mantissa << 8 | exponent << 4 | (about & 15));
}

static uint16_t with_mode(uint16_t about, uint8_t version, uint8_t mode)
{
	return (uint16_t)((about & 0xfff0) | ((version - 1u) & 3) << 2 |
			  (mode & 3));
}

/* Take the time that has passed off the debt. */
static uint32_t drained(uint32_t debt, uint32_t elapsed)
{
	return debt > elapsed ? debt - elapsed : 0;
}

enum clients_verdict clients_note(struct clients *c,
				  const struct net_addr *peer, uint8_t version,
				  uint8_t mode, bool limited, uint64_t random,
				  int64_t mono_ns)
{
	uint32_t now = (uint32_t)(mono_ns / TICK_NS);
	uint64_t key = key_of(peer);
	struct client *e = lookup(c, key, now);
	uint32_t debt, cost, elapsed;
	bool hasty, told;

	if (e->key != key) {
		c->used += !e->key;
		*e = (struct client){.key = key, .last = now - BURST_TICKS};
	}
	elapsed = now - e->last;
	hasty = elapsed < c->minimum_ticks;
	told = e->debt & TOLD && (hasty || elapsed < TICKS_PER_S);
	debt = drained(e->debt & DEBT_MASK, elapsed);
	cost = c->cost_ticks * (hasty ? HASTE_FACTOR : 1);
	e->last = now;
	e->about = with_mode(count_up(e->about, random >> 32), version, mode);
	if (debt + cost <= BURST_TICKS) {
		e->debt = (uint16_t)(debt + cost);
		return CLIENT_OK;
	}
	if (!limited || (random & UINT32_MAX) < c->leak_below) {
		e->debt = (uint16_t)(debt | (told ? TOLD : 0));
		return CLIENT_OK;
	}
	e->debt = (uint16_t)(debt | TOLD);
	return told ? CLIENT_LIMITED : CLIENT_KOD;
}

size_t clients_depth(const struct clients *c)
{
	return c->used;
}

size_t clients_memory(const struct clients *c)
{
	return sizeof *c + (c->buckets + 1) * LINE_LEN;
}

const void *clients_table(const struct clients *c, size_t *len)
{
	*len = c->buckets * LINE_LEN;
	return c->slot;
}

bool clients_read(const void *table, size_t len, size_t i, int64_t mono_ns,
		  struct client_report *out)
{
	uint32_t now = (uint32_t)(mono_ns / TICK_NS);
	struct client copy;
	const struct client *e = &copy;

	if (i >= len / sizeof copy)
		return false;
	memcpy(&copy, (const char *)table + i * sizeof copy, sizeof copy);
	if (!e->key) {
		*out = (struct client_report){.addr.family = AF_UNSPEC};
		return true;
	}
	*out = (struct client_report){
		.addr = addr_of(e->key),
		.last_mono_ns = mono_ns - (int64_t)(now - e->last) * TICK_NS,
		.count = (uint32_t)(e->about >> 8) << (e->about >> 4 & 15),
		.version = (uint8_t)((e->about >> 2 & 3) + 1),
		.mode = e->about & 3,
		.limited = e->debt & TOLD,
	};
	return true;
}

bool clients_entry(const struct clients *c, size_t i, int64_t mono_ns,
		   struct client_report *out)
{
	return clients_read(c->slot, c->buckets * LINE_LEN, i, mono_ns, out);
}
