/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/zone/export.h"

#include <string.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/net_addr.h"
#include "base/rng.h"
#include "pool/zone/zone.h"

/* What pooldns says of mail. */
#define SPF "v=spf1 -all"
#define DMARC "v=DMARC1; p=reject"

/* One name that hands out servers. */
struct pool_name {
	char name[128]; /* "", "de", "0.de": what stands before the origin */
	const struct snapshot_zone *zone;
	int subset;
};

/* Called for each; arg is the caller's. */
typedef void (*pool_name_fn)(void *arg, const struct pool_name *name);

static void each_subset(const char *label, const struct snapshot_zone *zone,
			pool_name_fn fn, void *arg)
{
	for (int subset = SNAPSHOT_ALL; subset >= 0; subset--) {
		struct pool_name name = {.zone = zone, .subset = subset};
		struct text t = text_init(name.name, sizeof name.name);

		if (subset != SNAPSHOT_ALL)
			text_add(&t, "%d%s", subset, label[0] ? "." : "");
		text_add(&t, "%s", label);
		fn(arg, &name);
	}
}

/* The origin, every zone, every vendor's name; each with 0 to 3. */
static void each_name(const struct snapshot *s, pool_name_fn fn, void *arg)
{
	each_subset("", &s->zone[0], fn, arg);
	for (size_t i = 0; i < s->n_name; i++) {
		const struct snapshot_name *n = &s->name[i];

		if (n->kind == SNAPSHOT_NAME_ZONE)
			each_subset(n->name, &s->zone[n->target], fn, arg);
		else if (n->kind == SNAPSHOT_NAME_GEO)
			each_subset(n->name, &s->zone[0], fn, arg);
	}
}

static char *format_server(const struct snapshot *s, int family, uint32_t i,
			   char buf[NET_ADDR_TEXT_LEN])
{
	struct net_addr a = {.family = AF_INET};

	if (family == SNAPSHOT_V4) {
		memcpy(a.ip, s->addr4[i], 4);
	} else {
		a.family = AF_INET6;
		memcpy(a.ip, s->addr6[i], 16);
	}
	return net_addr_format(&a, buf);
}

static const char *type_name(int family)
{
	return family == SNAPSHOT_V4 ? "A" : "AAAA";
}

/* What all of them are given on the way. */
struct exporting {
	const struct snapshot *s;
	FILE *out;
	struct json json;
	struct rng rng;
	unsigned sets;
};

static unsigned draw(struct exporting *e, const struct pool_name *n, int family,
		     uint32_t out[SNAPSHOT_HOSTS_MAX])
{
	return snapshot_draw(e->s, &n->zone->list[family][n->subset],
			     n->zone->max_hosts, rng_u64(&e->rng), out);
}

/* --- zone file --------------------------------------------------------------- */

static void put_zone_name(void *arg, const struct pool_name *n)
{
	struct exporting *e = arg;
	const char *owner = n->name[0] ? n->name : "@";
	char addr[NET_ADDR_TEXT_LEN];
	uint32_t drawn[SNAPSHOT_HOSTS_MAX];

	for (int f = 0; f < SNAPSHOT_FAMILIES; f++) {
		unsigned count = draw(e, n, f, drawn);

		for (unsigned i = 0; i < count; i++)
			fprintf(e->out, "%s\t%u\tIN\t%s\t%s\n", owner,
				(unsigned)n->zone->ttl_s, type_name(f),
				format_server(e->s, f, drawn[i], addr));
	}
	fprintf(e->out, "%s\t3600\tIN\tMX\t0 .\n%s\tIN\tTXT\t\"" SPF "\"\n",
		owner, owner);
}

/* "a.b@example.org" is a\.b.example.org */
static void put_mailbox(const char *mail, FILE *out)
{
	const char *at = strrchr(mail, '@');

	for (; mail < at; mail++)
		fprintf(out, strchr(".\\\"();", *mail) ? "\\%c" : "%c", *mail);
	fprintf(out, ".%s.", at + 1);
}

static char *format_host(const struct snapshot_host *h, uint32_t i,
			 char buf[NET_ADDR_TEXT_LEN])
{
	struct net_addr a = {.family = h->addr[i].family == SNAPSHOT_V4
					       ? AF_INET
					       : AF_INET6};

	memcpy(a.ip, h->addr[i].ip, sizeof a.ip);
	return net_addr_format(&a, buf);
}

static void put_hosts(const struct snapshot *s, FILE *out)
{
	char addr[NET_ADDR_TEXT_LEN];

	for (size_t i = 0; i < s->n_host; i++) {
		const struct snapshot_host *h = &s->host[i];

		fprintf(out, "@\t14400\tIN\tNS\t%s.\n", h->name);
		for (uint32_t n = 0; n < h->n_addr; n++)
			fprintf(out, "%s.\t14400\tIN\t%s\t%s\n", h->name,
				type_name((int)h->addr[n].family),
				format_host(h, n, addr));
	}
}

void export_zone_file(const struct snapshot *s, uint32_t serial,
		      uint64_t random, FILE *out)
{
	const struct snapshot_head *h = s->head;
	struct exporting e = {.s = s, .out = out};

	rng_seed(&e.rng, random);
	fprintf(out, "$ORIGIN %s.\n$TTL %u\n@\tIN\tSOA\t%s. ", h->origin,
		(unsigned)h->ttl_s, s->host[0].name);
	put_mailbox(h->contact, out);
	fprintf(out, " %u 900 300 1209600 %u\n", (unsigned)serial,
		(unsigned)h->ttl_s);
	put_hosts(s, out);
	if (h->web[0])
		fprintf(out, "www\t7200\tIN\tCNAME\t%s.\n", h->web);
	fputs("_dmarc\t3600\tIN\tTXT\t\"" DMARC "\"\n", out);
	each_name(s, put_zone_name, &e);
}

/* --- GeoDNS ------------------------------------------------------------------ */

/* Whole numbers: a share of one place is a million. */
static void put_weights(struct exporting *e, const char *type,
			const struct snapshot_list *list, int family)
{
	uint32_t before = 0;
	char addr[NET_ADDR_TEXT_LEN];

	json_array(&e->json, type);
	for (uint32_t i = list->first; i < list->first + list->n; i++) {
		double part = (e->s->end[i] - before) / (double)SNAPSHOT_ONE;

		before = e->s->end[i];
		json_array(&e->json, NULL);
		json_text(&e->json, NULL,
			  format_server(e->s, family, e->s->server[i], addr));
		json_int(&e->json, NULL, 1 + (int64_t)(part * 1e6));
		json_end_array(&e->json);
	}
	json_end_array(&e->json);
}

static void put_geodns_text(struct json *j, const char *text)
{
	json_array(j, "txt");
	json_object(j, NULL);
	json_text(j, "txt", text);
	json_end_object(j);
	json_end_array(j);
}

static void put_geodns_name(void *arg, const struct pool_name *n)
{
	struct exporting *e = arg;

	json_object(&e->json, n->name);
	json_int(&e->json, "ttl", n->zone->ttl_s);
	json_int(&e->json, "max_hosts", n->zone->max_hosts);
	put_weights(e, "a", &n->zone->list[SNAPSHOT_V4][n->subset],
		    SNAPSHOT_V4);
	put_weights(e, "aaaa", &n->zone->list[SNAPSHOT_V6][n->subset],
		    SNAPSHOT_V6);
	if (!n->name[0]) {
		json_array(&e->json, "ns");
		for (size_t i = 0; i < e->s->n_host; i++)
			json_text(&e->json, NULL, e->s->host[i].name);
		json_end_array(&e->json);
	}
	json_array(&e->json, "mx");
	json_object(&e->json, NULL);
	json_int(&e->json, "preference", 0);
	json_text(&e->json, "mx", ".");
	json_end_object(&e->json);
	json_end_array(&e->json);
	put_geodns_text(&e->json, SPF);
	json_end_object(&e->json);
}

static void put_geodns_host(struct exporting *e, const struct snapshot_host *h,
			    uint32_t family, const char *type)
{
	char addr[NET_ADDR_TEXT_LEN];

	json_array(&e->json, type);
	for (uint32_t i = 0; i < h->n_addr; i++) {
		if (h->addr[i].family != family)
			continue;
		json_array(&e->json, NULL);
		json_text(&e->json, NULL, format_host(h, i, addr));
		json_int(&e->json, NULL, 1);
		json_end_array(&e->json);
	}
	json_end_array(&e->json);
}

/* Names that hand out nobody: name servers, www, _dmarc. */
static void put_geodns_rest(struct exporting *e)
{
	const struct snapshot *s = e->s;
	struct json *j = &e->json;

	for (size_t i = 0; i < s->n_name; i++) {
		const struct snapshot_name *n = &s->name[i];

		if (n->kind == SNAPSHOT_NAME_HOST) {
			json_object(j, n->name);
			put_geodns_host(e, &s->host[n->target], SNAPSHOT_V4,
					"a");
			put_geodns_host(e, &s->host[n->target], SNAPSHOT_V6,
					"aaaa");
			json_end_object(j);
		} else if (n->kind == SNAPSHOT_NAME_WEB) {
			char name[sizeof s->head->web + 1];
			struct text t = text_init(name, sizeof name);

			text_add(&t, "%s.", s->head->web);
			json_object(j, n->name);
			json_text(j, "cname", name);
			json_end_object(j);
		}
	}
	json_object(j, "_dmarc");
	json_int(j, "ttl", 3600);
	put_geodns_text(j, DMARC);
	json_end_object(j);
}

void export_geodns(const struct snapshot *s, FILE *out)
{
	struct buf buf = {0};
	struct exporting e = {.s = s, .json = json_init(&buf)};

	json_object(&e.json, NULL);
	json_int(&e.json, "serial", s->head->built_ms / 1000);
	json_int(&e.json, "ttl", s->head->ttl_s);
	json_int(&e.json, "max_hosts", s->head->max_hosts);
	json_text(&e.json, "targeting", "country continent @");
	json_object(&e.json, "data");
	each_name(s, put_geodns_name, &e);
	put_geodns_rest(&e);
	json_end_object(&e.json);
	json_end_object(&e.json);
	fprintf(out, "%s\n", buf_text(&buf));
	buf_done(&buf);
}

/* --- Knot -------------------------------------------------------------------- */

/* Is everybody on the list in every answer?  Then all sets are the same. */
static bool is_whole(const struct snapshot *s, const struct snapshot_list *list)
{
	return list->n == 0 ||
	       s->end[list->first + list->n - 1] == list->n * SNAPSHOT_ONE;
}

static void put_knot_name(void *arg, const struct pool_name *n)
{
	struct exporting *e = arg;
	unsigned sets = e->sets;
	char addr[NET_ADDR_TEXT_LEN];
	uint32_t drawn[SNAPSHOT_HOSTS_MAX];

	if (!n->zone->list[SNAPSHOT_V4][n->subset].n &&
	    !n->zone->list[SNAPSHOT_V6][n->subset].n)
		return;
	if (is_whole(e->s, &n->zone->list[SNAPSHOT_V4][n->subset]) &&
	    is_whole(e->s, &n->zone->list[SNAPSHOT_V6][n->subset]))
		sets = 1;
	fprintf(e->out, "%s%s%s:\n", n->name, n->name[0] ? "." : "",
		e->s->head->origin);
	for (unsigned set = 0; set < sets; set++) {
		fputs("  - weight: 1\n", e->out);
		for (int f = 0; f < SNAPSHOT_FAMILIES; f++) {
			unsigned count = draw(e, n, f, drawn);

			for (unsigned i = 0; i < count; i++)
				fprintf(e->out, "%s%s%s",
					i   ? ", "
					: f ? "    AAAA: ["
					    : "    A: [",
					format_server(e->s, f, drawn[i], addr),
					i + 1 == count ? "]\n" : "");
		}
	}
}

void export_knot(const struct snapshot *s, unsigned sets, uint64_t random,
		 FILE *out)
{
	struct exporting e = {.s = s, .out = out, .sets = sets};

	rng_seed(&e.rng, random);
	fprintf(out,
		"# For mod-geoip of Knot DNS, beside the same pool's zone "
		"file; in knot.conf:\n#\n"
		"# mod-geoip:\n#   - id: pool\n"
		"#     config-file: /etc/knot/pool.geo\n"
		"#     ttl: %u\n#     mode: weighted\n#\n"
		"# zone:\n#   - domain: %s\n"
		"#     file: /etc/knot/pool.zone\n"
		"#     zonefile-sync: -1\n"
		"#     module: mod-geoip/pool\n",
		(unsigned)s->head->ttl_s, s->head->origin);
	each_name(s, put_knot_name, &e);
}
