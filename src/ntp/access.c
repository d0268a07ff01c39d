/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntp/access.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/units.h"

/*
 * An address is two words with its first octet highest; IPv4 fills the upper
 * half of hi.  Entries are sorted so that the first match is the most specific:
 * by address, then mask, both descending, and at the end the one for ntpport.
 * For two prefixes that hold one address, the longer has the larger address
 * (or the same and the larger mask), so this is longest match; for masks with
 * holes it is the order that the classic daemon uses.
 */
struct bits {
	uint64_t hi, lo;
};

struct entry {
	struct bits addr, mask;
	unsigned flags; /* RES_*; RES_NTPPORT belongs to what it matches */
	uint64_t hits;
};

struct list {
	struct entry *entry;
	size_t len, cap;
};

struct access {
	struct list v4, v6;
	bool has_source; /* a "restrict source" line */
	unsigned source_flags;
};

static struct bits bits_of(const uint8_t ip[16])
{
	struct bits b = {0};

	for (int i = 0; i < 8; i++) {
		b.hi = b.hi << 8 | ip[i];
		b.lo = b.lo << 8 | ip[8 + i];
	}
	return b;
}

static void octets_of(struct bits b, uint8_t ip[16])
{
	for (int i = 0; i < 8; i++) {
		ip[i] = (uint8_t)(b.hi >> (56 - 8 * i));
		ip[8 + i] = (uint8_t)(b.lo >> (56 - 8 * i));
	}
}

static int compare_bits(struct bits a, struct bits b)
{
	if (a.hi != b.hi)
		return a.hi < b.hi ? -1 : 1;
	if (a.lo != b.lo)
		return a.lo < b.lo ? -1 : 1;
	return 0;
}

static struct bits masked(struct bits a, struct bits mask)
{
	return (struct bits){a.hi & mask.hi, a.lo & mask.lo};
}

/* Less than 0 when a is more specific and so stands before b. */
static int compare(const struct entry *a, const struct entry *b)
{
	int r = compare_bits(b->addr, a->addr);

	if (r == 0)
		r = compare_bits(b->mask, a->mask);
	if (r == 0)
		r = (int)(b->flags & RES_NTPPORT) -
		    (int)(a->flags & RES_NTPPORT);
	return r;
}

/* Where e stands or would stand. */
static size_t position(const struct list *l, const struct entry *e)
{
	size_t lo = 0, hi = l->len;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (compare(&l->entry[mid], e) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct entry *find(const struct list *l, const struct entry *e)
{
	size_t i = position(l, e);

	if (i < l->len && compare(&l->entry[i], e) == 0)
		return &l->entry[i];
	return NULL;
}

/* Flags of two lines about the same addresses add up. */
static void add(struct list *l, const struct entry *e)
{
	struct entry *same = find(l, e);
	size_t i;

	if (same) {
		same->flags |= e->flags;
		return;
	}
	i = position(l, e);
	l->entry = array_grow(l->entry, l->len, &l->cap, sizeof *l->entry);
	memmove(&l->entry[i + 1], &l->entry[i],
		(l->len - i) * sizeof *l->entry);
	l->entry[i] = *e;
	l->len++;
}

/* unrestrict: takes the named flags away, or all with the entry; the default entry itself stays. */
static void take_away(struct list *l, const struct entry *e)
{
	struct entry *same = find(l, e);
	unsigned named = e->flags & ~(unsigned)RES_NTPPORT;
	bool is_default = e->mask.hi == 0 && e->mask.lo == 0;

	if (!same)
		return;
	if (named || is_default) {
		same->flags &= named ? ~named : (unsigned)RES_NTPPORT;
		return;
	}
	l->len--;
	memmove(same, same + 1,
		(size_t)(&l->entry[l->len] - same) * sizeof *same);
}

/* A rule about IPv4 addresses in IPv6 notation is a rule about IPv4. */
static void unmap(struct net_addr *addr, uint8_t mask[16])
{
	static const uint8_t ones[12] = {255, 255, 255, 255, 255, 255,
					 255, 255, 255, 255, 255, 255};

	if (addr->family != AF_INET6 || memcmp(mask, ones, sizeof ones) != 0)
		return;
	*addr = net_addr_unmap(addr);
	if (addr->family == AF_INET) {
		memmove(mask, mask + sizeof ones, 4);
		memset(mask + 4, 0, 12);
	}
}

static void change(struct access *a, struct net_addr addr,
		   const uint8_t mask_octets[16], unsigned flags, bool remove)
{
	uint8_t mask[16];
	struct entry e = {.flags = flags};
	struct list *l;

	memcpy(mask, mask_octets, sizeof mask);
	unmap(&addr, mask);
	e.mask = bits_of(mask);
	e.addr = masked(bits_of(addr.ip), e.mask);
	l = addr.family == AF_INET6 ? &a->v6 : &a->v4;
	if (remove)
		take_away(l, &e);
	else
		add(l, &e);
}

static void change_default(struct access *a, enum conf_family family,
			   unsigned flags, bool remove)
{
	static const uint8_t none[16];
	struct net_addr v4 = {.family = AF_INET};
	struct net_addr v6 = {.family = AF_INET6};

	if (family != FAMILY_IPV6)
		change(a, v4, none, flags, remove);
	if (family != FAMILY_IPV4)
		change(a, v6, none, flags, remove);
}

static void apply(struct access *a, const struct conf_restrict *r)
{
	switch (r->kind) {
	case RESTRICT_DEFAULT:
		change_default(a, r->family, r->flags, r->remove);
		break;
	case RESTRICT_PREFIX:
		change(a, r->addr, r->mask, r->flags, r->remove);
		break;
	case RESTRICT_SOURCE:
		a->has_source = !r->remove;
		a->source_flags = r->remove ? 0 : a->source_flags | r->flags;
		break;
	case RESTRICT_HOST: /* its addresses come later, by access_add() */
		break;
	}
}

struct access *access_new(const struct config *cfg)
{
	struct net_addr local4 = {.family = AF_INET, .ip = {127}};
	struct net_addr local6 = {.family = AF_INET6, .ip = {[15] = 1}};
	struct access *a = xcalloc(1, sizeof *a);

	change_default(a, FAMILY_ANY,
		       cfg->has_restrict_default ? 0
						 : RES_NOQUERY | RES_LIMITED,
		       false);
	if (!cfg->has_restrict_default) {
		access_add(a, &local4, 8, 0);
		access_add(a, &local6, 128, 0);
	}
	for (size_t i = 0; i < cfg->n_restrict; i++)
		apply(a, &cfg->restricts[i]);
	return a;
}

void access_free(struct access *a)
{
	if (!a)
		return;
	free(a->v4.entry);
	free(a->v6.entry);
	free(a);
}

void access_add(struct access *a, const struct net_addr *addr,
		unsigned prefix_len, unsigned flags)
{
	uint8_t mask[16] = {0};

	for (unsigned i = 0; i < prefix_len && i < net_addr_len(addr) * 8; i++)
		mask[i / 8] |= (uint8_t)(0x80u >> i % 8);
	change(a, *addr, mask, flags, false);
}

void access_add_source(struct access *a, const struct net_addr *addr)
{
	struct net_addr host = net_addr_unmap(addr);
	struct list *l = host.family == AF_INET6 ? &a->v6 : &a->v4;
	struct entry e = {
		bits_of(host.ip), {UINT64_MAX, UINT64_MAX}, a->source_flags, 0};

	if (host.family == AF_INET)
		e.mask = (struct bits){(uint64_t)UINT32_MAX << 32, 0};
	if (a->has_source && !find(l, &e))
		add(l, &e);
}

unsigned access_check(const struct access *a, const struct net_addr *peer)
{
	struct net_addr host = net_addr_unmap(peer);
	const struct list *l = host.family == AF_INET6 ? &a->v6 : &a->v4;
	struct bits bits = bits_of(host.ip);

	for (size_t i = 0; i < l->len; i++) {
		struct entry *e = &l->entry[i];

		if ((bits.hi & e->mask.hi) != e->addr.hi ||
		    (bits.lo & e->mask.lo) != e->addr.lo)
			continue;
		if (e->flags & RES_NTPPORT && host.port != NTP_PORT)
			continue;
		e->hits++;
		return e->flags & ~(unsigned)RES_NTPPORT;
	}
	return RES_IGNORE; /* unreachable: there is always a default */
}

bool access_entry(const struct access *a, size_t i, struct access_entry *out)
{
	bool v4 = i < a->v4.len;
	const struct list *l = v4 ? &a->v4 : &a->v6;
	const struct entry *e;

	if (!v4)
		i -= a->v4.len;
	if (i >= l->len)
		return false;
	e = &l->entry[i];
	*out = (struct access_entry){
		.addr = {.family = v4 ? AF_INET : AF_INET6},
		.flags = e->flags,
		.hits = e->hits,
	};
	octets_of(e->addr, out->addr.ip);
	octets_of(e->mask, out->mask);
	return true;
}
