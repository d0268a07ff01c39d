/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/zone/build.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/container.h"
#include "pool/zone/lists.h"
#include "pool/zone/places.h"
#include "pool/zone/snapshot_file.h"
#include "wire/dns_message.h"

bool zone_policy_find(const char *name, enum zone_policy *out)
{
	static const char *const names[] = {
		[ZONE_STRICT] = "strict",
		[ZONE_LOCAL_FIRST] = "local-first",
		[ZONE_CLASSIC] = "classic",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(name, names[i]) == 0) {
			*out = (enum zone_policy)i;
			return true;
		}
	return false;
}

/* --- is the input right? ----------------------------------------------------- */

static int wrong(struct text *why, const char *what, const char *name)
{
	text_add(why, "%s: %s", name, what);
	return -EINVAL;
}

static bool is_label(const char *name)
{
	struct dns_name dns;

	char text[DNS_NAME_TEXT_LEN];

	/* As it comes back: lower case, one label. */
	return name[0] && !strchr(name, '.') &&
	       dns_name_from_text(name, &dns) == 0 &&
	       strcmp(dns_name_to_text(&dns, text), name) == 0;
}

static int check_zone(const struct zone_input *in, size_t i, struct text *why)
{
	const struct zone_row *z = &in->zone[i];

	if (memchr(z->name, '\0', sizeof z->name) == NULL)
		return wrong(why, "a zone's name is too long", "zone");
	if ((i == 0) != (z->kind == ZONE_GLOBAL))
		return wrong(why,
			     "the first zone, and no other, is the global "
			     "one",
			     z->name);
	if (i > 0 && !is_label(z->name))
		return wrong(why, "not a name that DNS can carry", z->name);
	if (i > 0 &&
	    (z->name[0] == '_' || (strchr("0123", z->name[0]) && !z->name[1])))
		return wrong(why,
			     "0 to 3, and what begins with _, have a "
			     "meaning of their own",
			     z->name);
	if (i == 0 && z->parent >= 0)
		return wrong(why, "the global zone has no parent", z->name);
	if (i > 0 && (z->parent < 0 || (size_t)z->parent >= i ||
		      in->zone[z->parent].kind == ZONE_VENDOR))
		return wrong(why, "its parent has to come before it", z->name);
	for (size_t m = 0; m < z->n_member; m++)
		if (z->member[m] >= in->n_server)
			return wrong(why, "has a server that is not there",
				     z->name);
	return 0;
}

static int check_input(const struct zone_input *in, struct text *why)
{
	int r = 0;

	if (in->n_zone == 0 || in->n_zone > SNAPSHOT_ZONES_MAX)
		return wrong(why, "none, or far too many", "zones");
	for (size_t i = 0; i < in->n_zone && r == 0; i++)
		r = check_zone(in, i, why);
	for (size_t i = 0; i < in->n_server && r == 0; i++)
		if (net_addr_len(&in->server[i].addr) == 0 ||
		    !isfinite(in->server[i].weight))
			r = wrong(why, "one has no address or no weight",
				  "servers");
	for (size_t i = 0; i < in->n_place && r == 0; i++)
		if (in->place[i].zone < 0 ||
		    (size_t)in->place[i].zone >= in->n_zone ||
		    in->place[i].prefix > 8 * net_addr_len(&in->place[i].net))
			r = wrong(why, "one leads nowhere", "places");
	return r;
}

/* --- parts ------------------------------------------------------------------- */

static int copy_name(char *to, size_t cap, const char *name, const char *what,
		     struct text *why)
{
	struct dns_name dns;

	char text[DNS_NAME_TEXT_LEN];

	if (dns_name_from_text(name, &dns) < 0 || dns.len == 1 ||
	    strlen(dns_name_to_text(&dns, text)) >= cap)
		return wrong(why, "not a name that DNS can carry", what);
	memcpy(to, text, strlen(text) + 1); /* in lower case */
	return 0;
}

/* "hostmaster@example.org" */
static int copy_contact(struct snapshot_head *head, const char *mail,
			struct text *why)
{
	struct text t = text_init(head->contact, sizeof head->contact);
	const char *at = mail ? strrchr(mail, '@') : NULL;
	struct dns_name dns;

	if (!mail || !mail[0]) {
		text_add(&t, "hostmaster@%s", head->origin);
		return t.full ? wrong(why, "too long", "contact") : 0;
	}
	text_add(&t, "%s", mail);
	if (!at || at == mail || at - mail > DNS_LABEL_MAX || t.full ||
	    dns_name_from_text(at + 1, &dns) < 0)
		return wrong(why, "not a mail address", mail);
	return 0;
}

static int make_head(const struct zone_input *in, struct snapshot_head *head,
		     struct text *why)
{
	const struct zone_origin *o = &in->origin;
	int r = copy_name(head->origin, sizeof head->origin, o->name, "domain",
			  why);

	if (r == 0)
		r = copy_contact(head, o->contact, why);
	if (r == 0 && o->web)
		r = copy_name(head->web, sizeof head->web, o->web, "web", why);
	head->built_ms = in->now_ms;
	head->ttl_s = o->ttl_s ? o->ttl_s : 150;
	head->max_hosts = zone_max_hosts(in, &in->zone[0]);
	return r;
}

static int find_zone(const struct zone_input *in, const char *name)
{
	for (size_t i = 0; i < in->n_zone; i++)
		if (in->zone[i].kind != ZONE_VENDOR &&
		    strcmp(in->zone[i].name, name) == 0)
			return (int)i;
	return -1;
}

/* A country without a zone is in its continent's, or else in the global one. */
static void make_countries(const struct zone_input *in,
			   struct snapshot_head *head)
{
	size_t n;
	const struct country *list = country_list(&n);

	for (size_t i = 0; i < n; i++) {
		const char *code = list[i].code;
		int zone = find_zone(in, code);

		if (zone < 0 && strcmp(code, "gb") == 0)
			zone = find_zone(in, "uk");
		if (zone < 0)
			zone = find_zone(in, list[i].continent);
		head->country[26 * (code[0] - 'a') + code[1] - 'a'] =
			(uint16_t)(zone < 0 ? 0 : zone);
	}
}

/* "ns1.pool.example.org=192.0.2.1,2001:db8::1" */
static int make_host(const char *text, struct snapshot_host *host,
		     struct text *why)
{
	char *copy = xstrdup(text), *rest = copy, *addr;
	char *name = strsep(&rest, "=");
	int r = copy_name(host->name, sizeof host->name, name, text, why);

	while (r == 0 && (addr = strsep(&rest, ","))) {
		struct net_addr a;
		size_t n = host->n_addr;

		if (n == SNAPSHOT_HOST_ADDRS || net_addr_parse(addr, &a) < 0) {
			r = wrong(why, "an address is wrong, or too many",
				  text);
			break;
		}
		host->addr[n].family =
			a.family == AF_INET ? SNAPSHOT_V4 : SNAPSHOT_V6;
		memcpy(host->addr[n].ip, a.ip, sizeof a.ip);
		host->n_addr++;
	}
	free(copy);
	return r;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct snapshot_name *)a)->name,
		      ((const struct snapshot_name *)b)->name);
}

struct names {
	struct snapshot_name *name;
	size_t n, cap;
};

static void add_name(struct names *names, const char *name,
		     enum snapshot_name_kind kind, size_t target)
{
	struct snapshot_name row = {.kind = kind, .target = (uint32_t)target};

	names->name =
		array_grow(names->name, names->n, &names->cap, sizeof row);
	memcpy(row.name, name, strlen(name));
	names->name[names->n++] = row;
}

/* A name server below the origin is one of its names. */
static int add_host(struct names *names, const char *origin,
		    const struct snapshot_host *host, size_t i,
		    struct text *why)
{
	size_t len = strlen(host->name), below = strlen(origin);
	char label[64];

	if (len <= below || strcmp(host->name + len - below, origin) != 0 ||
	    host->name[len - below - 1] != '.')
		return 0;
	len -= below + 1;
	if (len >= sizeof label || memchr(host->name, '.', len))
		return wrong(why, "has to be one label below the domain",
			     host->name);
	if (host->n_addr == 0)
		return wrong(why,
			     "lies in the domain and so needs addresses: "
			     "name=address,...",
			     host->name);
	memcpy(label, host->name, len);
	label[len] = '\0';
	add_name(names, label, SNAPSHOT_NAME_HOST, i);
	return 0;
}

static int make_names(const struct zone_input *in,
		      const struct snapshot_head *head,
		      const struct snapshot_host *host, struct names *names,
		      struct text *why)
{
	int r = 0;

	for (size_t i = 1; i < in->n_zone; i++)
		add_name(names, in->zone[i].name,
			 in->zone[i].kind == ZONE_VENDOR ? SNAPSHOT_NAME_GEO
							 : SNAPSHOT_NAME_ZONE,
			 i);
	/* The pool of old says uk, ISO 3166 gb: both are understood. */
	if (find_zone(in, "gb") > 0 && find_zone(in, "uk") < 0)
		add_name(names, "uk", SNAPSHOT_NAME_ZONE,
			 (size_t)find_zone(in, "gb"));
	if (head->web[0])
		add_name(names, "www", SNAPSHOT_NAME_WEB, 0);
	for (size_t i = 0; i < in->origin.n_name_server && r == 0; i++)
		r = add_host(names, head->origin, &host[i], i, why);
	if (names->n)
		qsort(names->name, names->n, sizeof *names->name,
		      compare_names);
	for (size_t i = 1; i < names->n && r == 0; i++)
		if (compare_names(&names->name[i - 1], &names->name[i]) == 0)
			r = wrong(why, "means two things", names->name[i].name);
	return r;
}

static struct location_image make_places(const struct zone_input *in)
{
	struct location_net *net = xcalloc(in->n_place + 1, sizeof *net);
	struct location_image image;

	for (size_t i = 0; i < in->n_place; i++)
		net[i] = (struct location_net){
			in->place[i].net, in->place[i].prefix,
			(uint16_t)(in->place[i].zone + 1)};
	image = location_image_make(net, in->n_place);
	free(net);
	return image;
}

/* --- entries ----------------------------------------------------------------- */

struct entries {
	uint32_t *end, *server;
	size_t n, cap_end, cap_server;
};

/* Rounding never makes a part longer than one place. */
static struct snapshot_list put_entries(struct entries *e,
					const struct list *list,
					const uint32_t *slot)
{
	struct snapshot_list out = {(uint32_t)e->n, (uint32_t)list->n};
	double at = 0;
	uint32_t end = 0;

	for (size_t i = 0; i < list->n; i++) {
		uint32_t next;

		at += list->entry[i].p;
		next = (uint32_t)llround(at * SNAPSHOT_ONE);
		end = next - end > SNAPSHOT_ONE ? end + SNAPSHOT_ONE : next;
		e->end = array_grow(e->end, e->n, &e->cap_end, sizeof *e->end);
		e->server = array_grow(e->server, e->n, &e->cap_server,
				       sizeof *e->server);
		e->end[e->n] = end;
		e->server[e->n++] = slot[list->entry[i].server];
	}
	return out;
}

static void make_zone(const struct zone_input *in, size_t i,
		      const struct zone_lists *lists, struct entries *e,
		      const uint32_t *slot, struct snapshot_zone *out)
{
	const struct zone_row *z = &in->zone[i];

	memcpy(out->name, z->name, strlen(z->name));
	out->parent = i ? z->parent : -1;
	out->kind = z->kind;
	out->ttl_s = z->ttl_s           ? z->ttl_s
		     : in->origin.ttl_s ? in->origin.ttl_s
					: 150;
	out->max_hosts = zone_max_hosts(in, z);
	for (int f = 0; f < SNAPSHOT_FAMILIES; f++) {
		out->own[f] = lists[i].own[f];
		/* The plain name first: others may be the same as it. */
		for (int s = SNAPSHOT_ALL; s >= 0; s--) {
			const struct list *list = &lists[i].list[f][s];

			out->list[f][s] = list->same_as
						  ? out->list[f][SNAPSHOT_ALL]
						  : put_entries(e, list, slot);
		}
	}
}

struct addresses {
	uint8_t *v4, *v6;
	size_t n4, n6;
	uint32_t *slot; /* of each server in the array of its family */
};

static void make_addresses(const struct zone_input *in, struct addresses *a)
{
	a->slot = xcalloc(in->n_server + 1, sizeof *a->slot);
	a->v4 = xcalloc(in->n_server + 1, 4);
	a->v6 = xcalloc(in->n_server + 1, 16);
	for (size_t i = 0; i < in->n_server; i++) {
		const struct net_addr *addr = &in->server[i].addr;
		bool v4 = addr->family == AF_INET;

		a->slot[i] = (uint32_t)(v4 ? a->n4 : a->n6);
		if (v4)
			memcpy(a->v4 + 4 * a->n4++, addr->ip, 4);
		else
			memcpy(a->v6 + 16 * a->n6++, addr->ip, 16);
	}
}

/* --- the whole --------------------------------------------------------------- */

struct built {
	struct snapshot_head head;
	struct snapshot_host *host;
	size_t n_host;
	struct names names;
	struct zone_lists *lists;
	struct entries entries;
	struct addresses addr;
	struct snapshot_zone *zone;
	struct location_image place;
};

static void make_tables(const struct zone_input *in, struct built *b)
{
	b->lists = xcalloc(in->n_zone, sizeof *b->lists);
	b->zone = xcalloc(in->n_zone, sizeof *b->zone);
	zone_lists_make(in, b->lists);
	make_addresses(in, &b->addr);
	for (size_t i = 0; i < in->n_zone; i++)
		make_zone(in, i, b->lists, &b->entries, b->addr.slot,
			  &b->zone[i]);
	b->place = make_places(in);
	make_countries(in, &b->head);
}

static void built_done(const struct zone_input *in, struct built *b)
{
	if (b->lists)
		zone_lists_done(b->lists, in->n_zone);
	free(b->lists);
	free(b->host);
	free(b->names.name);
	free(b->entries.end);
	free(b->entries.server);
	free(b->addr.v4);
	free(b->addr.v6);
	free(b->addr.slot);
	free(b->zone);
	free(b->place.data);
}

static void put_together(const struct zone_input *in, struct built *b,
			 struct snapshot_image *image)
{
	const struct snapshot_part part[SNAPSHOT_SECTIONS] = {
		[SECTION_ZONE] = {b->zone, in->n_zone},
		[SECTION_NAME] = {b->names.name, b->names.n},
		[SECTION_HOST] = {b->host, b->n_host},
		[SECTION_END] = {b->entries.end, b->entries.n},
		[SECTION_SERVER] = {b->entries.server, b->entries.n},
		[SECTION_ADDR4] = {b->addr.v4, b->addr.n4},
		[SECTION_ADDR6] = {b->addr.v6, b->addr.n6},
		[SECTION_PLACE] = {b->place.data, b->place.len},
	};

	snapshot_assemble(&b->head, part, image);
}

/* All that can go wrong does so here. */
static int begin(const struct zone_input *in, struct built *b, struct text *why)
{
	int r = check_input(in, why);

	if (r == 0)
		r = make_head(in, &b->head, why);
	b->host = xcalloc(in->origin.n_name_server + 1, sizeof *b->host);
	for (size_t i = 0; i < in->origin.n_name_server && r == 0; i++)
		r = make_host(in->origin.name_server[i], &b->host[i], why);
	if (r == 0)
		r = make_names(in, &b->head, b->host, &b->names, why);
	return r;
}

int zone_check(const struct zone_input *in, struct text *why)
{
	struct built b = {0};
	int r = begin(in, &b, why);

	built_done(in, &b);
	return r;
}

int zone_build(const struct zone_input *in, struct snapshot_image *image,
	       struct text *why)
{
	struct built b = {0};
	int r = begin(in, &b, why);

	/* A zone has to name one; who asks us directly does not look for it. */
	b.n_host = in->origin.n_name_server;
	if (b.n_host == 0)
		memcpy(b.host[b.n_host++].name, b.head.origin,
		       sizeof b.head.origin);
	if (r == 0) {
		make_tables(in, &b);
		put_together(in, &b, image);
	}
	built_done(in, &b);
	return r;
}
