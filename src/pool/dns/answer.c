/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/dns/answer.h"

#include <string.h>
#include <sys/socket.h>

#include "base/text.h"
#include "pool/dns/cookie.h"
#include "pool/zone/places.h"

#define NS_TTL_S 14400
#define WEB_TTL_S 7200
#define SOA_REFRESH_S 900
#define SOA_RETRY_S 300
#define SOA_EXPIRE_S 1209600

/* --- what a name means ------------------------------------------------------- */

enum target_kind {
	TARGET_OUTSIDE, /* not below the origin */
	TARGET_NONE,    /* no such name */
	TARGET_ORIGIN,
	TARGET_GEO,  /* the zone of the asker; the origin is so, too */
	TARGET_ZONE, /* that zone */
	TARGET_HOST,
	TARGET_WEB,
	TARGET_COUNTRY, /* "_country": where do we think that you are? */
	TARGET_STATUS,
	TARGET_DMARC,
};

struct target {
	enum target_kind kind;
	unsigned index; /* of zone or host */
	int subset;     /* 0 to 3, or SNAPSHOT_ALL */
};

/* One label before the origin, as text; it may hold any octets. */
static struct target find_label(const struct dns_zone *z, const uint8_t *label)
{
	const struct snapshot_name *found;
	struct target t = {TARGET_NONE, 0, SNAPSHOT_ALL};
	char name[DNS_LABEL_MAX + 1] = "";

	if (memchr(label + 1, '\0', label[0]))
		return t;
	memcpy(name, label + 1, label[0]);
	found = snapshot_find(&z->snap, name);
	if (found) {
		static const enum target_kind kinds[SNAPSHOT_NAME_KINDS] = {
			[SNAPSHOT_NAME_ZONE] = TARGET_ZONE,
			[SNAPSHOT_NAME_GEO] = TARGET_GEO,
			[SNAPSHOT_NAME_HOST] = TARGET_HOST,
			[SNAPSHOT_NAME_WEB] = TARGET_WEB,
		};

		t.kind = kinds[found->kind];
		t.index = found->target;
	} else if (strcmp(name, "_country") == 0) {
		t.kind = TARGET_COUNTRY;
	} else if (strcmp(name, "_status") == 0) {
		t.kind = TARGET_STATUS;
	} else if (strcmp(name, "_dmarc") == 0) {
		t.kind = TARGET_DMARC;
	}
	return t;
}

static bool is_number(const uint8_t *label)
{
	return label[0] == 1 && label[1] >= '0' && label[1] <= '3';
}

static struct target find_target(const struct dns_zone *z,
				 const struct dns_name *name)
{
	struct target t = {TARGET_OUTSIDE, 0, SNAPSHOT_ALL};
	const uint8_t *label = name->octets;
	int left = dns_name_below(name, &z->origin);
	bool numbered = left > 0 && is_number(label);

	if (left < 0)
		return t;
	if (numbered) {
		t.subset = label[1] - '0';
		left -= 2;
		label += 2;
	}
	if (left == 0) {
		t.kind = numbered ? TARGET_GEO : TARGET_ORIGIN;
	} else if (left == 1 + label[0]) {
		struct target found = find_label(z, label);

		t.kind = found.kind;
		t.index = found.index;
		if (numbered && t.kind != TARGET_GEO && t.kind != TARGET_ZONE)
			t.kind = TARGET_NONE;
	} else {
		t.kind = TARGET_NONE;
	}
	return t;
}

/* --- where somebody is ------------------------------------------------------- */

struct whereabouts {
	unsigned zone;    /* of the snapshot */
	unsigned country; /* value of the country map */
	unsigned scope;
	bool known;
};

static struct whereabouts find_place(const struct dns_source *src,
				     const struct net_addr *addr)
{
	struct location place = location_find(&src->zone->snap.place, addr);
	struct location country = location_find(src->country, addr);
	struct whereabouts w = {.scope = place.scope};

	w.country = country.value < DNS_ZONE_COUNTRIES ? country.value : 0;
	w.known = place.value || w.country;
	w.zone = place.value ? place.value - 1U : src->zone->country[w.country];
	if (!place.value && country.scope > w.scope)
		w.scope = country.scope;
	return w;
}

/*
 * The subnet that the question names; who says nothing, or a network that is
 * nowhere, is where the question came from.
 */
static struct whereabouts find_asker(const struct dns_source *src,
				     const struct dns_asker *from,
				     const struct dns_query *q)
{
	struct whereabouts w = {0};
	unsigned scope;

	if (q->has_subnet && q->subnet.source > 0) {
		w = find_place(src, &q->subnet.addr);
		if (w.known)
			return w;
	}
	scope = w.scope;
	w = find_place(src, &from->addr);
	w.scope = scope; /* that of the subnet that was told */
	return w;
}

/* --- records ----------------------------------------------------------------- */

/* Of one answer, on its way. */
struct answering {
	const struct dns_source *src;
	const struct dns_asker *from;
	const struct dns_query *q;
	struct target target;
	struct whereabouts where; /* if the target is TARGET_GEO and so on */
	const struct snapshot_zone *zone; /* NULL: no addresses of a zone */
	struct dns_reply r;
};

static void put_name(struct answering *a, const struct dns_name *name)
{
	bytes_put(&a->r.out, name->octets, name->len);
}

static void put_soa(struct answering *a, enum dns_section section)
{
	const struct dns_zone *z = a->src->zone;
	uint32_t ttl_s = a->zone ? a->zone->ttl_s : z->snap.head->ttl_s;
	/* The origin stands at the end of the question. */
	unsigned owner =
		DNS_OWNER_QUESTION + (unsigned)(a->q->name.len - z->origin.len);

	dns_reply_record(&a->r, section, (uint16_t)owner, DNS_SOA, ttl_s);
	put_name(a, &z->host[0]);
	put_name(a, &z->contact);
	bytes_put_u32(&a->r.out, z->serial);
	bytes_put_u32(&a->r.out, SOA_REFRESH_S);
	bytes_put_u32(&a->r.out, SOA_RETRY_S);
	bytes_put_u32(&a->r.out, SOA_EXPIRE_S);
	bytes_put_u32(&a->r.out, ttl_s);
	dns_reply_end_record(&a->r);
}

static void begin(struct answering *a, enum dns_type type, uint32_t ttl_s)
{
	dns_reply_record(&a->r, DNS_ANSWER, DNS_OWNER_QUESTION, type, ttl_s);
}

static void put_text(struct answering *a, const char *text, uint32_t ttl_s)
{
	size_t len = strlen(text);

	len = len > 255 ? 255 : len;
	begin(a, DNS_TXT, ttl_s);
	bytes_put_u8(&a->r.out, (uint8_t)len);
	bytes_put(&a->r.out, text, len);
	dns_reply_end_record(&a->r);
}

/* RFC 8482 section 4.2: no list of everything. */
static void put_hinfo(struct answering *a)
{
	begin(a, DNS_HINFO, 3600);
	bytes_put(&a->r.out, "\7RFC8482", 9); /* and an empty second string */
	dns_reply_end_record(&a->r);
}

/* RFC 7505: takes no mail. */
static void put_null_mx(struct answering *a)
{
	begin(a, DNS_MX, 3600);
	bytes_put_zeros(&a->r.out, 3);
	dns_reply_end_record(&a->r);
}

/* Addresses of a name server: those of the asked family, or both as glue. */
static void put_host(struct answering *a, unsigned i, bool glue)
{
	const struct snapshot_host *h = &a->src->zone->snap.host[i];

	for (uint32_t n = 0; n < h->n_addr; n++) {
		bool v4 = h->addr[n].family == SNAPSHOT_V4;
		enum dns_type type = v4 ? DNS_A : DNS_AAAA;

		if (glue)
			dns_reply_record_named(&a->r, DNS_ADDITIONAL,
					       &a->src->zone->host[i], type,
					       NS_TTL_S);
		else if (a->q->type == type)
			begin(a, type, NS_TTL_S);
		else
			continue;
		bytes_put(&a->r.out, h->addr[n].ip, v4 ? 4 : 16);
		dns_reply_end_record(&a->r);
	}
}

static void put_ns(struct answering *a)
{
	const struct dns_zone *z = a->src->zone;

	for (size_t i = 0; i < z->n_host; i++) {
		begin(a, DNS_NS, NS_TTL_S);
		put_name(a, &z->host[i]);
		dns_reply_end_record(&a->r);
	}
	for (unsigned i = 0; i < z->n_host; i++)
		put_host(a, i, true);
}

static void put_addresses(struct answering *a)
{
	const struct snapshot *snap = &a->src->zone->snap;
	int family = a->q->type == DNS_A ? SNAPSHOT_V4 : SNAPSHOT_V6;
	uint32_t drawn[SNAPSHOT_HOSTS_MAX];
	unsigned n =
		snapshot_draw(snap, &a->zone->list[family][a->target.subset],
			      a->zone->max_hosts, a->from->random, drawn);

	for (unsigned i = 0; i < n; i++) {
		begin(a, (enum dns_type)a->q->type, a->zone->ttl_s);
		if (family == SNAPSHOT_V4)
			bytes_put(&a->r.out, snap->addr4[drawn[i]], 4);
		else
			bytes_put(&a->r.out, snap->addr6[drawn[i]], 16);
		dns_reply_end_record(&a->r);
	}
}

static void put_country(struct answering *a)
{
	size_t n;
	const struct country *list = country_list(&n);
	struct whereabouts w = find_asker(a->src, a->from, a->q);
	char line[256], addr[NET_ADDR_TEXT_LEN];
	struct text t = text_init(line, sizeof line);

	text_add(&t, "country=%s zone=%s address=%s",
		 w.country > 0 && w.country <= n ? list[w.country - 1].code
						 : "unknown",
		 a->src->zone->snap.zone[w.zone].name,
		 net_addr_format(&a->from->addr, addr));
	if (a->q->has_subnet)
		text_add(&t, " subnet=%s/%u scope=%u",
			 net_addr_format(&a->q->subnet.addr, addr),
			 a->q->subnet.source, w.scope);
	a->where = w;
	put_text(a, line, 0);
}

/* A name that hands out servers. */
static void put_pool(struct answering *a)
{
	uint32_t ttl_s = a->src->zone->snap.head->ttl_s;

	switch (a->q->type) {
	case DNS_A:
	case DNS_AAAA:
		put_addresses(a);
		break;
	case DNS_MX:
		put_null_mx(a);
		break;
	case DNS_TXT:
		put_text(a, "v=spf1 -all", ttl_s);
		break;
	case DNS_NS:
		if (a->target.kind == TARGET_ORIGIN)
			put_ns(a);
		break;
	case DNS_SOA:
		if (a->target.kind == TARGET_ORIGIN)
			put_soa(a, DNS_ANSWER);
		break;
	}
}

static void put_web(struct answering *a)
{
	begin(a, DNS_CNAME, WEB_TTL_S);
	put_name(a, &a->src->zone->web);
	dns_reply_end_record(&a->r);
}

static void put_records(struct answering *a)
{
	enum target_kind kind = a->target.kind;
	bool text = a->q->type == DNS_TXT;

	if (a->q->type == DNS_ANY && kind != TARGET_WEB) {
		put_hinfo(a);
		return;
	}
	switch (kind) {
	case TARGET_ORIGIN:
	case TARGET_GEO:
	case TARGET_ZONE:
		put_pool(a);
		break;
	case TARGET_HOST:
		put_host(a, a->target.index, false);
		break;
	case TARGET_WEB:
		put_web(a);
		break;
	case TARGET_COUNTRY:
		if (text)
			put_country(a);
		break;
	case TARGET_STATUS:
		if (text)
			put_text(a, a->src->status, 0);
		break;
	case TARGET_DMARC:
		if (text)
			put_text(a, "v=DMARC1; p=reject", 3600);
		break;
	case TARGET_NONE:
	case TARGET_OUTSIDE:
		break;
	}
}

/* --- the answer -------------------------------------------------------------- */

/* Which zone the addresses come from, if the name hands any out. */
static void choose_zone(struct answering *a)
{
	const struct snapshot *snap = &a->src->zone->snap;
	bool addresses = a->q->type == DNS_A || a->q->type == DNS_AAAA;

	if (a->target.kind == TARGET_ZONE) {
		a->zone = &snap->zone[a->target.index];
	} else if (a->target.kind == TARGET_ORIGIN ||
		   a->target.kind == TARGET_GEO) {
		if (addresses)
			a->where = find_asker(a->src, a->from, a->q);
		a->zone = &snap->zone[a->where.zone];
	}
}

static enum dns_rcode give(struct answering *a)
{
	const struct dns_query *q = a->q;

	if (q->class != DNS_CLASS_IN && q->class != DNS_CLASS_ANY)
		return DNS_REFUSED;
	if (!a->src->zone)
		return DNS_SERVFAIL;
	a->target = find_target(a->src->zone, &q->name);
	if (a->target.kind == TARGET_OUTSIDE || q->type == DNS_AXFR ||
	    q->type == DNS_IXFR)
		return DNS_REFUSED;
	choose_zone(a);
	put_records(a);
	if (a->r.count[DNS_ANSWER] == 0 && !a->r.cut)
		put_soa(a, DNS_AUTHORITY);
	return a->target.kind == TARGET_NONE ? DNS_NXDOMAIN : DNS_NOERROR;
}

static enum dns_rcode judge(struct answering *a, enum dns_query_verdict verdict)
{
	switch (verdict) {
	case DNS_QUERY_GOOD:
		return give(a);
	case DNS_QUERY_UNKNOWN:
		return DNS_NOTIMP;
	case DNS_QUERY_VERSION:
		return DNS_BADVERS;
	default:
		return DNS_FORMERR;
	}
}

static size_t room(const struct dns_asker *from, const struct dns_query *q)
{
	if (from->tcp)
		return DNS_TCP_MAX;
	return q->udp_size < DNS_UDP_MAX ? q->udp_size : DNS_UDP_MAX;
}

struct dns_outcome dns_answer(const struct dns_source *src,
			      const struct dns_asker *from, const uint8_t *data,
			      size_t len, struct dns_query *q,
			      enum dns_query_verdict *verdict,
			      uint8_t buf[DNS_TCP_MAX])
{
	struct answering a = {.src = src, .from = from, .q = q};
	struct dns_outcome out = {.zone = -1};
	uint8_t cookie[DNS_COOKIE_LEN];
	struct dns_subnet subnet;
	struct dns_opt opt = {0};

	*verdict = dns_query_decode(data, len, q);
	if (*verdict == DNS_QUERY_IGNORE)
		return out;
	a.r = dns_reply_begin(q, buf, room(from, q));
	out.rcode = judge(&a, *verdict);
	if (q->nsid)
		opt.nsid = src->nsid;
	if (q->has_subnet) {
		subnet = q->subnet;
		subnet.scope = (uint8_t)(q->subnet.source ? a.where.scope : 0);
		opt.subnet = &subnet;
	}
	if (q->has_cookie) {
		out.known_client = dns_cookie_is_valid(
			src->cookie_key, &from->addr, q, from->now_s);
		dns_cookie_make(src->cookie_key, &from->addr, q->client_cookie,
				from->now_s, cookie);
		opt.cookie = cookie;
	}
	out.cut = a.r.cut;
	out.len = dns_reply_finish(&a.r, q, out.rcode, &opt);
	if (a.zone)
		out.zone = (int)(a.zone - src->zone->snap.zone);
	return out;
}

size_t dns_cut(uint8_t *buf, const struct dns_query *q)
{
	struct dns_query plain = *q;
	struct dns_reply r;

	plain.edns = false;
	r = dns_reply_begin(&plain, buf, DNS_UDP_MIN);
	r.cut = true;
	return dns_reply_finish(&r, &plain, DNS_NOERROR, NULL);
}
