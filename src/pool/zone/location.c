/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/zone/location.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/container.h"

#define MAGIC 0x6c6f6331u

/* At the beginning of an image; the arrays follow, each aligned to 8. */
struct image_head {
	uint32_t magic, n4, n6, zero;
};

/* --- looking up -------------------------------------------------------------- */

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static bool is_after(const struct location_edges *e, uint32_t i,
		     const uint8_t *ip)
{
	const uint8_t *start = e->start + (size_t)i * e->width;

	return e->width == 4 ? be32(start) > be32(ip)
			     : memcmp(start, ip, 16) > 0;
}

static unsigned common_bits(const uint8_t *a, const uint8_t *b, unsigned width)
{
	for (unsigned i = 0; i < width; i++) {
		unsigned differ = a[i] ^ b[i], bit = 0;

		if (!differ)
			continue;
		while (!(differ & 0x80 >> bit))
			bit++;
		return 8 * i + bit;
	}
	return 8 * width;
}

static void add_to(uint8_t *ip, unsigned width, uint8_t by)
{
	/* by is 1 or 255, which is -1 modulo 256: the carry goes the same way. */
	for (unsigned i = width; i-- > 0;) {
		ip[i] = (uint8_t)(ip[i] + by);
		if (ip[i] != (by == 1 ? 0 : 255))
			return;
	}
}

/* How many bits tell ip from what lies before edge i and from edge i + 1. */
static unsigned scope_of(const struct location_edges *e, uint32_t i,
			 const uint8_t *ip)
{
	unsigned scope = 0, up;
	uint8_t before[16];

	if (i > 0) {
		memcpy(before, e->start + (size_t)i * e->width, e->width);
		add_to(before, e->width, 255);
		scope = common_bits(ip, before, e->width) + 1;
	}
	if (i + 1 < e->n) {
		up = common_bits(ip, e->start + ((size_t)i + 1) * e->width,
				 e->width) +
		     1;
		scope = up > scope ? up : scope;
	}
	return scope;
}

struct location location_find(const struct location_map *map,
			      const struct net_addr *addr)
{
	const struct location_edges *e =
		addr->family == AF_INET ? &map->v4 : &map->v6;
	uint32_t low = 0, high = e->n;

	if (e->n == 0 || net_addr_len(addr) != e->width)
		return (struct location){0};
	while (high - low > 1) { /* start[low] <= ip < start[high] */
		uint32_t mid = low + (high - low) / 2;

		if (is_after(e, mid, addr->ip))
			high = mid;
		else
			low = mid;
	}
	return (struct location){e->value[low], scope_of(e, low, addr->ip)};
}

/* --- laying out -------------------------------------------------------------- */

struct layer {
	uint8_t last[16]; /* address of the network */
	uint16_t value;
};

/* The edges of one family, as networks come in ascending order. */
struct layout {
	unsigned width;
	uint8_t *start;
	uint16_t *value;
	uint32_t n;
	size_t cap_start, cap_value;
	struct layer open[129]; /* networks that we are inside of */
	unsigned depth;
};

static void put_edge(struct layout *l, const uint8_t *start, uint16_t value)
{
	if (l->n && memcmp(l->start + (size_t)(l->n - 1) * l->width, start,
			   l->width) == 0)
		l->n--;
	if (l->n && l->value[l->n - 1] == value)
		return;
	l->start = array_grow(l->start, l->n, &l->cap_start, l->width);
	l->value = array_grow(l->value, l->n, &l->cap_value, sizeof *l->value);
	memcpy(l->start + (size_t)l->n * l->width, start, l->width);
	l->value[l->n++] = value;
}

/* Leave the innermost network. */
static void leave(struct layout *l)
{
	static const uint8_t zero[16];
	uint8_t next[16];

	memcpy(next, l->open[--l->depth].last, sizeof next);
	add_to(next, l->width, 1);
	if (memcmp(next, zero, l->width) != 0)
		put_edge(l, next, l->depth ? l->open[l->depth - 1].value : 0);
}

static void enter(struct layout *l, const struct location_net *net)
{
	struct layer *layer;

	while (l->depth &&
	       memcmp(l->open[l->depth - 1].last, net->net.ip, l->width) < 0)
		leave(l);
	assert(l->depth < ARRAY_LEN(l->open)); /* one a length of prefix */
	layer = &l->open[l->depth++];
	memcpy(layer->last, net->net.ip, sizeof layer->last);
	for (unsigned bit = net->prefix; bit < 8 * l->width; bit++)
		layer->last[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	layer->value = net->value;
	put_edge(l, net->net.ip, net->value);
}

/* What contains comes before what is contained; then the order of the input,
 * kept in the scope, which no network has. */
static int compare_nets(const void *a, const void *b)
{
	const struct location_net *x = a, *y = b;
	int c = (int)x->net.family - (int)y->net.family;

	if (c == 0)
		c = memcmp(x->net.ip, y->net.ip, sizeof x->net.ip);
	if (c == 0)
		c = (int)x->prefix - (int)y->prefix;
	return c ? c : x->net.scope < y->net.scope ? -1 : 1;
}

static bool same_net(const struct location_net *a, const struct location_net *b)
{
	return a->prefix == b->prefix && a->net.family == b->net.family &&
	       memcmp(a->net.ip, b->net.ip, sizeof a->net.ip) == 0;
}

static void layout_family(struct layout *l, const struct location_net *net,
			  size_t n, uint16_t family)
{
	static const uint8_t zero[16];

	l->width = family == AF_INET ? 4 : 16;
	for (size_t i = 0; i < n; i++) {
		if (net[i].net.family != family)
			continue;
		if (l->n == 0)
			put_edge(l, zero, 0);
		if (i + 1 == n || !same_net(&net[i], &net[i + 1]))
			enter(l, &net[i]);
	}
	while (l->depth)
		leave(l);
}

static uint64_t padded(uint64_t len)
{
	return (len + 7) & ~UINT64_C(7);
}

/* Of lengths from a file, so in 64 bits on every machine. */
static uint64_t image_len(uint64_t n4, uint64_t n6)
{
	return sizeof(struct image_head) + padded(4 * n4) + padded(2 * n4) +
	       16 * n6 + padded(2 * n6);
}

static uint8_t *put(uint8_t *to, const void *data, size_t len)
{
	if (len)
		memcpy(to, data, len);
	return to + padded(len);
}

struct location_image location_image_make(struct location_net *net, size_t n)
{
	struct layout v4 = {0}, v6 = {0};
	struct location_image image;
	struct image_head head = {.magic = MAGIC};
	uint8_t *p;

	for (size_t i = 0; i < n; i++)
		net[i].net.scope = (uint32_t)i;
	if (n)
		qsort(net, n, sizeof *net, compare_nets);
	layout_family(&v4, net, n, AF_INET);
	layout_family(&v6, net, n, AF_INET6);
	head.n4 = v4.n;
	head.n6 = v6.n;
	image.len = image_len(v4.n, v6.n);
	image.data = p = xcalloc(1, image.len);
	p = put(p, &head, sizeof head);
	p = put(p, v4.start, 4 * (size_t)v4.n);
	p = put(p, v4.value, 2 * (size_t)v4.n);
	p = put(p, v6.start, 16 * (size_t)v6.n);
	put(p, v6.value, 2 * (size_t)v6.n);
	free(v4.start);
	free(v4.value);
	free(v6.start);
	free(v6.value);
	return image;
}

static bool edges_are_right(const struct location_edges *e, uint16_t max)
{
	static const uint8_t zero[16];

	if (e->n && memcmp(e->start, zero, e->width) != 0)
		return false;
	for (uint32_t i = 0; i < e->n; i++)
		if (e->value[i] > max ||
		    (i > 0 &&
		     memcmp(e->start + (size_t)(i - 1) * e->width,
			    e->start + (size_t)i * e->width, e->width) >= 0))
			return false;
	return true;
}

int location_map_open(const void *data, size_t len, uint16_t max,
		      struct location_map *out)
{
	struct image_head head;
	struct location_map map = {{.width = 4}, {.width = 16}};
	const uint8_t *p = data;

	if (len < sizeof head)
		return -EBADMSG;
	memcpy(&head, p, sizeof head);
	if (head.magic != MAGIC || image_len(head.n4, head.n6) != len)
		return -EBADMSG;
	p += sizeof head;
	map.v4.n = head.n4;
	map.v4.start = p;
	p += padded(4 * (size_t)head.n4);
	map.v4.value = (const void *)p;
	p += padded(2 * (size_t)head.n4);
	map.v6.n = head.n6;
	map.v6.start = p;
	p += 16 * (size_t)head.n6;
	map.v6.value = (const void *)p;
	if (!edges_are_right(&map.v4, max) || !edges_are_right(&map.v6, max))
		return -EBADMSG;
	*out = map;
	return 0;
}
