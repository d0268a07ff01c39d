/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntp/access.h"

#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "base/rng.h"
#include "cmocka_all.h"

static struct net_addr addr(const char *text)
{
	struct net_addr a;

	assert_int_equal(net_addr_parse(text, &a), 0);
	return a;
}

static struct conf_restrict rule(const char *text, unsigned prefix_len,
				 unsigned flags)
{
	struct conf_restrict r = {.kind = RESTRICT_PREFIX, .flags = flags};

	r.addr = addr(text);
	for (unsigned i = 0; i < prefix_len; i++)
		r.mask[i / 8] |= (uint8_t)(0x80u >> i % 8);
	return r;
}

static struct conf_restrict rule_default(enum conf_family family,
					 unsigned flags)
{
	return (struct conf_restrict){
		.kind = RESTRICT_DEFAULT, .family = family, .flags = flags};
}

static struct access *list_of(struct conf_restrict *r, size_t n)
{
	struct config cfg = {.restricts = r, .n_restrict = n};

	for (size_t i = 0; i < n; i++)
		cfg.has_restrict_default |= r[i].kind == RESTRICT_DEFAULT;
	return access_new(&cfg);
}

static unsigned check(const struct access *a, const char *text, uint16_t port)
{
	struct net_addr peer = addr(text);

	peer.port = port;
	return access_check(a, &peer);
}

static void without_any_line_strangers_may_only_ask_the_time(void **state)
{
	struct access *a = list_of(NULL, 0);

	(void)state;
	assert_int_equal(check(a, "192.0.2.1", 9), RES_NOQUERY | RES_LIMITED);
	assert_int_equal(check(a, "2001:db8::1", 9), RES_NOQUERY | RES_LIMITED);
	assert_int_equal(check(a, "127.0.0.1", 9), 0);
	assert_int_equal(check(a, "127.77.0.1", 9), 0);
	assert_int_equal(check(a, "::1", 9), 0);
	access_free(a);
}

static void a_line_without_default_keeps_the_safe_rest(void **state)
{
	struct conf_restrict r[] = {rule("192.0.2.0", 24, RES_NOSERVE)};
	struct access *a = list_of(r, 1);

	(void)state;
	assert_int_equal(check(a, "192.0.2.1", 9), RES_NOSERVE);
	assert_int_equal(check(a, "192.0.3.1", 9), RES_NOQUERY | RES_LIMITED);
	access_free(a);
}

/* The tutorial's lines, and the classic meaning of default. */
static void a_default_line_brings_the_classic_meaning(void **state)
{
	struct conf_restrict r[] = {
		rule_default(FAMILY_IPV4, RES_KOD | RES_LIMITED | RES_NOQUERY),
		rule_default(FAMILY_IPV6, RES_IGNORE),
		rule("127.0.0.1", 32, 0),
		rule("::1", 128, 0),
	};
	struct access *a = list_of(r, 4), *bare;

	(void)state;
	assert_int_equal(check(a, "192.0.2.1", 9),
			 RES_KOD | RES_LIMITED | RES_NOQUERY);
	assert_int_equal(check(a, "2001:db8::1", 9), RES_IGNORE);
	assert_int_equal(check(a, "127.0.0.1", 9), 0);
	assert_int_equal(check(a, "127.0.0.2", 9),
			 RES_KOD | RES_LIMITED | RES_NOQUERY);
	assert_int_equal(check(a, "::1", 9), 0);
	access_free(a);

	r[0] = rule_default(FAMILY_ANY, 0);
	bare = list_of(r, 1);
	assert_int_equal(check(bare, "192.0.2.1", 9), 0);
	assert_int_equal(check(bare, "2001:db8::1", 9), 0);
	access_free(bare);
}

static void lines_about_the_same_addresses_add_up(void **state)
{
	struct conf_restrict r[] = {
		rule_default(FAMILY_ANY, RES_NOQUERY),
		rule("10.0.0.9", 8, RES_KOD), /* host bits do not matter */
		rule("10.0.0.0", 8, RES_LIMITED),
		rule_default(FAMILY_ANY, RES_NOTRUST),
	};
	struct access *a = list_of(r, 4);

	(void)state;
	assert_int_equal(check(a, "10.200.0.1", 9), RES_KOD | RES_LIMITED);
	assert_int_equal(check(a, "11.0.0.1", 9), RES_NOQUERY | RES_NOTRUST);
	access_free(a);
}

static void ntpport_is_more_specific(void **state)
{
	struct conf_restrict r[] = {
		rule_default(FAMILY_ANY, RES_NOQUERY),
		rule("192.0.2.0", 24, RES_NTPPORT | RES_NOSERVE),
		rule("192.0.2.0", 24, RES_LIMITED),
	};
	struct access *a = list_of(r, 3);

	(void)state;
	assert_int_equal(check(a, "192.0.2.1", 123), RES_NOSERVE);
	assert_int_equal(check(a, "192.0.2.1", 124), RES_LIMITED);
	access_free(a);
}

static void unrestrict_takes_flags_or_the_entry(void **state)
{
	struct conf_restrict r[] = {
		rule_default(FAMILY_ANY, RES_NOQUERY | RES_KOD),
		rule("192.0.2.0", 24, RES_LIMITED | RES_KOD),
		rule("198.51.100.0", 24, RES_IGNORE),
		rule("192.0.2.0", 24, RES_KOD),
		rule("198.51.100.0", 24, 0),
		rule("203.0.113.0", 24, RES_KOD),
		rule_default(FAMILY_IPV6, 0),
	};
	struct access *a;

	(void)state;
	for (size_t i = 3; i < 7; i++)
		r[i].remove = true;
	a = list_of(r, 7);
	assert_int_equal(check(a, "192.0.2.1", 9), RES_LIMITED);
	assert_int_equal(check(a, "198.51.100.1", 9), RES_NOQUERY | RES_KOD);
	assert_int_equal(check(a, "203.0.113.1", 9), RES_NOQUERY | RES_KOD);
	assert_int_equal(check(a, "::2", 9), 0);
	access_free(a);
}

/* F-10: IPv4 in IPv6 clothes is IPv4, on both sides. */
static void mapped_addresses(void **state)
{
	struct conf_restrict r[] = {
		rule_default(FAMILY_IPV4, RES_NOQUERY),
		rule_default(FAMILY_IPV6, RES_LIMITED),
		rule("::ffff:192.0.2.0", 120, RES_NOSERVE),
		rule("::ffff:0:0", 96, RES_KOD),
		rule("::", 80, RES_NOTRUST), /* wider than the mapped range */
	};
	struct access *a = list_of(r, 5);

	(void)state;
	assert_int_equal(check(a, "192.0.2.5", 9), RES_NOSERVE);
	assert_int_equal(check(a, "::ffff:192.0.2.5", 9), RES_NOSERVE);
	assert_int_equal(check(a, "198.51.100.1", 9), RES_NOQUERY | RES_KOD);
	assert_int_equal(check(a, "::7", 9), RES_NOTRUST);
	assert_int_equal(check(a, "2001:db8::1", 9), RES_LIMITED);
	access_free(a);
}

static void sources_get_their_own_flags(void **state)
{
	struct conf_restrict r[] = {
		rule_default(FAMILY_ANY, RES_IGNORE),
		{.kind = RESTRICT_SOURCE, .flags = RES_NOQUERY},
		rule("192.0.2.9", 32, RES_NOSERVE),
	};
	struct net_addr one = addr("192.0.2.1"), nine = addr("192.0.2.9");
	struct net_addr six = addr("2001:db8::1");
	struct access *a = list_of(r, 3);

	(void)state;
	access_add_source(a, &one);
	access_add_source(a, &nine);
	access_add_source(a, &six);
	assert_int_equal(check(a, "192.0.2.1", 123), RES_NOQUERY);
	assert_int_equal(check(a, "2001:db8::1", 123), RES_NOQUERY);
	assert_int_equal(check(a, "192.0.2.9", 123), RES_NOSERVE);
	assert_int_equal(check(a, "192.0.2.2", 123), RES_IGNORE);
	access_free(a);
	/* without such a line nothing is added */
	a = list_of(r, 1);
	access_add_source(a, &one);
	assert_int_equal(check(a, "192.0.2.1", 123), RES_IGNORE);
	access_free(a);
}

static void entries_can_be_listed_with_their_hits(void **state)
{
	struct conf_restrict r[] = {
		rule_default(FAMILY_ANY, RES_NOQUERY),
		rule("192.0.2.0", 24, RES_NOSERVE),
	};
	struct access *a = list_of(r, 2);
	struct access_entry e;

	(void)state;
	check(a, "192.0.2.1", 9);
	check(a, "192.0.2.2", 9);
	assert_true(access_entry(a, 0, &e));
	assert_int_equal(e.hits, 2);
	assert_int_equal(e.flags, RES_NOSERVE);
	assert_memory_equal(e.addr.ip, "\xc0\0\x2\0", 4);
	assert_memory_equal(e.mask, "\xff\xff\xff\0\0", 5);
	assert_true(access_entry(a, 1, &e));
	assert_int_equal(e.addr.family, AF_INET);
	assert_true(access_entry(a, 2, &e));
	assert_int_equal(e.addr.family, AF_INET6);
	assert_false(access_entry(a, 3, &e));
	access_free(a);
}

/*
 * F-10: against a model that keeps the lines as they came and looks at all of
 * them: the winner has the largest address, then mask, then ntpport; all lines
 * equal to it count.
 */
static int specificity(const struct conf_restrict *a,
		       const struct conf_restrict *b)
{
	int r = 0;
	uint8_t am[16], bm[16];

	for (int i = 0; i < 16; i++) {
		am[i] = a->addr.ip[i] & a->mask[i];
		bm[i] = b->addr.ip[i] & b->mask[i];
	}
	r = memcmp(am, bm, 16);
	if (r == 0)
		r = memcmp(a->mask, b->mask, 16);
	if (r == 0)
		r = (int)(a->flags & RES_NTPPORT) -
		    (int)(b->flags & RES_NTPPORT);
	return r;
}

static bool model_matches(const struct conf_restrict *r,
			  const struct net_addr *peer)
{
	if (r->addr.family != peer->family ||
	    (r->flags & RES_NTPPORT && peer->port != 123))
		return false;
	for (int i = 0; i < 16; i++)
		if ((r->addr.ip[i] ^ peer->ip[i]) & r->mask[i])
			return false;
	return true;
}

static unsigned model_check(const struct conf_restrict *r, size_t n,
			    const struct net_addr *peer)
{
	const struct conf_restrict *best = NULL;
	unsigned flags = 0;

	for (size_t i = 0; i < n; i++)
		if (model_matches(&r[i], peer) &&
		    (!best || specificity(&r[i], best) > 0))
			best = &r[i];
	for (size_t i = 0; best && i < n; i++)
		if (r[i].addr.family == peer->family &&
		    specificity(&r[i], best) == 0)
			flags |= r[i].flags;
	return flags & ~(unsigned)RES_NTPPORT;
}

/* Addresses from a small range, so that rules overlap. */
static struct net_addr random_addr(struct rng *rng)
{
	uint64_t x = rng_u64(rng);
	struct net_addr a = {.family = x & 1 ? AF_INET : AF_INET6,
			     .port = x & 2 ? 123 : 4000};

	for (size_t i = 0; i < net_addr_len(&a); i++)
		a.ip[i] = rng_u64(rng) % 4 ? 0x20 : (uint8_t)rng_u64(rng);
	return a;
}

static void agrees_with_a_naive_model(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 10);
	for (int round = 0; round < 100; round++) {
		struct conf_restrict r[42] = {rule("0.0.0.0", 0, RES_KOD),
					      rule("::", 0, RES_LIMITED)};
		size_t n = 2 + rng_u64(&rng) % 40;
		struct access *a;

		for (size_t i = 2; i < n; i++) {
			struct net_addr to = random_addr(&rng);
			unsigned bits = (unsigned)(rng_u64(&rng) %
						   (net_addr_len(&to) * 8 + 1));

			r[i] = rule("::", bits,
				    (unsigned)rng_u64(&rng) &
					    (RES_NOQUERY | RES_NOSERVE |
					     RES_NTPPORT | RES_NOTRUST));
			r[i].addr = to;
			if (rng_u64(&rng) % 8 == 0)
				r[i].mask[2] = 0; /* a mask with a hole */
		}
		{
			struct config cfg = {.restricts = r,
					     .n_restrict = n,
					     .has_restrict_default = true};
			a = access_new(&cfg);
		}
		for (int probe = 0; probe < 200; probe++) {
			struct net_addr peer = random_addr(&rng);

			assert_int_equal(access_check(a, &peer),
					 model_check(r, n, &peer));
		}
		access_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			without_any_line_strangers_may_only_ask_the_time),
		cmocka_unit_test(a_line_without_default_keeps_the_safe_rest),
		cmocka_unit_test(a_default_line_brings_the_classic_meaning),
		cmocka_unit_test(lines_about_the_same_addresses_add_up),
		cmocka_unit_test(ntpport_is_more_specific),
		cmocka_unit_test(unrestrict_takes_flags_or_the_entry),
		cmocka_unit_test(mapped_addresses),
		cmocka_unit_test(sources_get_their_own_flags),
		cmocka_unit_test(entries_can_be_listed_with_their_hits),
		cmocka_unit_test(agrees_with_a_naive_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
