/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/zones.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "pool/book/change.h"
#include "pool/book/publish.h"
#include "pool/zone/build.h"
#include "pool/zone/places.h"

#define DEPTH_MAX 8 /* zones above each other */

/* --- the world ---------------------------------------------------------------- */

/* The id of the zone of that name, made when it is not there. */
static int seed(struct db *db, const char *name, const char *title,
		const char *kind, int64_t parent_id, int64_t *id)
{
	struct zone_record z;
	int r = zone_by_name(db, name, &z);

	if (r > 0)
		*id = z.id;
	if (r != 0)
		return r < 0 ? r : 0;
	z = (struct zone_record){.parent_id = parent_id};
	snprintf(z.name, sizeof z.name, "%s", name);
	snprintf(z.title, sizeof z.title, "%s", title);
	snprintf(z.kind, sizeof z.kind, "%s", kind);
	return zone_insert(db, &z, id);
}

static int seed_all(struct db *db)
{
	size_t n, n_country;
	const struct continent *continent = continent_list(&n);
	const struct country *country = country_list(&n_country);
	int64_t global = 0, parent = 0, id = 0;
	int r = seed(db, "@", "Global", "global", 0, &global);

	for (size_t i = 0; i < n && r == 0; i++) {
		r = seed(db, continent[i].zone, continent[i].name, "continent",
			 global, &parent);
		for (size_t j = 0; j < n_country && r == 0; j++)
			if (strcmp(country[j].continent, continent[i].zone) ==
			    0)
				r = seed(db, country[j].code, country[j].name,
					 "country", parent, &id);
	}
	return r;
}

int zones_seed(struct db *db)
{
	int r = db_begin(db);

	if (r < 0)
		return r;
	r = seed_all(db);
	if (r < 0) {
		db_rollback(db);
		return r;
	}
	return db_commit(db);
}

enum book_verdict zones_country(struct db *db, const char *typed,
				char country[COUNTRY_LEN])
{
	const struct country *c;
	struct zone_record z;
	int r;

	if (*typed == '\0') {
		country[0] = '\0';
		return BOOK_OK;
	}
	c = country_find(typed);
	if (!c)
		return BOOK_BAD_COUNTRY;
	r = zone_by_name(db, c->code, &z);
	if (r <= 0)
		return r < 0 ? BOOK_STORE : BOOK_BAD_COUNTRY;
	snprintf(country, COUNTRY_LEN, "%s", c->code);
	return BOOK_OK;
}

/* --- who is where ---------------------------------------------------------------- */

bool zones_subnet_has(const char *cidr, const char *address)
{
	struct net_addr net, addr;
	unsigned prefix;

	return place_parse(cidr, &net, &prefix) == 0 &&
	       net_addr_parse(address, &addr) == 0 &&
	       net_addr_same_prefix(&net, &addr, prefix);
}

/* Into a zone and all above it. */
static int place_up(struct db *db, int64_t zone_id, int64_t server_id)
{
	struct zone_record z = {.parent_id = zone_id};
	int r = 0;

	for (int depth = 0; depth < DEPTH_MAX && z.parent_id && r >= 0;
	     depth++) {
		r = zone_by_id(db, z.parent_id, &z);
		if (r == 0)
			return -ENOENT;
		if (r > 0)
			r = zone_put_server(db, z.id, server_id);
	}
	return r < 0 ? r : 0;
}

static int place_by_name(struct db *db, const char *name, int64_t server_id)
{
	struct zone_record z;
	int r = zone_by_name(db, name, &z);

	if (r > 0)
		r = place_up(db, z.id, server_id);
	return r < 0 ? r : 0;
}

static int place_by_rules(struct db *db, const struct server *s)
{
	struct zone_rule rule;
	struct db_rows rows;
	int64_t *zone = NULL;
	size_t n = 0, cap = 0;
	int r;

	zone_ask_rules(db, &rows, 0);
	while (zone_rule_next(&rows, &rule)) {
		if (strcmp(rule.kind, "subnet") != 0 ||
		    !zones_subnet_has(rule.value, s->address))
			continue;
		zone = array_grow(zone, n, &cap, sizeof *zone);
		zone[n++] = rule.zone_id;
	}
	r = db_end(&rows);
	for (size_t i = 0; i < n && r >= 0; i++)
		r = place_up(db, zone[i], s->id);
	free(zone);
	return r;
}

int zones_place(struct db *db, const struct server *s)
{
	int r = zone_clear_server(db, s->id);

	if (r >= 0)
		r = place_by_name(db, "@", s->id);
	if (r >= 0 && *s->country)
		r = place_by_name(db, s->country, s->id);
	if (r >= 0)
		r = place_by_rules(db, s);
	return r;
}

int zones_place_all(struct db *db)
{
	struct server s, *all = NULL;
	size_t n = 0, cap = 0;
	struct db_rows rows;
	int r;

	server_ask_all(db, &rows);
	while (server_next(&rows, &s)) {
		all = array_grow(all, n, &cap, sizeof *all);
		all[n++] = s;
	}
	r = db_end(&rows);
	for (size_t i = 0; i < n && r >= 0; i++)
		r = zones_place(db, &all[i]);
	free(all);
	return r;
}

/* --- the operator's zones ---------------------------------------------------------- */

/* What can be a label of the DNS and is no number, as 0 to 3 have a meaning. */
static bool is_zone_name(const char *name)
{
	size_t len = strlen(name);
	bool letter = false;

	if (len == 0 || len > 63 || name[0] == '-' || name[len - 1] == '-')
		return false;
	for (const char *s = name; *s; s++) {
		if (!islower((unsigned char)*s) &&
		    !isdigit((unsigned char)*s) && *s != '-')
			return false;
		letter |= islower((unsigned char)*s) != 0;
	}
	return letter;
}

/*
 * What the DNS or a visitor takes for something else: the pages, and "uk", as
 * the pool of old calls gb.
 */
static bool is_reserved(const char *name)
{
	const struct country *c = country_find(name);

	return strcmp(name, "www") == 0 || (c && strcmp(c->code, name) != 0);
}

static bool is_own(const struct zone_record *z)
{
	return strcmp(z->kind, "custom") == 0 || strcmp(z->kind, "vendor") == 0;
}

/* Do its parents end at the global zone, without it among them? */
static enum book_verdict check_parents(struct db *db,
				       const struct zone_record *z)
{
	bool vendor = strcmp(z->kind, "vendor") == 0;
	struct zone_record up = *z;

	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		int r;

		if (!up.parent_id)
			return strcmp(up.kind, "global") == 0 ? BOOK_OK
							      : BOOK_BAD_PARENT;
		r = zone_by_id(db, up.parent_id, &up);
		if (r <= 0)
			return r < 0 ? BOOK_STORE : BOOK_BAD_PARENT;
		/* A vendor's name says what the origin says: no tree. */
		if (up.id == z->id || strcmp(up.kind, "vendor") == 0 ||
		    (vendor && strcmp(up.kind, "global") != 0))
			return BOOK_BAD_PARENT;
	}
	return BOOK_BAD_PARENT;
}

static enum book_verdict check(struct db *db, const struct zone_record *z)
{
	enum zone_policy policy;

	if (!*z->title)
		return BOOK_MISSING;
	if (!change_text_ok(z->title, sizeof z->title))
		return BOOK_BAD_TEXT;
	if (z->min_servers < 0 || z->min_kbit < 0 || z->max_hosts < 0 ||
	    z->max_hosts > 8 || z->ttl_s < 0 ||
	    (z->ttl_s > 0 && z->ttl_s < 30) || z->ttl_s > 86400)
		return BOOK_BAD_LIMITS;
	if (*z->policy && !zone_policy_find(z->policy, &policy))
		return BOOK_BAD_LIMITS;
	return check_parents(db, z);
}

/* After the change and before it is kept: one bad name would stop all zones. */
static enum book_verdict check_build(struct db *db,
				     const struct pool_settings *set)
{
	char why[256];
	struct text t = text_init(why, sizeof why);
	int r = publish_check(db, set, &t);

	return r == 0 ? BOOK_OK : r == -EINVAL ? BOOK_TAKEN : BOOK_STORE;
}

static void describe(struct json *j, const char *name,
		     const struct zone_record *z)
{
	json_object(j, name);
	json_text(j, "name", z->name);
	json_text(j, "title", z->title);
	json_text(j, "kind", z->kind);
	json_int(j, "parent", z->parent_id);
	json_int(j, "min_servers", z->min_servers);
	json_int(j, "min_kbit", z->min_kbit);
	json_int(j, "max_hosts", z->max_hosts);
	json_int(j, "ttl_s", z->ttl_s);
	json_text(j, "policy", z->policy);
	json_end_object(j);
}

enum book_verdict book_zone_add(struct db *db, const struct pool_settings *set,
				const struct actor *who,
				const struct zone_record *z, int64_t now_ms,
				int64_t *id)
{
	struct change c;
	enum book_verdict v;
	int r;

	if (!who->staff)
		return BOOK_DENIED;
	if (!is_own(z))
		return BOOK_BAD_KIND;
	if (!is_zone_name(z->name))
		return BOOK_BAD_ZONE;
	if (is_reserved(z->name))
		return BOOK_TAKEN;
	v = change_open(&c, db, who, now_ms);
	if (v != BOOK_OK)
		return v;
	v = check(db, z);
	if (v != BOOK_OK)
		return change_refuse(&c, v);
	describe(&c.detail, "is", z);
	r = zone_insert(db, z, id);
	if (r >= 0)
		v = check_build(db, set);
	if (v != BOOK_OK)
		return change_refuse(&c, v);
	return change_end_zones(&c, r, "zone.add");
}

enum book_verdict book_zone_change(struct db *db, const struct actor *who,
				   const struct zone_record *z, int64_t now_ms)
{
	struct change c;
	struct zone_record was, is = *z;
	enum book_verdict v;
	int r;

	if (!who->staff)
		return BOOK_DENIED;
	v = change_open(&c, db, who, now_ms);
	if (v != BOOK_OK)
		return v;
	r = zone_by_id(db, z->id, &was);
	if (r <= 0)
		return change_refuse(&c, r < 0 ? BOOK_STORE : BOOK_UNKNOWN);
	memcpy(is.kind, was.kind, sizeof is.kind);
	memcpy(is.name, was.name, sizeof is.name);
	if (!is_own(&was))
		is.parent_id = was.parent_id;
	v = check(db, &is);
	if (v != BOOK_OK)
		return change_refuse(&c, v);
	describe(&c.detail, "was", &was);
	describe(&c.detail, "is", &is);
	r = zone_update(db, &is);
	if (r >= 0 && is.parent_id != was.parent_id)
		r = zones_place_all(db);
	return change_end_zones(&c, r, "zone.change");
}

enum book_verdict book_zone_remove(struct db *db, const struct actor *who,
				   int64_t id, int64_t now_ms)
{
	struct change c;
	struct zone_record z;
	enum book_verdict v;
	int r;

	if (!who->staff)
		return BOOK_DENIED;
	v = change_open(&c, db, who, now_ms);
	if (v != BOOK_OK)
		return v;
	r = zone_by_id(db, id, &z);
	if (r <= 0)
		return change_refuse(&c, r < 0 ? BOOK_STORE : BOOK_UNKNOWN);
	if (!is_own(&z))
		return change_refuse(&c, BOOK_FIXED_ZONE);
	describe(&c.detail, "was", &z);
	r = zone_delete(db, id);
	if (r == -EBUSY)
		return change_refuse(&c, BOOK_IN_USE);
	if (r >= 0)
		r = zones_place_all(db);
	return change_end_zones(&c, r, "zone.remove");
}

static bool rule_ok(const struct zone_rule *r)
{
	struct net_addr net;
	unsigned prefix;
	long asn;

	if (strcmp(r->kind, "subnet") == 0)
		return place_parse(r->value, &net, &prefix) == 0;
	return strcmp(r->kind, "asn") == 0 &&
	       text_to_int(r->value, 1, UINT32_MAX, &asn) == 0;
}

enum book_verdict book_zone_rule_add(struct db *db, const struct actor *who,
				     const struct zone_rule *rule,
				     int64_t now_ms, int64_t *id)
{
	struct change c;
	struct zone_record z;
	enum book_verdict v;
	int r;

	if (!who->staff)
		return BOOK_DENIED;
	if (!rule_ok(rule))
		return BOOK_BAD_RULE;
	v = change_open(&c, db, who, now_ms);
	if (v != BOOK_OK)
		return v;
	r = zone_by_id(db, rule->zone_id, &z);
	if (r <= 0)
		return change_refuse(&c, r < 0 ? BOOK_STORE : BOOK_UNKNOWN);
	if (strcmp(z.kind, "custom") != 0)
		return change_refuse(&c, BOOK_FIXED_ZONE);
	json_text(&c.detail, "zone", z.name);
	json_text(&c.detail, rule->kind, rule->value);
	r = zone_rule_insert(db, rule, id);
	if (r >= 0)
		r = zones_place_all(db);
	return change_end_zones(&c, r, "zone.rule.add");
}

enum book_verdict book_zone_rule_remove(struct db *db, const struct actor *who,
					int64_t rule_id, int64_t zone_id,
					int64_t now_ms)
{
	struct change c;
	enum book_verdict v;
	int r;

	if (!who->staff)
		return BOOK_DENIED;
	v = change_open(&c, db, who, now_ms);
	if (v != BOOK_OK)
		return v;
	json_int(&c.detail, "rule", rule_id);
	json_int(&c.detail, "zone", zone_id);
	r = zone_rule_delete(db, rule_id);
	if (r == -ENOENT)
		return change_refuse(&c, BOOK_UNKNOWN);
	if (r >= 0)
		r = zones_place_all(db);
	return change_end_zones(&c, r, "zone.rule.remove");
}
