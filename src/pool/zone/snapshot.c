/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/zone/snapshot.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/container.h"
#include "os/state_file.h"
#include "pool/zone/snapshot_file.h"
#include "pool/zone/zone.h"
#include "wire/dns_message.h"

#define MAGIC "TBZONES"
#define BYTE_ORDER_MARK 0x01020304u
#define TTL_MAX_S 86400

static_assert(SNAPSHOT_SECTIONS ==
		      ARRAY_LEN(((struct snapshot_head *)0)->section),
	      "one slot a section");

/* What a section is made of. */
static const size_t unit[SNAPSHOT_SECTIONS] = {
	[SECTION_ZONE] = sizeof(struct snapshot_zone),
	[SECTION_NAME] = sizeof(struct snapshot_name),
	[SECTION_HOST] = sizeof(struct snapshot_host),
	[SECTION_END] = sizeof(uint32_t),
	[SECTION_SERVER] = sizeof(uint32_t),
	[SECTION_ADDR4] = 4,
	[SECTION_ADDR6] = 16,
	[SECTION_PLACE] = 1,
};

/* --- making one -------------------------------------------------------------- */

void snapshot_image_done(struct snapshot_image *image)
{
	free(image->data);
	*image = (struct snapshot_image){0};
}

static size_t aligned(size_t at)
{
	return (at + 15) & ~(size_t)15;
}

void snapshot_assemble(struct snapshot_head *head,
		       const struct snapshot_part part[SNAPSHOT_SECTIONS],
		       struct snapshot_image *image)
{
	size_t at = aligned(sizeof *head);

	memcpy(head->magic, MAGIC, sizeof MAGIC);
	head->byte_order = BYTE_ORDER_MARK;
	head->version = SNAPSHOT_VERSION;
	for (size_t i = 0; i < SNAPSHOT_SECTIONS; i++) {
		head->section[i].at = at;
		head->section[i].n = part[i].n;
		at = aligned(at + part[i].n * unit[i]);
	}
	head->len = at + sizeof(struct snapshot_tail);
	image->len = at + sizeof(struct snapshot_tail);
	image->data = xcalloc(1, image->len);
	memcpy(image->data, head, sizeof *head);
	for (size_t i = 0; i < SNAPSHOT_SECTIONS; i++)
		if (part[i].n)
			memcpy(image->data + head->section[i].at, part[i].data,
			       part[i].n * unit[i]);
}

static void checksum(const void *data, size_t len, uint8_t out[32])
{
	crypto_generichash(out, 32, data, len - sizeof(struct snapshot_tail),
			   NULL, 0);
}

void snapshot_sign(struct snapshot_image *image, const struct snapshot_key *key)
{
	struct snapshot_tail tail = {0};

	assert(image->len > sizeof tail);
	checksum(image->data, image->len, tail.checksum);
	if (key)
		crypto_sign_detached(tail.signature, NULL, tail.checksum,
				     sizeof tail.checksum, key->secret);
	memcpy(image->data + image->len - sizeof tail, &tail, sizeof tail);
}

int snapshot_write(const char *path, struct snapshot_image *image,
		   const struct snapshot_key *key)
{
	snapshot_sign(image, key);
	return state_file_write(path, image->data, image->len, 0644);
}

/* --- checking one ------------------------------------------------------------ */

static int refuse(struct text *why, int error, const char *what)
{
	text_add(why, "%s", what);
	return error;
}

static int check_form(const void *data, size_t len, struct text *why)
{
	const struct snapshot_head *h = data;

	if (len < sizeof h->magic || memcmp(h->magic, MAGIC, sizeof MAGIC) != 0)
		return refuse(why, -EBADMSG, "not a snapshot of zones");
	if (len < aligned(sizeof *h) + sizeof(struct snapshot_tail))
		return refuse(why, -EBADMSG, "cut short");
	if (h->byte_order != BYTE_ORDER_MARK) {
		text_add(why, "made on a machine of the other byte order");
		return -EPROTO;
	}
	if (h->version != SNAPSHOT_VERSION) {
		text_add(why,
			 "of version %u, and this program knows only %u: "
			 "poold and pooldns should be of one version",
			 (unsigned)h->version, SNAPSHOT_VERSION);
		return -EPROTO;
	}
	if (h->len != len) {
		text_add(why, "cut short or grown: %zu octets instead of %llu",
			 len, (unsigned long long)h->len);
		return -EBADMSG;
	}
	return 0;
}

static int check_trust(const void *data, size_t len,
		       const struct snapshot_trust *trust, struct text *why)
{
	const struct snapshot_head *h = data;
	struct snapshot_tail tail;
	uint8_t sum[32];

	memcpy(&tail, (const uint8_t *)data + len - sizeof tail, sizeof tail);
	checksum(data, len, sum);
	if (sodium_memcmp(sum, tail.checksum, sizeof sum) != 0)
		return refuse(why, -EBADMSG, "damaged: the checksum is wrong");
	if (trust->public &&
	    crypto_sign_verify_detached(tail.signature, sum, sizeof sum,
					trust->public) != 0)
		return refuse(why, -EKEYREJECTED,
			      "not signed by the key that snapshot-public "
			      "names");
	if (trust->newer_than_ms == 0)
		return 0;
	if (h->built_ms == trust->newer_than_ms)
		return refuse(why, -EALREADY, "the one in use");
	if (h->built_ms < trust->newer_than_ms)
		return refuse(why, -ESTALE, "older than the one in use");
	if (h->built_ms > trust->now_ms + SNAPSHOT_AHEAD_MS) {
		text_add(why, "from the future, by %lld hours",
			 (long long)(h->built_ms - trust->now_ms) / 3600000);
		return -ETIME;
	}
	return 0;
}

/* Where a section begins, or NULL when it does not lie in the file. */
static const void *section(const void *data, size_t len,
			   enum snapshot_section which, size_t *n)
{
	const struct snapshot_head *h = data;
	uint64_t at = h->section[which].at, count = h->section[which].n;
	size_t end = len - sizeof(struct snapshot_tail);

	if (at % 16 || at < sizeof *h || at > end ||
	    count > (end - at) / unit[which])
		return NULL;
	*n = (size_t)count;
	return (const uint8_t *)data + at;
}

static bool is_text(const char *s, size_t cap)
{
	struct dns_name name;

	return memchr(s, '\0', cap) && dns_name_from_text(s, &name) == 0;
}

/* "hostmaster@example.org" */
static bool is_mail(const char *s, size_t cap)
{
	const char *at = memchr(s, '\0', cap) ? strrchr(s, '@') : NULL;

	return at && at > s && at - s <= DNS_LABEL_MAX && is_text(at + 1, cap);
}

static bool list_is_right(const struct snapshot *s,
			  const struct snapshot_list *list, size_t n_addr,
			  uint32_t max_hosts)
{
	uint32_t before = 0;

	if (list->first > s->n_entry || list->n > s->n_entry - list->first)
		return false;
	for (uint32_t i = list->first; i < list->first + list->n; i++) {
		if (s->end[i] < before || s->end[i] - before > SNAPSHOT_ONE ||
		    s->server[i] >= n_addr)
			return false;
		before = s->end[i];
	}
	return before <= max_hosts * SNAPSHOT_ONE;
}

static bool zone_is_right(const struct snapshot *s, size_t i)
{
	const struct snapshot_zone *z = &s->zone[i];
	bool ok = memchr(z->name, '\0', sizeof z->name) && z->name[0] &&
		  z->max_hosts >= 1 && z->max_hosts <= SNAPSHOT_HOSTS_MAX &&
		  z->ttl_s >= 1 && z->ttl_s <= TTL_MAX_S &&
		  z->kind <= ZONE_VENDOR && z->parent >= -1 &&
		  z->parent < (int32_t)i && (i == 0) == (z->parent == -1);

	for (int f = 0; f < SNAPSHOT_FAMILIES && ok; f++)
		for (int k = 0; k < SNAPSHOT_SUBSETS && ok; k++)
			ok = list_is_right(s, &z->list[f][k],
					   f == SNAPSHOT_V4 ? s->n_addr4
							    : s->n_addr6,
					   z->max_hosts);
	return ok;
}

static bool name_is_right(const struct snapshot *s, size_t i)
{
	const struct snapshot_name *n = &s->name[i];
	size_t targets = n->kind == SNAPSHOT_NAME_HOST  ? s->n_host
			 : n->kind == SNAPSHOT_NAME_WEB ? 1
							: s->n_zone;

	return is_text(n->name, sizeof n->name) &&
	       n->kind < SNAPSHOT_NAME_KINDS && n->target < targets &&
	       (i == 0 || strcmp(s->name[i - 1].name, n->name) < 0);
}

static bool host_is_right(const struct snapshot_host *h)
{
	bool ok = is_text(h->name, sizeof h->name) &&
		  h->n_addr <= SNAPSHOT_HOST_ADDRS;

	for (uint32_t i = 0; ok && i < h->n_addr; i++)
		ok = h->addr[i].family < SNAPSHOT_FAMILIES;
	return ok;
}

static bool head_is_right(const struct snapshot *s)
{
	const struct snapshot_head *h = s->head;
	bool ok = is_text(h->origin, sizeof h->origin) &&
		  is_mail(h->contact, sizeof h->contact) &&
		  is_text(h->web, sizeof h->web) && h->ttl_s >= 1 &&
		  h->ttl_s <= TTL_MAX_S;

	for (size_t i = 0; i < SNAPSHOT_COUNTRIES && ok; i++)
		ok = h->country[i] < s->n_zone;
	return ok;
}

static bool find_sections(const void *data, size_t len, struct snapshot *s)
{
	size_t n_server = 0, n_place = 0;
	const void *place;

	s->data = s->head = data;
	s->len = len;
	s->zone = section(data, len, SECTION_ZONE, &s->n_zone);
	s->name = section(data, len, SECTION_NAME, &s->n_name);
	s->host = section(data, len, SECTION_HOST, &s->n_host);
	s->end = section(data, len, SECTION_END, &s->n_entry);
	s->server = section(data, len, SECTION_SERVER, &n_server);
	s->addr4 = section(data, len, SECTION_ADDR4, &s->n_addr4);
	s->addr6 = section(data, len, SECTION_ADDR6, &s->n_addr6);
	place = section(data, len, SECTION_PLACE, &n_place);
	return s->zone && s->name && s->host && s->end && s->server &&
	       s->addr4 && s->addr6 && place && s->n_zone > 0 &&
	       s->n_zone <= SNAPSHOT_ZONES_MAX && s->n_host > 0 &&
	       n_server == s->n_entry &&
	       location_map_open(place, n_place, (uint16_t)s->n_zone,
				 &s->place) == 0;
}

/* All that whoever answers takes for granted. */
static bool is_right(const struct snapshot *s)
{
	bool ok = head_is_right(s);

	for (size_t i = 0; i < s->n_zone && ok; i++)
		ok = zone_is_right(s, i);
	for (size_t i = 0; i < s->n_name && ok; i++)
		ok = name_is_right(s, i);
	for (size_t i = 0; i < s->n_host && ok; i++)
		ok = host_is_right(&s->host[i]);
	return ok;
}

int snapshot_open(const void *data, size_t len,
		  const struct snapshot_trust *trust, struct snapshot *out,
		  struct text *why)
{
	struct snapshot s = {0};
	int r = check_form(data, len, why);

	if (r == 0 && trust)
		r = check_trust(data, len, trust, why);
	if (r == 0 &&
	    (!find_sections(data, len, &s) || (trust && !is_right(&s))))
		r = refuse(why, -EBADMSG, "malformed");
	if (r == 0)
		*out = s;
	return r;
}

int snapshot_read(const char *path, const struct snapshot_trust *trust,
		  void **data, struct snapshot *out, struct text *why)
{
	char *read;
	size_t len;
	int r = state_file_read(path, SNAPSHOT_MAX, true, &read, &len);

	if (r < 0) {
		text_add(why, "%s", strerror(-r));
		return r;
	}
	r = snapshot_open(read, len, trust, out, why);
	if (r < 0)
		free(read);
	else
		*data = read;
	return r;
}

/* --- looking up -------------------------------------------------------------- */

const struct snapshot_name *snapshot_find(const struct snapshot *s,
					  const char *name)
{
	size_t low = 0, high = s->n_name;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = strcmp(name, s->name[mid].name);

		if (c == 0)
			return &s->name[mid];
		if (c < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

uint16_t snapshot_country(const struct snapshot *s, const char code[3])
{
	if (code[0] < 'a' || code[0] > 'z' || code[1] < 'a' || code[1] > 'z')
		return 0;
	return s->head->country[26 * (code[0] - 'a') + code[1] - 'a'];
}

unsigned snapshot_draw(const struct snapshot *snap,
		       const struct snapshot_list *list, unsigned max_hosts,
		       uint64_t random, uint32_t *out)
{
	const uint32_t *end = snap->end + list->first;
	uint32_t total = list->n ? end[list->n - 1] : 0;
	uint32_t point = (uint32_t)random % SNAPSHOT_ONE;
	uint32_t drawn[SNAPSHOT_HOSTS_MAX], low = 0;
	unsigned n = 0, first;

	while (n < max_hosts && point < total) {
		uint32_t high = list->n - 1; /* the first whose end is beyond */

		while (low < high) {
			uint32_t mid = low + (high - low) / 2;

			if (end[mid] > point)
				high = mid;
			else
				low = mid + 1;
		}
		drawn[n++] = snap->server[list->first + low];
		point += SNAPSHOT_ONE;
	}
	first = n ? (unsigned)((random >> 32) % n) : 0;
	for (unsigned i = 0; i < n; i++)
		out[i] = drawn[(first + i) % n];
	return n;
}
