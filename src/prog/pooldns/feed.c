/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/pooldns/feed.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "os/shared_page.h"
#include "pool/dns/zone.h"
#include "pool/zone/places.h"
#include "pool/zone/snapshot.h"

void feed_init(struct feed *f, const struct pool_settings *s, struct log *log)
{
	*f = (struct feed){
		.settings = s, .log = log, .snapshot_fd = -1, .country_fd = -1};
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* All that is to be known about a snapshot before it is used. */
static int read_snapshot(const struct pool_settings *s, int64_t newer_than_ms,
			 void **data, struct snapshot *snap, struct text *why)
{
	uint8_t public[SNAPSHOT_PUBLIC_LEN];
	struct snapshot_trust trust = {
		.public = public,
		.now_ms = now_ms(),
		.newer_than_ms = newer_than_ms,
	};
	struct dns_zone *zone;
	int r = snapshot_public_read(s->snapshot_public, public);

	if (r < 0) {
		text_add(why, "its key, snapshot-public %s: %s",
			 s->snapshot_public,
			 r == -EINVAL ? "not 64 hexadecimal digits"
				      : strerror(-r));
		return r;
	}
	r = snapshot_read(s->snapshot, &trust, data, snap, why);
	if (r < 0)
		return r;
	zone = malloc(sizeof *zone);
	r = zone ? dns_zone_open(snap, zone) : -ENOMEM;
	free(zone);
	if (r < 0) {
		text_add(why, "a name in it is too long");
		free(*data);
	}
	return r;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev &&
	       a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* The same complaint is made once. */
static void complain(struct feed *f, const char *why)
{
	if (strcmp(f->told, why) == 0)
		return;
	snprintf(f->told, sizeof f->told, "%s", why);
	log_warn(f->log, "snapshot %s: %s; %s", f->settings->snapshot, why,
		 f->built_ms ? "the old one serves on" : "none to serve yet");
}

static bool replace(int *fd, int new, struct log *log)
{
	if (new < 0) {
		log_error(log, "no memory for what is served: %s",
			  strerror(-new));
		return false;
	}
	if (*fd >= 0)
		close(*fd);
	*fd = new;
	return true;
}

/* One comes every minute: people hear of it when it says something new. */
static void tell(struct feed *f, const struct snapshot *snap)
{
	char holds[sizeof f->served];
	bool changed;

	snprintf(holds, sizeof holds,
		 "%zu zones, %zu IPv4 and %zu IPv6 servers", snap->n_zone,
		 snap->n_addr4, snap->n_addr6);
	changed = *f->told || strcmp(holds, f->served) != 0;
	log_line(f->log, changed ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG,
		 "snapshot %s: serial %lld, %s", snap->head->origin,
		 (long long)(snap->head->built_ms / 1000), holds);
	memcpy(f->served, holds, sizeof holds);
	f->told[0] = '\0';
}

bool feed_snapshot(struct feed *f)
{
	char why[sizeof f->told];
	struct text t = text_init(why, sizeof why);
	struct snapshot snap;
	struct stat st;
	void *data;
	bool new = false;
	int r;

	if (stat(f->settings->snapshot, &st) < 0) {
		complain(f, strerror(errno));
		return false;
	}
	/* With the key missing, the file is not what has to change. */
	if (f->built_ms && same_file(&st, &f->seen))
		return false;
	f->seen = st;
	r = read_snapshot(f->settings, f->built_ms, &data, &snap, &t);
	if (r < 0) {
		if (r != -EALREADY)
			complain(f, why);
		return false;
	}
	if (replace(&f->snapshot_fd,
		    shared_bytes_seal("zones", snap.data, snap.len), f->log)) {
		f->built_ms = snap.head->built_ms;
		tell(f, &snap);
		new = true;
	}
	free(data);
	return new;
}

static int read_countries(const struct pool_settings *s,
			  struct location_image *image, struct text *why)
{
	struct country_db *db;
	int r = country_db_open(s->country_db, &db, why);

	if (r < 0)
		return r;
	r = country_db_map(db, image);
	if (r < 0)
		text_add(why, "%s: damaged", s->country_db);
	country_db_close(db);
	return r;
}

bool feed_countries(struct feed *f)
{
	char why[256];
	struct text t = text_init(why, sizeof why);
	struct location_image image;
	bool new;

	if (!f->settings->country_db)
		return false;
	if (read_countries(f->settings, &image, &t) < 0) {
		log_error(f->log, "country-db %s", why);
		return false;
	}
	new = replace(&f->country_fd,
		      shared_bytes_seal("countries", image.data, image.len),
		      f->log);
	log_info(f->log, "country-db %s: read", f->settings->country_db);
	free(image.data);
	return new;
}

bool feed_check(const struct pool_settings *s)
{
	char why[512] = "";
	struct text t = text_init(why, sizeof why);
	struct location_image image;
	struct snapshot snap;
	void *data;
	int r = read_snapshot(s, 0, &data, &snap, &t);

	if (r < 0) {
		fprintf(stderr, "snapshot %s: %s\n", s->snapshot, why);
	} else {
		printf("%s, serial %lld: %zu zones, %zu names, %zu IPv4 and "
		       "%zu IPv6 servers\n",
		       snap.head->origin,
		       (long long)(snap.head->built_ms / 1000), snap.n_zone,
		       snap.n_name, snap.n_addr4, snap.n_addr6);
		free(data);
	}
	t = text_init(why, sizeof why);
	if (!s->country_db)
		return r == 0;
	if (read_countries(s, &image, &t) < 0) {
		fprintf(stderr, "country-db %s\n", why);
		return false;
	}
	free(image.data);
	return r == 0;
}
