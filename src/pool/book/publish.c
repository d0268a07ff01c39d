/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/publish.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "pool/book/address.h"
#include "pool/book/deletion.h"
#include "pool/book/server.h"
#include "pool/store/setting.h"
#include "pool/store/zone.h"
#include "pool/zone/places.h"

/* --- servers ----------------------------------------------------------------- */

static int load_servers(struct publish *p, struct db *db, int64_t now_ms)
{
	struct db_rows rows;
	struct server s;

	server_ask_all(db, &rows);
	while (server_next(&rows, &s)) {
		struct zone_server z = {
			.id = s.id,
			.account_id = s.account_id,
			.weight = (double)s.kbit,
		};

		if (!server_is_active(&s, now_ms) ||
		    net_addr_parse(s.address, &z.addr) < 0)
			continue;
		p->server = array_grow(p->server, p->in.n_server,
				       &p->cap_server, sizeof *p->server);
		p->server[p->in.n_server++] = z;
	}
	p->in.server = p->server;
	return db_end(&rows);
}

static int by_id(const void *key, const void *element)
{
	int64_t id = *(const int64_t *)key;
	const struct zone_server *s = element;

	return (id > s->id) - (id < s->id);
}

/* --- zones --------------------------------------------------------------------- */

static enum zone_kind kind_of(const char *word)
{
	static const char *const kinds[] = {
		[ZONE_GLOBAL] = "global",   [ZONE_CONTINENT] = "continent",
		[ZONE_COUNTRY] = "country", [ZONE_CUSTOM] = "custom",
		[ZONE_VENDOR] = "vendor",
	};
	enum zone_kind kind = ZONE_GLOBAL;

	while (kind < ZONE_VENDOR && strcmp(kinds[kind], word) != 0)
		kind++;
	return kind;
}

static int index_of(const struct publish *p, int64_t zone_id)
{
	for (size_t i = 0; i < p->in.n_zone; i++)
		if (p->zone_id[i] == zone_id)
			return (int)i;
	return -1;
}

static void add_zone(struct publish *p, const struct zone_record *z,
		     enum zone_policy policy)
{
	struct zone_row row = {
		.kind = kind_of(z->kind),
		.parent = z->parent_id ? index_of(p, z->parent_id) : -1,
		.min_servers = (unsigned)z->min_servers,
		.max_hosts = (unsigned)z->max_hosts,
		.ttl_s = (unsigned)z->ttl_s,
		.min_kbit = (double)z->min_kbit,
		.policy = policy,
	};
	size_t n = p->in.n_zone, cap = p->cap_zone;

	memcpy(row.name, z->name, sizeof row.name);
	if (*z->policy)
		(void)zone_policy_find(z->policy, &row.policy);
	p->zone = array_grow(p->zone, n, &p->cap_zone, sizeof *p->zone);
	p->zone_id = array_grow(p->zone_id, n, &cap, sizeof *p->zone_id);
	p->zone[n] = row;
	p->zone_id[n] = z->id;
	p->in.zone = p->zone;
	p->in.n_zone++;
}

struct records {
	struct zone_record *list;
	size_t n, cap;
};

/* Those whose parent is in already, until no more come. */
static void add_zones(struct publish *p, struct records *all,
		      enum zone_policy policy)
{
	bool more = true;

	while (more) {
		more = false;
		for (size_t i = 0; i < all->n; i++) {
			struct zone_record *z = &all->list[i];

			if (!z->id ||
			    (z->parent_id && index_of(p, z->parent_id) < 0))
				continue;
			add_zone(p, z, policy);
			z->id = 0;
			more = true;
		}
	}
}

static int load_zones(struct publish *p, struct db *db,
		      const struct pool_settings *set)
{
	enum zone_policy policy = ZONE_LOCAL_FIRST;
	struct records all = {0};
	struct zone_record z;
	struct db_rows rows;
	int r;

	(void)zone_policy_find(set->zone_policy, &policy);
	zone_ask_all(db, &rows);
	while (zone_next(&rows, &z)) {
		all.list =
			array_grow(all.list, all.n, &all.cap, sizeof *all.list);
		all.list[all.n++] = z;
	}
	r = db_end(&rows);
	if (r >= 0)
		add_zones(p, &all, policy);
	free(all.list);
	return r;
}

/* Rows come by zone, then by server, as the indices of servers do. */
static int load_members(struct publish *p, struct db *db)
{
	size_t n = 0, *begin = xcalloc(p->in.n_zone + 1, sizeof *begin);
	int64_t zone_id, server_id;
	struct db_rows rows;
	int r;

	zone_ask_members(db, &rows);
	while (zone_member_next(&rows, &zone_id, &server_id)) {
		int zone = index_of(p, zone_id);
		const struct zone_server *s =
			p->server ? bsearch(&server_id, p->server,
					    p->in.n_server, sizeof *s, by_id)
				  : NULL;

		if (zone < 0 || !s)
			continue;
		if (p->zone[zone].n_member++ == 0)
			begin[zone] = n;
		p->member = array_grow(p->member, n, &p->cap_member,
				       sizeof *p->member);
		p->member[n++] = (uint32_t)(s - p->server);
	}
	r = db_end(&rows);
	for (size_t i = 0; i < p->in.n_zone; i++)
		p->zone[i].member =
			p->member ? p->member + begin[i] : p->member;
	free(begin);
	return r;
}

/* --- places ---------------------------------------------------------------------- */

static void add_place(struct publish *p, const struct net_addr *net,
		      unsigned prefix, int zone)
{
	if (zone < 0)
		return;
	p->place = array_grow(p->place, p->in.n_place, &p->cap_place,
			      sizeof *p->place);
	p->place[p->in.n_place++] = (struct zone_place){
		.net = *net, .prefix = prefix, .zone = zone};
	p->in.place = p->place;
}

struct asn_zones {
	struct asn_zone *list;
	size_t n, cap;
};

static void add_asn(struct publish *p, struct asn_zones *all,
		    const struct zone_rule *rule)
{
	struct asn_zone row = {.zone = index_of(p, rule->zone_id)};

	if (strcmp(rule->kind, "asn") != 0 || row.zone < 0 ||
	    asn_parse(rule->value, &row.asn) < 0)
		return;
	all->list = array_grow(all->list, all->n, &all->cap, sizeof row);
	all->list[all->n++] = row;
}

/* The networks of operators, of which some rules speak by number. */
static int load_asns(struct publish *p, struct db *db,
		     const struct pool_settings *set, struct text *why)
{
	struct asn_zones all = {0};
	struct zone_place *place = NULL;
	struct zone_rule rule;
	struct db_rows rows;
	size_t n = 0;
	int r;

	zone_ask_rules(db, &rows, 0);
	while (zone_rule_next(&rows, &rule))
		add_asn(p, &all, &rule);
	r = db_end(&rows);
	/* Without the database these rules say nothing; why tells. */
	if (all.n && set->asn_db &&
	    asn_places(set->asn_db, all.list, all.n, &place, &n, why) == 0)
		for (size_t i = 0; i < n; i++)
			add_place(p, &place[i].net, place[i].prefix,
				  place[i].zone);
	free(place);
	free(all.list);
	return r;
}

static int load_rules(struct publish *p, struct db *db)
{
	struct zone_rule rule;
	struct net_addr net;
	struct db_rows rows;
	unsigned prefix;

	/* After those of whole operators: of two for one network it counts. */
	zone_ask_rules(db, &rows, 0);
	while (zone_rule_next(&rows, &rule))
		if (strcmp(rule.kind, "subnet") == 0 &&
		    place_parse(rule.value, &net, &prefix) == 0)
			add_place(p, &net, prefix, index_of(p, rule.zone_id));
	return db_end(&rows);
}

static int zone_by_label(const struct publish *p, const char *name)
{
	for (size_t i = 0; i < p->in.n_zone; i++)
		if (strcmp(p->zone[i].name, name) == 0)
			return (int)i;
	return -1;
}

static void load_file(struct publish *p, const struct pool_settings *set,
		      struct text *why)
{
	struct place_file file;

	if (!set->places || place_file_read(set->places, &file, why) < 0)
		return;
	for (size_t i = 0; i < file.n; i++)
		add_place(p, &file.line[i].net, file.line[i].prefix,
			  zone_by_label(p, file.line[i].zone));
	place_file_done(&file);
}

/* --- all of it ---------------------------------------------------------------------- */

/* Where www leads to: the host of our pages, unless it is www or the origin itself. */
static void find_web(struct publish *p, const struct pool_settings *set)
{
	const char *host = strstr(set->web_url, "://");
	size_t len, domain = strlen(set->domain);

	if (!host)
		return;
	host += 3;
	len = strcspn(host, ":/");
	if (len >= sizeof p->web)
		return;
	memcpy(p->web, host, len);
	p->web[len] = '\0';
	if (address_is_name(p->web) && strcmp(p->web, set->domain) != 0 &&
	    !(strncmp(p->web, "www.", 4) == 0 && len == domain + 4 &&
	      strcmp(p->web + 4, set->domain) == 0))
		p->in.origin.web = p->web;
}

static void find_origin(struct publish *p, const struct pool_settings *set)
{
	struct zone_origin *o = &p->in.origin;

	o->name = set->domain;
	o->name_server = (const char *const *)set->name_servers;
	while (set->name_servers && set->name_servers[o->n_name_server])
		o->n_name_server++;
	o->contact = set->contact;
	o->ttl_s = set->dns_ttl_s;
	o->max_hosts = set->dns_max_hosts;
	o->min_servers = set->zone_min_servers;
	o->min_kbit = set->zone_min_kbit;
	find_web(p, set);
}

int publish_load(struct publish *p, struct db *db,
		 const struct pool_settings *set, int64_t now_ms,
		 struct text *why)
{
	int r;

	*p = (struct publish){
		.in.account_share = set->account_share,
		.in.prefix_share = set->prefix_share,
		/* 0 to 3 are dealt anew every day. */
		.in.seed = (uint64_t)(now_ms / DAY_MS),
		.in.now_ms = now_ms,
	};
	find_origin(p, set);
	/* What is added in between is missing in the later lists: that is all. */
	r = load_servers(p, db, now_ms);
	if (r >= 0)
		r = load_zones(p, db, set);
	if (r >= 0)
		r = load_members(p, db);
	if (r >= 0)
		r = load_asns(p, db, set, why);
	if (r >= 0)
		r = load_rules(p, db);
	if (r >= 0)
		load_file(p, set, why);
	else
		text_add(why, "%s", db_error(db));
	return r;
}

int publish_check(struct db *db, const struct pool_settings *set,
		  struct text *why)
{
	struct publish p = {0};
	int r;

	find_origin(&p, set);
	r = load_zones(&p, db, set);
	if (r < 0)
		text_add(why, "%s", db_error(db));
	else
		r = zone_check(&p.in, why);
	publish_done(&p);
	return r;
}

void publish_done(struct publish *p)
{
	free(p->server);
	free(p->zone);
	free(p->zone_id);
	free(p->member);
	free(p->place);
}

/* --- how it went -------------------------------------------------------------------- */

#define SETTING_BUILT "zones.built"
#define SETTING_WRONG "zones.wrong"
#define LATE_PERIODS 5

int publish_note(struct db *db, const struct publish_state *state)
{
	int r = setting_set_int(db, SETTING_BUILT, state->built_ms);

	return r < 0 ? r : setting_set(db, SETTING_WRONG, state->wrong);
}

int publish_last(struct db *db, struct publish_state *state)
{
	int r = setting_get_int(db, SETTING_BUILT, &state->built_ms);

	if (r >= 0)
		r = setting_get(db, SETTING_WRONG, state->wrong,
				sizeof state->wrong);
	return r < 0 ? r : 0;
}

bool publish_is_late(const struct publish_state *state,
		     const struct pool_settings *set, int64_t now_ms)
{
	int64_t period_ms = set->snapshot_period_s * INT64_C(1000);

	/* Shorter than a minute nobody has to be woken for. */
	if (period_ms < 60000)
		period_ms = 60000;
	return now_ms - state->built_ms > LATE_PERIODS * period_ms;
}

int publish_zones(struct db *db, const struct pool_settings *set,
		  const struct snapshot_key *key, int64_t now_ms,
		  struct text *why)
{
	struct snapshot_image image = {0};
	struct publish p;
	int n, r = publish_load(&p, db, set, now_ms, why);

	n = (int)p.in.n_server;
	if (r >= 0)
		r = zone_build(&p.in, &image, why);
	publish_done(&p);
	if (r < 0)
		return r;
	r = snapshot_write(set->snapshot, &image, key);
	if (r < 0)
		text_add(why, "%s: %s", set->snapshot, strerror(-r));
	snapshot_image_done(&image);
	return r < 0 ? r : n;
}
