/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <maxminddb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "os/udp.h"
#include "pool/zone/places.h"

struct country_db {
	MMDB_s mmdb;
};

static int open_error(int status)
{
	if (status == MMDB_FILE_OPEN_ERROR)
		return errno == EACCES ? -EACCES : -ENOENT;
	return status == MMDB_OUT_OF_MEMORY_ERROR ? -ENOMEM : -EBADMSG;
}

int country_db_open(const char *path, struct country_db **out, struct text *why)
{
	struct country_db *db = xcalloc(1, sizeof *db);
	int status = MMDB_open(path, MMDB_MODE_MMAP, &db->mmdb);
	int r;

	if (status == MMDB_SUCCESS) {
		*out = db;
		return 0;
	}
	r = open_error(status);
	text_add(why, "%s: %s", path,
		 r == -EBADMSG ? "this is not a database in MMDB format"
			       : strerror(-r));
	free(db);
	return r;
}

void country_db_close(struct country_db *db)
{
	if (db)
		MMDB_close(&db->mmdb);
	free(db);
}

/* The code in a record, in either of the two forms that are about. */
static const struct country *read_country(MMDB_entry_s *entry)
{
	MMDB_entry_data_s data;
	char code[3] = "";

	if (MMDB_get_value(entry, &data, "country", "iso_code", (char *)NULL) !=
		    MMDB_SUCCESS &&
	    MMDB_get_value(entry, &data, "country_code", (char *)NULL) !=
		    MMDB_SUCCESS)
		return NULL;
	if (!data.has_data || data.type != MMDB_DATA_TYPE_UTF8_STRING ||
	    data.data_size != 2)
		return NULL;
	memcpy(code, data.utf8_string, 2);
	return country_find(code);
}

bool country_db_find(struct country_db *db, const struct net_addr *addr,
		     char code[3])
{
	struct sockaddr_storage sa;
	MMDB_lookup_result_s found;
	const struct country *country;
	int error;

	if (!db || (addr->family != AF_INET && addr->family != AF_INET6))
		return false;
	os_sockaddr_from(addr, &sa);
	found = MMDB_lookup_sockaddr(&db->mmdb, (const struct sockaddr *)&sa,
				     &error);
	if (error != MMDB_SUCCESS || !found.found_entry)
		return false;
	country = read_country(&found.entry);
	if (country)
		memcpy(code, country->code, sizeof country->code);
	return country != NULL;
}

/* --- all of it --------------------------------------------------------------- */

/* On the way through the tree of a database. */
struct walk {
	const MMDB_s *mmdb;
	/* The value of a record; 0: of no interest. */
	uint16_t (*value)(struct walk *w, MMDB_entry_s *entry);
	const struct asn_zone *asn; /* for value_of_asn() */
	size_t n_asn;
	/* The record looked at last: neighbours are often the same. */
	bool looked;
	uint32_t offset;
	uint16_t last;
	struct location_net *net;
	size_t n, cap;
	uint8_t ip[16];
	uint16_t family;
	unsigned bits;       /* of an address of this family */
	uint64_t steps_left; /* a file whose tree has loops ends somewhere */
};

static uint16_t value_of_country(struct walk *w, MMDB_entry_s *entry)
{
	const struct country *country = read_country(entry);
	size_t n;

	(void)w;
	return country ? (uint16_t)(1 + country - country_list(&n)) : 0;
}

static uint16_t value_of_asn(struct walk *w, MMDB_entry_s *entry)
{
	MMDB_entry_data_s data;

	if (MMDB_get_value(entry, &data, "autonomous_system_number",
			   (char *)NULL) != MMDB_SUCCESS ||
	    !data.has_data || data.type != MMDB_DATA_TYPE_UINT32)
		return 0;
	for (size_t i = 0; i < w->n_asn; i++)
		if (w->asn[i].asn == data.uint32)
			return (uint16_t)(i + 1);
	return 0;
}

static uint16_t value_of(struct walk *w, MMDB_entry_s *entry)
{
	if (!w->looked || w->offset != entry->offset)
		w->last = w->value(w, entry);
	w->looked = true;
	w->offset = entry->offset;
	return w->last;
}

static void found_entry(struct walk *w, unsigned depth, MMDB_entry_s *entry)
{
	struct location_net net = {
		.net.family = w->family,
		.prefix = depth,
		.value = value_of(w, entry),
	};

	if (!net.value)
		return;
	memcpy(net.net.ip, w->ip, w->bits / 8);
	w->net = array_grow(w->net, w->n, &w->cap, sizeof *w->net);
	w->net[w->n++] = net;
}

/* The alias of the IPv4 part inside IPv6 (::/96, 2002::/16 ...) is not walked. */
static bool is_ipv4(const struct walk *w, uint64_t node)
{
	const MMDB_ipv4_start_node_s *v4 = &w->mmdb->ipv4_start_node;

	return w->family == AF_INET6 && v4->node_value == node &&
	       v4->netmask > 0;
}

static int walk(struct walk *w, uint64_t node, unsigned depth)
{
	MMDB_search_node_s n;
	int r = 0;

	if (depth >= w->bits || w->steps_left-- == 0 ||
	    MMDB_read_node(w->mmdb, (uint32_t)node, &n) != MMDB_SUCCESS)
		return -EBADMSG;
	for (int side = 0; side < 2 && r == 0; side++) {
		uint64_t to = side ? n.right_record : n.left_record;
		uint8_t type = side ? n.right_record_type : n.left_record_type;

		if (side)
			w->ip[depth / 8] |= (uint8_t)(0x80 >> depth % 8);
		if (type == MMDB_RECORD_TYPE_DATA)
			found_entry(w, depth + 1,
				    side ? &n.right_record_entry
					 : &n.left_record_entry);
		else if (type == MMDB_RECORD_TYPE_SEARCH_NODE &&
			 !is_ipv4(w, to))
			r = walk(w, to, depth + 1);
	}
	w->ip[depth / 8] &= (uint8_t) ~(0x80 >> depth % 8);
	return r;
}

static int walk_family(struct walk *w, uint16_t family)
{
	const MMDB_s *mmdb = w->mmdb;
	bool v6_tree = mmdb->metadata.ip_version == 6;

	memset(w->ip, 0, sizeof w->ip);
	w->family = family;
	w->bits = family == AF_INET ? 32 : 128;
	w->steps_left = 2 * (uint64_t)mmdb->metadata.node_count + 2;
	if (family == AF_INET6)
		return v6_tree ? walk(w, 0, 0) : 0;
	if (!v6_tree)
		return walk(w, 0, 0);
	/* The IPv4 part may end before its first bit: then it is one record. */
	if (mmdb->ipv4_start_node.node_value >= mmdb->metadata.node_count)
		return 0;
	return walk(w, mmdb->ipv4_start_node.node_value, 0);
}

static int walk_all(struct walk *w)
{
	int r = walk_family(w, AF_INET);

	return r < 0 ? r : walk_family(w, AF_INET6);
}

int country_db_map(struct country_db *db, struct location_image *out)
{
	struct walk w = {.mmdb = &db->mmdb, .value = value_of_country};
	int r = walk_all(&w);

	if (r == 0)
		*out = location_image_make(w.net, w.n);
	free(w.net);
	return r;
}

int asn_places(const char *path, const struct asn_zone *asn, size_t n,
	       struct zone_place **out, size_t *n_out, struct text *why)
{
	struct country_db *db;
	struct walk w = {.value = value_of_asn, .asn = asn, .n_asn = n};
	struct zone_place *place;
	int r = country_db_open(path, &db, why);

	if (r < 0)
		return r;
	w.mmdb = &db->mmdb;
	r = walk_all(&w);
	if (r < 0) {
		text_add(why, "%s: damaged", path);
	} else {
		place = xcalloc(w.n + 1, sizeof *place);
		for (size_t i = 0; i < w.n; i++)
			place[i] = (struct zone_place){
				w.net[i].net, w.net[i].prefix,
				asn[w.net[i].value - 1].zone};
		*out = place;
		*n_out = w.n;
	}
	free(w.net);
	country_db_close(db);
	return r;
}
