/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/net_addr.h"
#include "base/text.h"
#include "pool/zone/location.h"
#include "pool/zone/zone.h"

/*
 * Where addresses are: countries of ISO 3166 with their continents, a country
 * database, and an operator's own list of networks.
 */

struct country {
	char code[3];          /* "de" */
	const char *continent; /* its zone: "europe" */
	const char *name;      /* "Germany" */
};

struct continent {
	const char *zone; /* "north-america" */
	const char *name; /* "North America" */
};

/** All of them, by code; *n says how many. */
const struct country *country_list(size_t *n);
const struct continent *continent_list(size_t *n);

/** code: two letters, any case; "uk" is "gb".  NULL: none of that code. */
const struct country *country_find(const char *code);

/* A database in MMDB format, as MaxMind, IPinfo and others give away. */
struct country_db;

/**
 * why: on failure, what is wrong, for a person.
 * Returns: 0, -ENOENT, -EACCES, -EBADMSG when it is not such a file.
 */
MUST_CHECK int country_db_open(const char *path, struct country_db **out,
			       struct text *why);

/** NULL does nothing. */
void country_db_close(struct country_db *db);

/**
 * The country of an address, from country.iso_code or country_code.  False when
 * it is not known there or is no country of our list; db may be NULL.
 */
bool country_db_find(struct country_db *db, const struct net_addr *addr,
		     char code[3]);

/**
 * All of a database as a map for fast look-ups: values are the place in
 * country_list() plus one.
 *
 * out: heap.  0, or -EBADMSG when the database is damaged.
 */
MUST_CHECK int country_db_map(struct country_db *db,
			      struct location_image *out);

/* A network operator whose clients belong to a zone. */
struct asn_zone {
	uint32_t asn;
	int zone; /* for zone_place.zone */
};

/**
 * The networks of some autonomous systems, from a database in MMDB format that
 * has autonomous_system_number.
 *
 * asn: the first of equal ones counts; at most 65,535.
 * out: heap, the caller frees; sorted by nothing in particular.
 * why: on failure, what is wrong, for a person.
 * Returns: 0, or as country_db_open().
 */
MUST_CHECK int asn_places(const char *path, const struct asn_zone *asn,
			  size_t n, struct zone_place **out, size_t *n_out,
			  struct text *why);

/** "64500" or "AS64500".  0 or -EINVAL. */
MUST_CHECK int asn_parse(const char *text, uint32_t *asn);

/* One line of the operator's list. */
struct place_line {
	struct net_addr net;
	unsigned prefix;
	char zone[64]; /* as written */
};

struct place_file {
	struct place_line *line; /* heap */
	size_t n;
};

/**
 * Read "CIDR zone" lines; # begins a comment.
 *
 * why: on failure the first line that is wrong, as "path:line: what".
 * Returns: 0 with *out to be ended by place_file_done(), -EINVAL, or another
 * -errno.
 */
MUST_CHECK int place_file_read(const char *path, struct place_file *out,
			       struct text *why);
void place_file_done(struct place_file *f);

/** "192.0.2.0/24", or an address alone; bits behind the prefix must be 0.  0 or -EINVAL. */
MUST_CHECK int place_parse(const char *cidr, struct net_addr *net,
			   unsigned *prefix);
