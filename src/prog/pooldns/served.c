/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/pooldns/served.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/alloc.h"
#include "os/shared_page.h"

static int open_zone(const void *data, size_t len, struct dns_zone **out)
{
	struct snapshot snap;
	char why[64];
	struct text t = text_init(why, sizeof why);
	/* Whoever sealed it has checked it. */
	int r = snapshot_open(data, len, NULL, &snap, &t);

	if (r < 0)
		return r;
	*out = xcalloc(1, sizeof **out);
	r = dns_zone_open(&snap, *out);
	if (r < 0)
		free(*out);
	return r;
}

int served_take(struct served *s, enum served_kind kind, int fd)
{
	struct dns_zone *zone = NULL;
	struct location_map country;
	const void *data;
	size_t len;
	int r = shared_bytes_map(fd, &data, &len);

	if (r < 0)
		return r;
	if (kind == SERVED_SNAPSHOT)
		r = open_zone(data, len, &zone);
	else
		r = location_map_open(data, len, DNS_ZONE_COUNTRIES - 1,
				      &country);
	if (r < 0) {
		munmap((void *)(uintptr_t)data, len);
		return r;
	}
	if (kind == SERVED_SNAPSHOT) {
		free(s->zone);
		s->zone = zone;
	} else {
		s->country = country;
	}
	if (s->data[kind])
		munmap((void *)(uintptr_t)s->data[kind], s->len[kind]);
	s->data[kind] = data;
	s->len[kind] = len;
	return 0;
}
