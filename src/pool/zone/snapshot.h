/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/net_addr.h"
#include "base/text.h"
#include "pool/zone/location.h"

/*
 * What poold hands to pooldns: one file that is used as it lies in memory.  It
 * ends with a checksum (BLAKE2b) and an Ed25519 signature of it, and everything
 * in it is checked once when it is read, so that answering checks nothing.
 */

/* --- what is in it ----------------------------------------------------------- */

#define SNAPSHOT_VERSION 1
#define SNAPSHOT_MAX (256 << 20) /* octets; longer files are refused */

/* Shares are counted in parts of one address of an answer. */
#define SNAPSHOT_ONE (1U << 28)
#define SNAPSHOT_HOSTS_MAX 8 /* addresses of one answer */

/* The plain name of a zone, and 0 to 3 before it. */
#define SNAPSHOT_SUBSETS 5
#define SNAPSHOT_ALL 4

enum { SNAPSHOT_V4, SNAPSHOT_V6, SNAPSHOT_FAMILIES };

/*
 * Some entries: entry i is in as many answers as its part of the way from
 * end[first + i - 1] (0 for the first) to end[first + i], in SNAPSHOT_ONE, says.
 * No part is longer than SNAPSHOT_ONE, all together are at most max_hosts long.
 */
struct snapshot_list {
	uint32_t first, n;
};

struct snapshot_zone {
	char name[64];  /* "@", "europe", "de" */
	int32_t parent; /* index, -1: none */
	uint32_t kind;  /* enum zone_kind */
	uint32_t ttl_s, max_hosts;
	uint32_t own[SNAPSHOT_FAMILIES]; /* servers of its own */
	struct snapshot_list list[SNAPSHOT_FAMILIES][SNAPSHOT_SUBSETS];
};

enum snapshot_name_kind {
	SNAPSHOT_NAME_ZONE, /* target: index of the zone */
	SNAPSHOT_NAME_GEO,  /* what the origin itself says: a vendor's name */
	SNAPSHOT_NAME_HOST, /* a name server in the origin; target: its index */
	SNAPSHOT_NAME_WEB,  /* www */
	SNAPSHOT_NAME_KINDS
};

/* What stands one label before the origin; sorted by name. */
struct snapshot_name {
	char name[64];
	uint32_t kind, target;
};

#define SNAPSHOT_HOST_ADDRS 8

struct snapshot_host {
	char name[256]; /* in full */
	uint32_t n_addr;
	struct {
		uint32_t family; /* enum above */
		uint8_t ip[16];
	} addr[SNAPSHOT_HOST_ADDRS];
};

#define SNAPSHOT_COUNTRIES (26 * 26)

struct snapshot_head {
	char magic[8];
	uint32_t byte_order, version;
	uint64_t len;     /* of the whole file */
	int64_t built_ms; /* since 1970 UTC */
	uint32_t ttl_s, max_hosts;
	char origin[256], contact[256], web[256]; /* contact: mail address */
	/* "ab" is [1]; the zone of a client there, of its continent, or 0 */
	uint16_t country[SNAPSHOT_COUNTRIES];
	struct {
		uint64_t at, n;
	} section[8];
};

/* A snapshot, checked; everything points into data. */
struct snapshot {
	const void *data;
	size_t len;
	const struct snapshot_head *head;
	const struct snapshot_zone *zone; /* [0] is the global one */
	size_t n_zone;
	const struct snapshot_name *name;
	size_t n_name;
	const struct snapshot_host *host;
	size_t n_host;
	const uint32_t *end,
		*server; /* entries; server: index into addr4 or 6 */
	size_t n_entry;
	const uint8_t (*addr4)[4], (*addr6)[16];
	size_t n_addr4, n_addr6;
	struct location_map place; /* value: index of a zone plus one */
};

/** What stands before the origin, or NULL. */
const struct snapshot_name *snapshot_find(const struct snapshot *s,
					  const char *name);

/** The zone of an ISO code (lower case), of its continent, or the global one. */
uint16_t snapshot_country(const struct snapshot *s, const char code[3]);

/**
 * Draw addresses from a list: the random number decides where on the list the
 * first stands, the others follow at equal distances, and who is named first.
 *
 * out: room for SNAPSHOT_HOSTS_MAX; indices into the family's addresses.
 * Returns: how many.
 */
unsigned snapshot_draw(const struct snapshot *snap,
		       const struct snapshot_list *list, unsigned max_hosts,
		       uint64_t random, uint32_t *out);

/* --- reading ----------------------------------------------------------------- */

/* Whom to believe, and what not to fall back behind. */
struct snapshot_trust {
	const uint8_t *public; /* key; NULL: whoever wrote the file */
	int64_t now_ms;        /* this machine's clock */
	int64_t newer_than_ms; /* built_ms of the one in use; 0: none yet */
};

#define SNAPSHOT_AHEAD_MS INT64_C(86400000)

/**
 * Check everything that answering relies on.
 *
 * data: aligned to 16 octets, borrowed for the life of *out.
 * trust: NULL: it was checked before, only find the parts.
 * why: on failure what is wrong, for a person.
 *
 * A snapshot from more than SNAPSHOT_AHEAD_MS in the future is refused while
 * there is another one; without one it is used, as the clock of this machine
 * may be what is wrong and cannot be set without DNS.
 *
 * Returns: 0, -EBADMSG: cut short, damaged or malformed; -EPROTO: of another
 * version or byte order; -EKEYREJECTED: not signed by this key; -ETIME: from
 * the future; -ESTALE: older than the one in use; -EALREADY: the same.
 */
MUST_CHECK int snapshot_open(const void *data, size_t len,
			     const struct snapshot_trust *trust,
			     struct snapshot *out, struct text *why);

/**
 * Read a file and check it.  *data: heap, the caller frees it after the last
 * use of *out.  Besides, errors as from open(2), -EFBIG.
 */
MUST_CHECK int snapshot_read(const char *path,
			     const struct snapshot_trust *trust, void **data,
			     struct snapshot *out, struct text *why);

/* --- making one -------------------------------------------------------------- */

struct snapshot_image {
	uint8_t *data;
	size_t len;
};

void snapshot_image_done(struct snapshot_image *image);

#define SNAPSHOT_SECRET_LEN 64
#define SNAPSHOT_PUBLIC_LEN 32

/* Who made it.  Files hold one line of hexadecimal digits. */
struct snapshot_key {
	uint8_t secret[SNAPSHOT_SECRET_LEN];
	uint8_t public[SNAPSHOT_PUBLIC_LEN];
};

/** A new pair, written to two files, of which the secret one has mode 0600. */
MUST_CHECK int snapshot_key_make(const char *secret_path,
				 const char *public_path);

/** Both halves, or only the public one.  0, -EINVAL for a strange file, or another -errno. */
MUST_CHECK int snapshot_key_read(const char *secret_path,
				 struct snapshot_key *out);
MUST_CHECK int snapshot_public_read(const char *public_path,
				    uint8_t out[SNAPSHOT_PUBLIC_LEN]);

/** Add checksum and signature; key NULL leaves the signature out. */
void snapshot_sign(struct snapshot_image *image,
		   const struct snapshot_key *key);

/** Sign and replace the file, whole or not at all.  0 or -errno. */
MUST_CHECK int snapshot_write(const char *path, struct snapshot_image *image,
			      const struct snapshot_key *key);
