/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/dns/answer.h"

#include "base/rng.h"
#include "near.h"
#include "pool/dns/cookie.h"
#include "pool/dns/server.h"
#include "pool/zone/places.h"
#include "unit/pool/zone/world.h"

/* A pool with its snapshot, and one asker. */
struct scene {
	struct pool *pool;
	struct snapshot_image image;
	struct snapshot snap;
	struct dns_zone zone;
	struct location_image country_image;
	struct location_map country;
	struct dns_source src;
	struct dns_asker from;
	uint8_t query[512], reply[DNS_TCP_MAX];
	size_t query_len;
	struct dns_query q;
	enum dns_query_verdict verdict;
	struct dns_outcome out;
};

static struct net_addr address(const char *text)
{
	struct net_addr a;

	assert_int_equal(net_addr_parse(text, &a), 0);
	return a;
}

static uint16_t country_value(const char *code)
{
	size_t n;

	return (uint16_t)(1 + country_find(code) - country_list(&n));
}

/* 20.0.0.0/8 is in Germany, 21.0.0.0/9 in France, 22/8 in Japan. */
static void add_countries(struct scene *s)
{
	struct location_net net[] = {
		{address("20.0.0.0"), 8, country_value("de")},
		{address("21.0.0.0"), 9, country_value("fr")},
		{address("22.0.0.0"), 8, country_value("jp")},
	};

	s->country_image = location_image_make(net, ARRAY_LEN(net));
	assert_int_equal(location_map_open(s->country_image.data,
					   s->country_image.len,
					   DNS_ZONE_COUNTRIES - 1, &s->country),
			 0);
}

static void scene_build(struct scene *s)
{
	s->snap = pool_build(s->pool, &s->image);
	assert_int_equal(dns_zone_open(&s->snap, &s->zone), 0);
	s->src = (struct dns_source){.zone = &s->zone,
				     .country = &s->country,
				     .cookie_key = {1, 2},
				     .nsid = "node",
				     .status = "{}"};
	s->from = (struct dns_asker){.addr = address("198.51.100.1"),
				     .random = 12345,
				     .now_s = 1700000000};
}

static struct scene *scene_new(void)
{
	static const char *const ns[] = {"ns1.pool.test=192.0.2.1,2001:db8::1",
					 "ns2.example.net"};
	struct scene *s = calloc(1, sizeof *s);

	assert_non_null(s);
	s->pool = pool_new();
	s->pool->in.origin.name_server = ns;
	s->pool->in.origin.n_name_server = 2;
	s->pool->in.origin.web = "www.example.org";
	s->pool->in.origin.contact = "a.b@example.org";
	pool_zone(s->pool, "acme", ZONE_VENDOR, POOL_GLOBAL);
	add_countries(s);
	return s;
}

static void scene_free(struct scene *s)
{
	snapshot_image_done(&s->image);
	free(s->country_image.data);
	free(s->pool);
	free(s);
}

static void begin_query(struct scene *s, const char *name, uint16_t type,
			uint16_t additional, struct bytes_out *out)
{
	struct dns_name wire;

	assert_int_equal(dns_name_from_text(name, &wire), 0);
	*out = bytes_out(s->query, sizeof s->query);
	bytes_put_u32(out, 0x12340000);
	bytes_put_u16(out, 1);
	bytes_put_u32(out, 0);
	bytes_put_u16(out, additional);
	bytes_put(out, wire.octets, wire.len);
	bytes_put_u16(out, type);
	bytes_put_u16(out, DNS_CLASS_IN);
}

static void answer(struct scene *s)
{
	s->out = dns_answer(&s->src, &s->from, s->query, s->query_len, &s->q,
			    &s->verdict, s->reply);
}

static void ask(struct scene *s, const char *name, uint16_t type)
{
	struct bytes_out out;

	begin_query(s, name, type, 0, &out);
	s->query_len = out.len;
	answer(s);
}

/* The same with one EDNS option. */
static void ask_with(struct scene *s, const char *name, uint16_t type,
		     const void *option, size_t len)
{
	struct bytes_out out;

	begin_query(s, name, type, 1, &out);
	bytes_put(&out, "\0\0\51\4\320\0\0\0\0", 9);
	bytes_put_u16(&out, (uint16_t)len);
	bytes_put(&out, option, len);
	s->query_len = out.len;
	answer(s);
}

static unsigned count_of(const struct scene *s, int section)
{
	return (unsigned)s->reply[6 + 2 * section] << 8 |
	       s->reply[7 + 2 * section];
}

/* Octets of the answer's first record, behind the question. */
static const uint8_t *record(const struct scene *s)
{
	return s->reply + DNS_HEADER_LEN + s->q.name.len + 4;
}

static unsigned type_of(const uint8_t *record)
{
	return (unsigned)record[2] << 8 | record[3];
}

#define assert_answer(s, want_rcode, want_answers, want_authority)            \
	do {                                                                  \
		assert_int_equal((s)->out.rcode, want_rcode);                 \
		assert_int_equal((s)->reply[3] & 15, want_rcode);             \
		assert_int_equal(count_of(s, DNS_ANSWER), want_answers);      \
		assert_int_equal(count_of(s, DNS_AUTHORITY), want_authority); \
	} while (0)

/* --- names ------------------------------------------------------------------- */

/* A and AAAA on every name. */
static void every_name_has_addresses(void **state)
{
	static const char *const names[] = {
		"pool.test",      "0.pool.test",     "3.pool.test",
		"de.pool.test",   "2.de.pool.test",  "europe.pool.test",
		"acme.pool.test", "1.acme.pool.test"};
	struct scene *s = scene_new();

	(void)state;
	for (int i = 0; i < 12; i++) {
		pool_server(s->pool, POOL_DE, AF_INET, 10);
		pool_server(s->pool, POOL_DE, AF_INET6, 10);
	}
	scene_build(s);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		ask(s, names[i], DNS_A);
		assert_int_equal(s->out.rcode, DNS_NOERROR);
		assert_true(count_of(s, DNS_ANSWER) >= 3);
		assert_int_equal(type_of(record(s)), DNS_A);
		ask(s, names[i], DNS_AAAA);
		assert_true(count_of(s, DNS_ANSWER) >= 3);
		assert_int_equal(type_of(record(s)), DNS_AAAA);
		ask(s, names[i], DNS_MX);
		assert_answer(s, DNS_NOERROR, 1, 0);
		assert_memory_equal(record(s) + 10, "\0\3\0\0\0", 5);
		ask(s, names[i], DNS_TXT);
		assert_answer(s, DNS_NOERROR, 1, 0);
	}
	scene_free(s);
}

static void names_that_are_not(void **state)
{
	static const char *const none[] = {
		"nix.pool.test",      "4.pool.test",         "00.pool.test",
		"0.nix.pool.test",    "0.ns1.pool.test",     "a.de.pool.test",
		"0.0.de.pool.test",   "x._status.pool.test", "0.www.pool.test",
		"0._status.pool.test"};
	static const char *const outside[] = {"test", "example.org",
					      "xpool.test", "."};
	struct scene *s = scene_new();

	(void)state;
	scene_build(s);
	for (size_t i = 0; i < ARRAY_LEN(none); i++) {
		ask(s, none[i], DNS_A);
		assert_answer(s, DNS_NXDOMAIN, 0, 1);
		assert_int_equal(type_of(record(s)), DNS_SOA);
	}
	for (size_t i = 0; i < ARRAY_LEN(outside); i++) {
		ask(s, outside[i], DNS_A);
		assert_answer(s, DNS_REFUSED, 0, 0);
		assert_int_equal(s->reply[2] & 4, 0); /* not authoritative */
	}
	ask(s, "pool.test", DNS_AXFR);
	assert_answer(s, DNS_REFUSED, 0, 0);
	scene_free(s);
}

/* A label with a NUL in it is not the name before it. */
static void label_with_a_nul(void **state)
{
	struct scene *s = scene_new();

	(void)state;
	scene_build(s);
	ask(s, "dexx.pool.test", DNS_A);
	s->query[DNS_HEADER_LEN + 3] = '\0';
	answer(s);
	assert_answer(s, DNS_NXDOMAIN, 0, 1);
	scene_free(s);
}

/* No data: the SOA says for how long, and that is the zone's own TTL. */
static void no_data(void **state)
{
	struct scene *s = scene_new();
	const uint8_t *r;

	(void)state;
	s->pool->zone[POOL_DE].ttl_s = 77;
	pool_server(s->pool, POOL_DE, AF_INET, 10);
	scene_build(s);
	ask(s, "de.pool.test", DNS_AAAA);
	assert_answer(s, DNS_NOERROR, 0, 1);
	r = record(s);
	assert_int_equal(type_of(r), DNS_SOA);
	assert_int_equal(r[9], 77);
	assert_int_equal(s->reply[s->out.len - 1], 77); /* minimum */
	assert_int_equal(r[1], DNS_HEADER_LEN + 3);     /* owner: the origin */
	ask(s, "de.pool.test", 257);                    /* CAA */
	assert_answer(s, DNS_NOERROR, 0, 1);
	scene_free(s);
}

static void origin(void **state)
{
	struct scene *s = scene_new();

	(void)state;
	scene_build(s);
	ask(s, "pool.test", DNS_SOA);
	assert_answer(s, DNS_NOERROR, 1, 0);
	/* "a.b@example.org": the first label holds a dot */
	assert_memory_equal(record(s) + 12 + 15, "\3a.b\7example\3org", 17);
	ask(s, "pool.test", DNS_NS);
	assert_answer(s, DNS_NOERROR, 2, 0);
	assert_int_equal(count_of(s, DNS_ADDITIONAL), 2);
	ask(s, "de.pool.test", DNS_NS);
	assert_answer(s, DNS_NOERROR, 0, 1);
	ask(s, "ns1.pool.test", DNS_A);
	assert_answer(s, DNS_NOERROR, 1, 0);
	assert_memory_equal(record(s) + 12, "\300\0\2\1", 4);
	ask(s, "ns1.pool.test", DNS_AAAA);
	assert_answer(s, DNS_NOERROR, 1, 0);
	ask(s, "www.pool.test", DNS_AAAA);
	assert_answer(s, DNS_NOERROR, 1, 0);
	assert_int_equal(type_of(record(s)), DNS_CNAME);
	ask(s, "pool.test", DNS_ANY); /* RFC 8482 */
	assert_answer(s, DNS_NOERROR, 1, 0);
	assert_int_equal(type_of(record(s)), DNS_HINFO);
	ask(s, "_dmarc.pool.test", DNS_TXT);
	assert_answer(s, DNS_NOERROR, 1, 0);
	ask(s, "_status.pool.test", DNS_TXT);
	assert_memory_equal(record(s) + 12, "\2{}", 3);
	ask(s, "_status.pool.test", DNS_A);
	assert_answer(s, DNS_NOERROR, 0, 1);
	scene_free(s);
}

static void nothing_to_serve(void **state)
{
	struct scene *s = scene_new();

	(void)state;
	scene_build(s);
	s->src.zone = NULL;
	ask(s, "pool.test", DNS_A);
	assert_answer(s, DNS_SERVFAIL, 0, 0);
	scene_free(s);
}

/* --- where the asker is ------------------------------------------------------ */

/* One server a place: who answers tells which zone it was. */
static struct scene *three_places(void)
{
	struct scene *s = scene_new();

	pool_zone(s->pool, "campus", ZONE_CUSTOM, POOL_GLOBAL);
	for (int i = 0; i < 4; i++) {
		pool_server(s->pool, POOL_GLOBAL, AF_INET, 10); /* 0.. */
		pool_server(s->pool, POOL_EUROPE, AF_INET, 10); /* 1.. */
		pool_server(s->pool, POOL_DE, AF_INET, 10);     /* 2.. */
		pool_server(s->pool, 4, AF_INET, 10);           /* 3.. */
	}
	for (int z = 0; z < 5; z++)
		s->pool->zone[z].policy = ZONE_CLASSIC;
	return s;
}

static void country_decides(void **state)
{
	static const struct {
		const char *from;
		int zone;
	} cases[] = {
		{"20.1.2.3", POOL_DE},        /* has a zone */
		{"21.1.2.3", POOL_EUROPE},    /* France has none here */
		{"22.1.2.3", POOL_GLOBAL},    /* nor has Asia */
		{"21.200.0.0", POOL_GLOBAL},  /* in no country */
		{"2001:db8::1", POOL_GLOBAL}, /* nothing known of IPv6 */
		{"20.9.9.9", 4},              /* the campus */
	};
	struct zone_place place = {address("20.9.0.0"), 16, 4};
	struct scene *s = three_places();

	(void)state;
	s->pool->in.place = &place;
	s->pool->in.n_place = 1;
	scene_build(s);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		s->from.addr = address(cases[i].from);
		ask(s, "pool.test", DNS_A);
		assert_int_equal(s->out.zone, cases[i].zone);
		ask(s, "acme.pool.test", DNS_A);
		assert_int_equal(s->out.zone, cases[i].zone);
		ask(s, "de.pool.test", DNS_A);
		assert_int_equal(s->out.zone, POOL_DE);
	}
	scene_free(s);
}

/* What the last option of the answer says of the subnet: source, scope. */
static void assert_scope(const struct scene *s, unsigned source, unsigned scope)
{
	const uint8_t *end = s->reply + s->out.len - (source + 7) / 8;

	assert_int_equal(end[-2], source);
	assert_int_equal(end[-1], scope);
}

/* RFC 7871: the subnet decides, and the scope says how far the answer holds. */
static void subnet_decides(void **state)
{
	struct zone_place place = {address("20.9.0.0"), 16, 4};
	struct scene *s = three_places();

	(void)state;
	s->pool->in.place = &place;
	s->pool->in.n_place = 1;
	scene_build(s);
	s->from.addr = address("22.0.0.1");
	/* Germany, but not the campus: 16 bits tell them apart */
	ask_with(s, "pool.test", DNS_A, "\0\10\0\7\0\1\30\0\24\10\1", 11);
	assert_int_equal(s->out.zone, POOL_DE);
	assert_scope(s, 24, 16);
	/* far from it, fewer do */
	ask_with(s, "pool.test", DNS_A, "\0\10\0\7\0\1\30\0\24\377\1", 11);
	assert_scope(s, 24, 9);
	/* a fixed zone is the same for all */
	ask_with(s, "de.pool.test", DNS_A, "\0\10\0\7\0\1\30\0\24\10\1", 11);
	assert_int_equal(s->out.zone, POOL_DE);
	assert_scope(s, 24, 0);
	/* a network that is nowhere: where the question comes from */
	ask_with(s, "pool.test", DNS_A, "\0\10\0\7\0\1\30\0\310\10\1", 11);
	assert_int_equal(s->out.zone, POOL_GLOBAL);
	assert_scope(s, 24, 1);
	/* who wants nothing told is answered by where the question comes from */
	s->from.addr = address("20.0.0.1");
	ask_with(s, "pool.test", DNS_A, "\0\10\0\4\0\1\0\0", 8);
	assert_int_equal(s->out.zone, POOL_DE);
	assert_scope(s, 0, 0);
	scene_free(s);
}

static void country_text(void **state)
{
	static const char want[] = "country=de zone=de address=198.51.100.1 "
				   "subnet=20.8.1.0/24 scope=8";
	struct scene *s = three_places();

	(void)state;
	scene_build(s);
	ask_with(s, "_country.pool.test", DNS_TXT, "\0\10\0\7\0\1\30\0\24\10\1",
		 11);
	assert_answer(s, DNS_NOERROR, 1, 0);
	assert_memory_equal(record(s) + 13, want, sizeof want - 1);
	assert_scope(s, 24, 8);
	scene_free(s);
}

/* --- sizes and cookies ------------------------------------------------------- */

/* Eight IPv6 servers fit; what fits not is cut, and whole by TCP. */
static void sizes(void **state)
{
	static const char *ns[13];
	char text[13][250];
	struct scene *s = scene_new();

	(void)state;
	for (int i = 0; i < 13; i++) {
		memset(text[i], 'a' + i, 180);
		for (int dot = 60; dot < 180; dot += 61)
			text[i][dot] = '.';
		strcpy(text[i] + 180, ".example");
		ns[i] = text[i];
	}
	s->pool->in.origin.name_server = ns;
	s->pool->in.origin.n_name_server = 13;
	s->pool->in.origin.max_hosts = 8;
	for (int i = 0; i < 20; i++)
		pool_server(s->pool, POOL_DE, AF_INET6, 10);
	scene_build(s);
	ask(s, "pool.test", DNS_AAAA);
	assert_answer(s, DNS_NOERROR, 8, 0);
	ask(s, "pool.test", DNS_NS);
	assert_true(s->out.cut);
	assert_answer(s, DNS_NOERROR, 0, 0);
	assert_int_equal(s->reply[2] & 2, 2);
	s->from.tcp = true;
	ask(s, "pool.test", DNS_NS);
	assert_false(s->out.cut);
	assert_answer(s, DNS_NOERROR, 13, 0);
	scene_free(s);
}

/* RFC 9018 appendix A.1 */
static void cookie_of_the_rfc(void **state)
{
	/* e5e973e5a6b2a43f48e7dc849e37bfcf */
	const uint64_t key[2] = {UINT64_C(0x3fa4b2a6e573e9e5),
				 UINT64_C(0xcfbf379e84dce748)};
	struct net_addr client = address("198.51.100.100");
	uint8_t out[DNS_COOKIE_LEN];

	(void)state;
	dns_cookie_make(key, &client,
			(const uint8_t *)"\x24\x64\xc4\xab\xcf\x10\xc9\x57",
			1559731985, out);
	assert_memory_equal(out,
			    "\x24\x64\xc4\xab\xcf\x10\xc9\x57\x01\x00\x00\x00"
			    "\x5c\xf7\x9f\x11\x1f\x81\x30\xc3\xee\xe2\x94\x80",
			    DNS_COOKIE_LEN);
}

static void cookies(void **state)
{
	uint8_t option[4 + DNS_COOKIE_LEN] = {0,   10,  0,   8,   'c', 'l',
					      'i', 'e', 'n', 't', ' ', ' '};
	struct scene *s = scene_new();

	(void)state;
	scene_build(s);
	ask_with(s, "pool.test", DNS_A, option, 12);
	assert_false(s->out.known_client);
	memcpy(option, s->reply + s->out.len - sizeof option, sizeof option);
	assert_int_equal(option[3], DNS_COOKIE_LEN);
	assert_memory_equal(option + 4, "client  ", 8);
	ask_with(s, "pool.test", DNS_A, option, sizeof option);
	assert_true(s->out.known_client);
	s->from.now_s += 3601; /* too old */
	ask_with(s, "pool.test", DNS_A, option, sizeof option);
	assert_false(s->out.known_client);
	s->from.now_s -= 3601 + 301; /* from the future */
	ask_with(s, "pool.test", DNS_A, option, sizeof option);
	assert_false(s->out.known_client);
	s->from.now_s += 301;
	s->from.addr = address("198.51.100.2"); /* somebody else's */
	ask_with(s, "pool.test", DNS_A, option, sizeof option);
	assert_false(s->out.known_client);
	s->from.addr = address("198.51.100.1");
	option[27] ^= 1;
	ask_with(s, "pool.test", DNS_A, option, sizeof option);
	assert_false(s->out.known_client);
	scene_free(s);
}

static void nsid(void **state)
{
	struct scene *s = scene_new();

	(void)state;
	scene_build(s);
	ask_with(s, "pool.test", DNS_A, "\0\3\0\0", 4);
	assert_memory_equal(s->reply + s->out.len - 8, "\0\3\0\4node", 8);
	s->src.nsid = NULL;
	ask_with(s, "pool.test", DNS_A, "\0\3\0\0", 4);
	assert_memory_equal(s->reply + s->out.len - 2, "\0\0", 2);
	scene_free(s);
}

/* --- shares ------------------------------------------------------------------ */

/* How often each server comes, and how often it is named first. */
struct tally {
	double times[2048], first[2048], all;
};

static void draw(const struct scene *s, int zone, uint64_t random,
		 struct tally *t)
{
	uint32_t out[SNAPSHOT_HOSTS_MAX];
	const struct snapshot_zone *z = &s->snap.zone[zone];
	unsigned n =
		snapshot_draw(&s->snap, &z->list[SNAPSHOT_V4][SNAPSHOT_ALL],
			      z->max_hosts, random, out);

	assert_true(n > 0);
	for (unsigned i = 0; i < n; i++) {
		for (unsigned k = 0; k < i; k++)
			assert_int_not_equal(out[i], out[k]);
		t->times[out[i]]++;
	}
	t->first[out[0]]++;
	t->all += n;
}

/*
 * Netspeed over six powers of ten, in zones of four sizes, strictly: the shares
 * of what is handed out are those of netspeed within 1 %, and random draws
 * differ from them by no more than chance does (chi-square).
 */
static void shares_are_those_of_netspeed(void **state)
{
	static const int sizes[] = {3, 6, 20, 551};
	struct rng rng;

	(void)state;
	rng_seed(&rng, 5);
	for (size_t z = 0; z < ARRAY_LEN(sizes); z++) {
		struct scene *s = scene_new();
		struct tally *even = calloc(1, sizeof *even);
		struct tally *odd = calloc(1, sizeof *odd);
		double weight = 0, chi2 = 0;
		const int n = sizes[z];
		const uint32_t points = 1 << 18;

		s->pool->zone[POOL_DE].policy = ZONE_STRICT;
		s->pool->zone[POOL_GLOBAL].policy = ZONE_STRICT;
		for (int i = 0; i < n; i++)
			weight += s->pool
					  ->server[pool_server(
						  s->pool, POOL_GLOBAL, AF_INET,
						  n < 10 ? pow(8, i)
							 : 1000. + 997 * (i %
									  37))]
					  .weight;
		scene_build(s);
		/* every part of the way once, as the mean of all draws */
		for (uint32_t i = 0; i < points; i++)
			draw(s, POOL_GLOBAL,
			     i * (uint64_t)(SNAPSHOT_ONE / points) +
				     (rng_u64(&rng) << 32),
			     even);
		for (int i = 0; i < 100000; i++)
			draw(s, POOL_GLOBAL, rng_u64(&rng), odd);
		for (int i = 0; i < n; i++) {
			double want = s->pool->server[i].weight / weight;
			double expect = odd->all * want;

			assert_near(even->times[i] / even->all / want, 1, 0.01);
			chi2 += (odd->times[i] - expect) *
				(odd->times[i] - expect) / expect;
		}
		/* 5 standard deviations of the distribution */
		assert_true(chi2 < n - 1 + 5 * sqrt(2 * (n - 1.)));
		free(even);
		free(odd);
		scene_free(s);
	}
}

/* Who uses only the first address finds it as fair. */
static void the_first_is_fair(void **state)
{
	struct scene *s = scene_new();
	struct tally *t = calloc(1, sizeof *t);
	struct rng rng;

	(void)state;
	rng_seed(&rng, 6);
	for (int i = 0; i < 20; i++)
		pool_server(s->pool, POOL_GLOBAL, AF_INET, 10);
	scene_build(s);
	for (int i = 0; i < 100000; i++)
		draw(s, POOL_GLOBAL, rng_u64(&rng), t);
	for (int i = 0; i < 20; i++)
		assert_near(t->first[i], 5000, 350);
	free(t);
	scene_free(s);
}

/* --- limits ------------------------------------------------------------------ */

/* S-12: whoever asks in another's name cannot silence it. */
static void rate_limit(void **state)
{
	const uint64_t key[2] = {1, 2};
	struct rate_table *t = rate_new(10, key);
	struct net_addr a = address("192.0.2.1"), b = address("192.0.2.200");
	struct net_addr c = address("192.0.3.1");
	unsigned sent = 0, truncated = 0;

	(void)state;
	/* one network is one client */
	for (int i = 0; i < 30; i++) {
		enum rate_verdict v = rate_note(t, i % 2 ? &a : &b, 7, 1000);

		sent += v == RATE_SEND;
		truncated += v == RATE_TRUNCATE;
	}
	assert_int_equal(sent, 10);
	assert_int_equal(truncated, 10);
	assert_int_equal(rate_note(t, &c, 7, 1000), RATE_SEND); /* another */
	assert_int_equal(rate_note(t, &a, 8, 1000), RATE_SEND); /* question */
	/* a tenth of a second brings one more, a century no more than ten */
	assert_int_equal(rate_note(t, &a, 7, 1100), RATE_SEND);
	assert_int_not_equal(rate_note(t, &a, 7, 1100), RATE_SEND);
	for (int i = 0; i < 30; i++)
		sent += rate_note(t, &a, 7, 4000000000) == RATE_SEND;
	assert_int_equal(sent, 20);
	rate_free(t);
}

/* S-11: forged addresses fill the table, and it is as good as before. */
static void rate_limit_of_a_crowd(void **state)
{
	const uint64_t key[2] = {1, 2};
	struct rate_table *t = rate_new(10, key);
	struct net_addr honest = address("192.0.2.1");
	struct net_addr one = address("2001:db8:1:200::1"), many = honest;
	unsigned refused = 0, sent = 0;

	(void)state;
	for (uint32_t i = 0; i < 1000000; i++) {
		uint32_t ip = i * 2654435761u; /* each once, in no order */

		memcpy(many.ip, &ip, sizeof ip);
		rate_note(t, &many, 7, i / 1000);
		if (i % 100000 == 0)
			refused +=
				rate_note(t, &honest, 7, i / 1000) != RATE_SEND;
	}
	assert_int_equal(refused, 0);
	/* all of a customer's IPv6 addresses are one */
	for (uint32_t i = 0; i < 100000; i++) {
		memcpy(one.ip + 8, &i, sizeof i);
		one.ip[7] = (uint8_t)i;
		sent += rate_note(t, &one, 7, 5000) == RATE_SEND;
	}
	assert_int_equal(sent, 10);
	rate_free(t);
}

/* By UDP without a cookie only. */
static void who_is_limited(void **state)
{
	uint8_t option[4 + DNS_COOKIE_LEN] = {0, 10, 0, 8};
	struct scene *s = scene_new();
	struct dns_server server;
	size_t len;

	(void)state;
	scene_build(s);
	server = (struct dns_server){.source = s->src};
	server.rate = rate_new(1, s->src.cookie_key);
	ask(s, "pool.test", DNS_SOA);
#define HANDLE()                                                        \
	dns_server_handle(&server, &s->from, 5, s->query, s->query_len, \
			  s->reply)
	assert_true(HANDLE() > 60);
	assert_int_equal(HANDLE(), 0);
	len = HANDLE();
	assert_int_equal(len, s->query_len); /* no records, but TC */
	assert_int_equal(s->reply[2] & 2, 2);
	s->from.tcp = true;
	assert_true(HANDLE() > 60);
	s->from.tcp = false;
	ask_with(s, "pool.test", DNS_SOA, option, 12);
	memcpy(option, s->reply + s->out.len - sizeof option, sizeof option);
	ask_with(s, "pool.test", DNS_SOA, option, sizeof option);
	assert_true(HANDLE() > 60);
	assert_true(HANDLE() > 60);
	/* names that are not there are one kind, however many they are */
	ask(s, "a.pool.test", DNS_A);
	assert_true(HANDLE() > 50);
	ask(s, "b.pool.test", DNS_A);
	assert_int_equal(HANDLE(), 0);
	assert_int_equal(server.counters.rate_dropped, 2);
	assert_int_equal(server.counters.rate_truncated, 1);
	assert_int_equal(server.counters.tcp, 1);
	assert_int_equal(server.counters.rcode[DNS_NXDOMAIN], 2);
	rate_free(server.rate);
	scene_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_name_has_addresses),
		cmocka_unit_test(names_that_are_not),
		cmocka_unit_test(label_with_a_nul),
		cmocka_unit_test(no_data),
		cmocka_unit_test(origin),
		cmocka_unit_test(nothing_to_serve),
		cmocka_unit_test(country_decides),
		cmocka_unit_test(subnet_decides),
		cmocka_unit_test(country_text),
		cmocka_unit_test(sizes),
		cmocka_unit_test(cookie_of_the_rfc),
		cmocka_unit_test(cookies),
		cmocka_unit_test(nsid),
		cmocka_unit_test(shares_are_those_of_netspeed),
		cmocka_unit_test(the_first_is_fair),
		cmocka_unit_test(rate_limit),
		cmocka_unit_test(rate_limit_of_a_crowd),
		cmocka_unit_test(who_is_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
